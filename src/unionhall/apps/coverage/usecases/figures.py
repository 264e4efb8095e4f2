"""Freezing figures of coverage."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.models import CoverageSnapshot
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.models import Account
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal


@transaction.atomic
def freeze_figures(*, by: Account, at: datetime, union: Union, reason: str = "") -> CoverageSnapshot:
    """Keep the figures of a union's grounds as they stand now, with every row they count.

    Once more on the same day is a restatement; refused with RESTATED_WHY without a reason.
    """
    require(rules.keeps_ground, by, union)
    today = at.astimezone(CITY).date()
    # Two at once would both be the first.
    Union.objects.select_for_update().get(pk=union.pk)
    before = CoverageSnapshot.objects.filter(union=union, on=today).count()
    if before and not reason.strip():
        raise Refusal("RESTATED_WHY")
    packed = queries.figures.packed_rows(subtree([union.pk], today))
    whole = queries.figures.line("", (group for _id, group in queries.figures.rows_of(packed)))
    snapshot = CoverageSnapshot.objects.create(
        union=union,
        on=today,
        revision=before + 1,
        definition=queries.figures.DEFINITION,
        covered=whole.covered,
        due=whole.due,
        unknown=whole.unknown,
        not_due=whole.not_due,
        rows=packed,
        digest=queries.figures.digest_of(packed),
        reason=reason.strip(),
        account=by,
        at=at,
    )
    refs = {"snapshot": snapshot.public_id}
    audit.record(by.actor, "coverage.freeze", union, at=at, refs=refs)
    return snapshot
