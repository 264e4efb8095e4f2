"""From ledger entries to the figures of a period: the one way, for frozen periods and restatements.

Definition JOINING/1. Days are days of the city; a period holds its first day and not its last. Entries that
were corrected do not count, nor do corrections. Of a record that was merged into another only its JOIN
counts, and only where it is the first that the person has.

- JOINS: persons whose first JOIN falls in the period, on a roll of the union or of one that answers to it
- NEW_EMPLOYMENT_JOINS: those of them whose occupation on that day stands in the named list
- TRANSFERS_IN, TRANSFERS_OUT, RETAINED, RESTORED, LEFT, REMOVED: entries of that kind in the period
- MEMBERS: persons who stand on such a roll at the end of the period; the entry is the one that put them there
- GAINED, LOST: those who stand there at the end and did not before the period, and the other way round; their
  difference NET is the change of MEMBERS. Whoever moves within the union, or leaves a retained membership,
  changes neither
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import accumulate, groupby
from operator import attrgetter
from typing import NamedTuple

from unionhall.apps.membership.codes import EventKind

DEFINITION = "JOINING/1"
JOINS, NEW_EMPLOYMENT_JOINS = "JOINS", "NEW_EMPLOYMENT_JOINS"
MEMBERS, GAINED, LOST = "MEMBERS", "GAINED", "LOST"
OF_KIND = {
    EventKind.TRANSFER_IN: "TRANSFERS_IN",
    EventKind.TRANSFER_OUT: "TRANSFERS_OUT",
    EventKind.RETAIN: "RETAINED",
    EventKind.RESTORE: "RESTORED",
    EventKind.LEAVE: "LEFT",
    EventKind.REMOVE: "REMOVED",
}
FIGURES = (JOINS, NEW_EMPLOYMENT_JOINS, *OF_KIND.values(), MEMBERS, GAINED, LOST)
ON_ROLL = frozenset({EventKind.JOIN, EventKind.TRANSFER_IN, EventKind.RESTORE})


class LedgerRow(NamedTuple):
    """One entry as it is counted. Rows come person by person, each person's in the order of writing."""

    person: int
    key: int
    kind: str
    union: int
    on: date
    occupation: str
    corrects: int | None
    merged: bool = False


@dataclass
class Counted:
    """For each figure the keys of the entries that it counts, ascending."""

    keys: dict[str, array[int]] = field(default_factory=lambda: {name: array("q") for name in FIGURES})

    def add(self, figure: str, row: LedgerRow) -> None:
        """Count an entry for a figure."""
        self.keys[figure].append(row.key)

    @property
    def figures(self) -> dict[str, int]:
        """Each figure's number, and the net change that follows from them."""
        counted = {name: len(keys) for name, keys in self.keys.items()}
        return counted | {"NET": counted[GAINED] - counted[LOST]}


@dataclass(frozen=True)
class Period:
    """What is counted: unions (keys), from a day until before another, and the occupations of a list."""

    unions: frozenset[int]
    starts: date
    ends: date
    occupations: frozenset[str]


def count(rows: Iterable[LedgerRow], period: Period) -> Counted:
    """Count a period from all entries before its end."""
    counted = Counted()
    for _person, entries in groupby(rows, attrgetter("person")):
        _count_person(list(entries), period, counted)
    for name, keys in counted.keys.items():
        counted.keys[name] = array("q", sorted(keys))
    return counted


def _count_person(entries: list[LedgerRow], period: Period, counted: Counted) -> None:
    entries = _counting(entries, period.ends)
    joins = [row for row in entries if row.kind == EventKind.JOIN]
    first = min(joins, key=attrgetter("on", "key")) if joins else None
    own = [row for row in entries if not row.merged]
    for row in entries:
        if row.on >= period.starts and row.union in period.unions and (row is first or not row.merged):
            _count_entry(row, first=row is first, period=period, counted=counted)
    before = [row for row in own if row.on < period.starts]
    stood, stands = _on_roll(before, period), _on_roll(own, period)
    if stands:
        counted.add(MEMBERS, own[-1])
    if stands and not stood:
        counted.add(GAINED, own[-1])
    if stood and not stands:
        counted.add(LOST, own[-1])


def _counting(entries: list[LedgerRow], ends: date) -> list[LedgerRow]:
    """The entries before a day that were not corrected and are no corrections."""
    corrected = {row.corrects for row in entries if row.corrects is not None}
    return [row for row in entries if row.corrects is None and row.key not in corrected and row.on < ends]


def _count_entry(row: LedgerRow, *, first: bool, period: Period, counted: Counted) -> None:
    if first:
        counted.add(JOINS, row)
        if row.occupation in period.occupations:
            counted.add(NEW_EMPLOYMENT_JOINS, row)
    elif row.kind in OF_KIND:
        counted.add(OF_KIND[EventKind(row.kind)], row)


def _on_roll(rows: list[LedgerRow], period: Period) -> bool:
    return bool(rows) and rows[-1].kind in ON_ROLL and rows[-1].union in period.unions


def digest(figure: str, rows: Iterable[LedgerRow]) -> str:
    """The hash over what the entries of a figure say, in ascending order of their keys.

    Whoever alters an entry later, or leaves one out, arrives at another hash.
    """
    total = sha256(f"{DEFINITION} {figure}\n".encode())
    for row in rows:
        said = f"{row.key} {row.person} {row.kind} {row.union} {row.on.isoformat()} {row.occupation}\n"
        total.update(said.encode())
    return total.hexdigest()


def packed(keys: Iterable[int]) -> bytes:
    """Ascending keys as compressed differences: 3 million take about 3 MB."""
    differences, before = array("q"), 0
    for key in keys:
        differences.append(key - before)
        before = key
    if sys.byteorder == "big":
        differences.byteswap()
    return zlib.compress(differences.tobytes(), level=6)


def unpacked(data: bytes) -> array[int]:
    """The keys that `packed` was given."""
    differences = array("q")
    differences.frombytes(zlib.decompress(data))
    if sys.byteorder == "big":
        differences.byteswap()
    return array("q", accumulate(differences))
