"""Closing a reporting period into a snapshot, and restating one with its reason."""

from __future__ import annotations

from array import array
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from unionhall.apps.membership import queries, rules
from unionhall.apps.membership.models import CategorySet, Snapshot, SnapshotRows
from unionhall.apps.membership.queries import counting
from unionhall.apps.membership.queries.counting import Counted
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal


def close_period(
    *,
    by: Account,
    at: datetime,
    union: Union,
    starts: date,
    ends: date,
    listed: CategorySet,
    reason: str = "",
) -> Snapshot:
    """Freeze a period's figures with the entries that each of them counts.

    A period that was closed before is restated: a new revision with the reason why, the former staying as it
    is. Refused with PERIOD_OPEN before its last day is over, REASON_MISSING for a restatement without one,
    SAME_FIGURES when nothing has changed since.
    """
    require(rules.keeps_roll, by, union)
    if ends > at.astimezone(CITY).date():
        raise Refusal("PERIOD_OPEN", ends=ends.isoformat())
    if ends <= starts:
        raise Refusal("PERIOD_EMPTY")
    former = Snapshot.objects.filter(union=union, starts=starts, ends=ends).order_by("-revision").first()
    if former is not None and not reason.strip():
        raise Refusal("REASON_MISSING")
    period = queries.figures.period_of(union, starts, ends, listed)
    with transaction.atomic():
        counted, digests = _counted(period)
        whole = sha256("".join(digests[name] for name in counting.FIGURES).encode()).hexdigest()
        if former is not None and former.digest == whole:
            raise Refusal("SAME_FIGURES")
        snapshot = Snapshot.objects.create(
            union=union,
            starts=starts,
            ends=ends,
            revision=former.revision + 1 if former else 1,
            definition=counting.DEFINITION,
            category_set=listed,
            figures=counted.figures,
            digest=whole,
            reason=reason.strip() if former else "",
            closed_by=by,
            at=at,
        )
        SnapshotRows.objects.bulk_create(
            SnapshotRows(
                snapshot=snapshot,
                figure=name,
                count=len(counted.keys[name]),
                keys=counting.packed(counted.keys[name]),
                digest=digests[name],
            )
            for name in counting.FIGURES
        )
        audit.record(
            by.actor,
            "period.restate" if former else "period.close",
            snapshot,
            at=at,
            refs={"union": union.public_id, "sha256": whole},
        )
    return snapshot


def _counted(period: counting.Period) -> tuple[Counted, dict[str, str]]:
    """The figures, and for each the hash over what its entries say; entries never change once written."""
    counted = counting.count(queries.figures.ledger_rows(period), period)
    return counted, {
        name: counting.digest(name, queries.figures.rows_of(keys)) for name, keys in counted.keys.items()
    }


def verified(snapshot: Snapshot) -> dict[str, bool]:
    """For each frozen figure whether its entries still say what they said when it was closed."""
    found = {}
    for rows in snapshot.rows.order_by("pk"):
        keys: array[int] = counting.unpacked(bytes(rows.keys))
        found[rows.figure] = counting.digest(rows.figure, queries.figures.rows_of(keys)) == rows.digest
    return found
