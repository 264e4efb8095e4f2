"""What stands where: enterprises and sites with coordinates, for a map that the server draws."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from unionhall.apps.coverage.codes import COVERED, OUTSIDE, UnionState
from unionhall.apps.coverage.models import Enterprise, Office

MOST = 1500
# What a mark says: whether something is still to be done.
OPEN, UNDER_WAY, DONE, ELSE = "OPEN", "UNDER_WAY", "DONE", "ELSE"


def kind_of(state: str) -> str:
    """How an enterprise is marked."""
    if state in COVERED:
        return DONE
    if state == UnionState.BEING_FOUNDED:
        return UNDER_WAY
    return ELSE if state in OUTSIDE else OPEN


class Mapped(NamedTuple):
    """The rows to draw, how many have coordinates, and how many there are."""

    rows: list[Enterprise]
    placed: int
    total: int


def mapped(rows: QuerySet[Enterprise]) -> Mapped:
    """The most pressing of some enterprises that have coordinates; in two statements."""
    placed = Count("pk", filter=Q(latitude__isnull=False))
    counted = rows.order_by().aggregate(total=Count("pk"), placed=placed)
    drawn = rows.filter(latitude__isnull=False).only(
        "public_id", "name", "state", "score", "latitude", "longitude"
    )
    return Mapped(list(drawn.select_related(None)[:MOST]), counted["placed"], counted["total"])


def offices(unions: frozenset[int]) -> QuerySet[Office]:
    """Where the offices of some unions stand."""
    return Office.objects.filter(union__among=unions).select_related("union")
