"""How much work a block is, by a published formula: from the ledger's enterprises and sites in it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from unionhall.apps.coverage.codes import OPEN_TO_FOUND, UnionState
from unionhall.apps.coverage.models import Block, Enterprise, Site

# One unit is about one visit in a season. docs/reference/blocks.md publishes these numbers.
STATES: Mapping[str, int] = {
    **dict.fromkeys(OPEN_TO_FOUND, 3),
    UnionState.BEING_FOUNDED: 5,
    UnionState.FOUNDED: 1,
    UnionState.JOINT: 1,
    UnionState.HEADQUARTERS: 1,
    UnionState.NOT_DUE: 0,
}
# Besides, where a union is still to be founded: from so many employees, and from so many points of priority.
SIZES = ((100, 4), (25, 2))
PRIORITIES = ((60, 2), (30, 1))
TO_BE_WON = (*OPEN_TO_FOUND, UnionState.BEING_FOUNDED)
# A workers' site, and besides from so many workers.
SITE = 4
SITE_SIZES = ((200, 4), (50, 2))


def of_enterprise(state: str, headcount: int | None, score: int) -> int:
    """The work that an enterprise is."""
    if state not in TO_BE_WON:
        return STATES[state]
    return STATES[state] + _step(SIZES, headcount or 0) + _step(PRIORITIES, score)


def of_site(headcount: int | None) -> int:
    """The work that a workers' site is."""
    return SITE + _step(SITE_SIZES, headcount or 0)


def _step(steps: tuple[tuple[int, int], ...], value: int) -> int:
    return next((points for bound, points in steps if value >= bound), 0)


def _stepped(field: str, steps: tuple[tuple[int, int], ...], **where: object) -> Case:
    return Case(
        *(When(**where, **{f"{field}__gte": bound}, then=Value(points)) for bound, points in steps),
        default=Value(0),
    )


def _enterprise_work() -> Sum:
    by_state = Case(
        *(When(state=state, then=Value(points)) for state, points in STATES.items()), default=Value(0)
    )
    return Sum(
        by_state
        + _stepped("headcount", SIZES, state__in=TO_BE_WON)
        + _stepped("score", PRIORITIES, state__in=TO_BE_WON),
        output_field=IntegerField(),
    )


def _per_block(rows: QuerySet[Enterprise] | QuerySet[Site], figure: Sum | Count) -> Coalesce:
    grouped = rows.filter(block=OuterRef("pk")).order_by().values("block").annotate(figure=figure)
    return Coalesce(Subquery(grouped.values("figure")), 0)


def with_workload(blocks: QuerySet[Block]) -> QuerySet[Block]:
    """Blocks with ``workload``, ``enterprises_here``, ``to_be_won`` and ``sites_here``."""
    here = Enterprise.objects.filter(gone="")
    there = Site.objects.filter(closed_on=None)
    site_work = Sum(Value(SITE) + _stepped("headcount", SITE_SIZES), output_field=IntegerField())
    return blocks.annotate(
        enterprises_here=_per_block(here, Count("pk")),
        to_be_won=_per_block(here, Count("pk", filter=Q(state__in=TO_BE_WON))),
        sites_here=_per_block(there, Count("pk")),
        workload=_per_block(here, _enterprise_work()) + _per_block(there, site_work),
    )
