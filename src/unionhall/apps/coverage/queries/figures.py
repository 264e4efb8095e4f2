"""How much is covered, by area, size and trade; whom nobody knows and who needs no union stand apart."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.db.models import Case, Count, F, QuerySet, Value, When

from unionhall.apps.coverage.codes import COVERED, SIZES, SizeClass, UnionState
from unionhall.apps.coverage.models import CoverageSnapshot, Enterprise
from unionhall.apps.coverage.queries.enterprises import of_size
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import of_unions

# Due: there, and neither unknown nor in no need of a union. Covered: own, joint, or headquarters' union.
DEFINITION = "COVERAGE_1"
DIMENSIONS = ("ground", "town", "size", "sector")


class Group(NamedTuple):
    """So many enterprises that are alike in everything that is counted."""

    ground: str
    town: str
    sector: str
    size: str
    state: str
    n: int = 1


class Line(NamedTuple):
    """One line of a table of coverage."""

    key: str
    covered: int
    due: int
    unknown: int
    not_due: int

    @property
    def open(self) -> int:
        """Due and not covered."""
        return self.due - self.covered

    @property
    def rate(self) -> Decimal | None:
        """Covered of a hundred that are due; None where none is."""
        if not self.due:
            return None
        return (Decimal(100 * self.covered) / self.due).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _size() -> Case:
    return Case(
        *(When(of_size(size), then=Value(str(size))) for size in SIZES), default=Value(str(SizeClass.UNKNOWN))
    )


def groups(unions: frozenset[int]) -> list[Group]:
    """The enterprises of some grounds that are there, alike ones together; in one statement."""
    rows = (
        Enterprise.objects.filter(of_unions("ground", unions), gone="")
        .annotate(size_class=_size())
        .values("ground__public_id", "town", "sector", "size_class", "state")
        .annotate(n=Count("pk"))
        .order_by("ground__public_id", "town", "sector", "size_class", "state")
    )
    return [
        Group(row["ground__public_id"], row["town"], row["sector"], row["size_class"], row["state"], row["n"])
        for row in rows
    ]


def line(key: str, those: Iterable[Group]) -> Line:
    """One line over some groups."""
    states: Counter[str] = Counter()
    for one in those:
        states[one.state] += one.n
    unknown, not_due = states[UnionState.UNKNOWN], states[UnionState.NOT_DUE]
    covered = sum(states[state] for state in COVERED)
    return Line(key, covered, states.total() - unknown - not_due, unknown, not_due)


def lines(those: Iterable[Group], dimension: str) -> list[Line]:
    """A line for each value of a dimension, the largest first."""
    by_key: dict[str, list[Group]] = {}
    for one in those:
        by_key.setdefault(getattr(one, dimension), []).append(one)
    made = [line(key, of) for key, of in by_key.items()]
    return sorted(made, key=lambda one: (-(one.due + one.unknown + one.not_due), one.key))


def packed_rows(unions: frozenset[int]) -> bytes:
    """A line for each enterprise of some grounds, in the order of their public ids, packed."""
    rows = (
        Enterprise.objects.filter(of_unions("ground", unions), gone="")
        .annotate(size_class=_size())
        .order_by("public_id")
        .values_list("public_id", F("ground__public_id"), "town", "sector", "size_class", "state")
    )
    # No field but the town is free text, and a tab has no place in it.
    text = "".join(
        "\t".join(" ".join(str(cell).split()) for cell in row) + "\n" for row in rows.iterator(2000)
    )
    return zlib.compress(text.encode())


def rows_of(packed: bytes) -> list[tuple[str, Group]]:
    """The lines of a snapshot: the public id of each enterprise, and what was counted of it."""
    found = []
    for text in zlib.decompress(packed).decode().splitlines():
        public_id, ground, town, sector, size, state = text.split("\t")
        found.append((public_id, Group(ground, town, sector, size, state)))
    return found


def digest_of(packed: bytes) -> str:
    """The hash over the lines themselves, however they are packed."""
    return hashlib.sha256(zlib.decompress(packed)).hexdigest()


def holds(snapshot: CoverageSnapshot) -> bool:
    """Whether a snapshot's rows are those that were frozen, and its figures follow from them."""
    packed = bytes(snapshot.rows)
    whole = line("", (group for _id, group in rows_of(packed)))
    said = (snapshot.covered, snapshot.due, snapshot.unknown, snapshot.not_due)
    return digest_of(packed) == snapshot.digest and whole[1:] == said


def snapshots(union: Union, most: int = 40) -> QuerySet[CoverageSnapshot]:
    """What was frozen of a union's grounds, the latest first, without the rows."""
    found = CoverageSnapshot.objects.filter(union=union).defer("rows").select_related("account__person")
    return found.order_by("-on", "-revision")[:most]
