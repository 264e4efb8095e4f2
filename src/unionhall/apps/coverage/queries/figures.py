"""How much is covered, by area, size and trade; whom nobody knows and who needs no union stand apart."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.db.models import Case, Count, F, QuerySet, Value, When

from unionhall.apps.coverage.codes import COVERED, SIZES, SizeClass, UnionState
from unionhall.apps.coverage.models import CoverageSnapshot, Enterprise
from unionhall.apps.coverage.queries.enterprises import ledger, of_size
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import of_unions

# Due: there, and neither unknown nor in no need of a union. Covered: own, joint, or headquarters' union.
DEFINITION = "COVERAGE_1"
DIMENSIONS = ("ground", "town", "size", "sector")
_COLUMNS = {"ground": "ground__public_id", "town": "town", "size": "size_class", "sector": "sector"}
# What each number of a line counts.
STATES: Mapping[str, tuple[str, ...]] = {
    "covered": COVERED,
    "open": tuple(
        state for state in UnionState if state not in (*COVERED, UnionState.UNKNOWN, UnionState.NOT_DUE)
    ),
    "unknown": (UnionState.UNKNOWN,),
    "not_due": (UnionState.NOT_DUE,),
}


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
        return _of_hundred(self.covered, self.due)

    @property
    def span(self) -> tuple[Decimal, Decimal] | None:
        """Between what the rate lies if none, or all, of whom nobody knows are covered; None without any."""
        low = _of_hundred(self.covered, self.due + self.unknown)
        high = _of_hundred(self.covered + self.unknown, self.due + self.unknown)
        return (low, high) if self.unknown and low is not None and high is not None else None


def _of_hundred(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _size() -> Case:
    return Case(
        *(When(of_size(size), then=Value(str(size))) for size in SIZES), default=Value(str(SizeClass.UNKNOWN))
    )


def behind(unions: frozenset[int], dimension: str, key: str | None, counted: str) -> QuerySet[Enterprise]:
    """The enterprises behind one number; without a key behind that of the whole."""
    found = ledger(unions).filter(state__in=STATES[counted])
    return found if key is None else found.annotate(size_class=_size()).filter(**{_COLUMNS[dimension]: key})


def frozen_behind(
    snapshot: CoverageSnapshot, dimension: str, key: str | None, counted: str
) -> dict[str, Group]:
    """The rows behind one frozen number, by the public id of the enterprise."""
    return {
        public_id: row
        for public_id, row in rows_of(bytes(snapshot.rows))
        if row.state in STATES[counted] and (key is None or getattr(row, dimension) == key)
    }


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
