"""Branches whose headquarters has a union: proposed by a run or at the review desk, decided by a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db import transaction

from unionhall.apps.coverage.codes import OPEN_TO_FOUND, Source, UnionState
from unionhall.apps.coverage.models import Enterprise, HeadquartersProposal, LinkageRun
from unionhall.apps.coverage.usecases import enterprises, states
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting
from unionhall.kernel.refusals import Refusal

_NAME = 160
# The headquarters of whoever bears a name, as the register of unions names it; empty for none.
HeadquartersOf = Callable[[str], str]


def propose(
    run: LinkageRun, at: datetime, named: Mapping[str, Enterprise], headquarters_of: HeadquartersOf
) -> int:
    """Propose of some enterprises, by the names that the market knows them by; how many are new.

    Written again, and of whom something was proposed before, nothing happens.
    """
    found = {
        one.pk: listed
        for name, one in named.items()
        if not one.gone and one.state in OPEN_TO_FOUND and (listed := headquarters_of(name))
    }
    known = _known(found)
    rows = [
        HeadquartersProposal(enterprise_id=key, run=run, headquarters=listed[:_NAME], at=at)
        for key, listed in found.items()
        if key not in known
    ]
    HeadquartersProposal.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def take_back(enterprise: Enterprise, run: LinkageRun, proposed_at: datetime) -> None:
    """Forget what a decision has proposed of an enterprise, unless somebody has settled it.

    What was settled is a person's word on the enterprise and its headquarters, whatever the pair was.
    """
    HeadquartersProposal.objects.filter(
        enterprise=enterprise, run=run, at=proposed_at, settled_at=None
    ).delete()


def _known(keys: Iterable[int]) -> set[int]:
    rows = HeadquartersProposal.objects.filter(enterprise__in=list(keys))
    return set(rows.values_list("enterprise_id", flat=True))


@transaction.atomic
def accept_proposal(*, by: Acting, at: datetime, enterprise: Enterprise, reason: str) -> Enterprise:
    """Say that the union of the headquarters covers an enterprise, with the reason as the officer reads it.

    Refused with PROPOSAL_SETTLED, and as `states.set_state`.
    """
    _settle(enterprise, by, at, accepted=True)
    return states.set_state(
        by=by,
        at=at,
        enterprise=enterprise,
        state=UnionState.HEADQUARTERS,
        on=at.astimezone(CITY).date(),
        source=Source.UNION,
        reason=reason,
    )


@transaction.atomic
def reject_proposal(*, by: Acting, at: datetime, enterprise: Enterprise) -> None:
    """Say that it is not so; it is not proposed again. Refused with PROPOSAL_SETTLED."""
    fresh = _settle(enterprise, by, at, accepted=False)
    audit.record(by.actor, "enterprise.headquarters", fresh, at=at, refs={"accepted": 0})


def _settle(enterprise: Enterprise, by: Acting, at: datetime, *, accepted: bool) -> Enterprise:
    fresh = enterprises.locked(enterprise, by)
    waiting = HeadquartersProposal.objects.filter(enterprise=fresh, settled_at=None)
    account = enterprises.account_of(by)
    if not waiting.update(accepted=accepted, settled_at=at, account=account):
        raise Refusal("PROPOSAL_SETTLED")
    return fresh
