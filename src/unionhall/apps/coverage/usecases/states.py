"""Whether an enterprise has a union: each change dated and kept."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from unionhall.apps.coverage.codes import COVERED, Source, UnionState
from unionhall.apps.coverage.models import Enterprise, StateEntry
from unionhall.apps.coverage.usecases.contacts import forget_contact
from unionhall.apps.coverage.usecases.enterprises import account_of, locked, not_in_future, save
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.usecases import end_coverage
from unionhall.kernel import audit
from unionhall.kernel.permissions import Acting
from unionhall.kernel.refusals import Refusal

# All others are somebody's word: without a reason nobody can check them later.
WITHOUT_REASON = (UnionState.NONE, UnionState.UNKNOWN)
# No union of its own is there. A dormant one still is, and where nothing is known nothing has ended.
ENDS_COVERAGE = (UnionState.NONE, UnionState.REFUSED, UnionState.NOT_DUE, UnionState.HEADQUARTERS)


@transaction.atomic
def set_state(
    *,
    by: Acting,
    at: datetime,
    enterprise: Enterprise,
    state: UnionState,
    on: date,
    source: Source,
    reason: str = "",
    union: Union | None = None,
) -> Enterprise:
    """Note from which day an enterprise has a union, or has none.

    Refused with STATE_BY_FOUNDING where a founding says it, STATE_REASON, STATE_BEFORE (a later entry is
    there), FUTURE.
    """
    fresh = locked(enterprise, by)
    if UnionState.BEING_FOUNDED in (state, fresh.state):
        raise Refusal("STATE_BY_FOUNDING")
    if state not in WITHOUT_REASON and not reason.strip():
        raise Refusal("STATE_REASON")
    fields = put_state(fresh, state, on, at, by=by, source=source, reason=reason, union=union)
    save(fresh, fields, at)
    audit.record(by.actor, "enterprise.state", fresh, at=at, fields=["state"], refs={"state": str(state)})
    return fresh


def put_state(
    fresh: Enterprise,
    state: UnionState,
    on: date,
    at: datetime,
    *,
    by: Acting,
    source: Source,
    reason: str = "",
    union: Union | None = None,
) -> list[str]:
    """Add an entry and let the row show it; the fields that may have changed.

    Where it says that no union is there any more, whoever covered the employer covers it until that day.
    """
    not_in_future(on, at)
    if fresh.state_on is not None and on < fresh.state_on:
        raise Refusal("STATE_BEFORE", since=fresh.state_on.isoformat())
    StateEntry.objects.create(
        enterprise=fresh,
        state=state,
        on=on,
        at=at,
        source=source,
        reason=reason.strip(),
        union=union,
        account=account_of(by),
    )
    fresh.state, fresh.state_on, fresh.union = state, on, union
    if state in COVERED:
        forget_contact(fresh)
    if state in ENDS_COVERAGE and fresh.employer:
        end_coverage(by=by, at=at, employer=fresh.employer, on=on)
    return ["state", "state_on", "union"]
