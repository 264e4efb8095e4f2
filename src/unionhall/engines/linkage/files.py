"""Registers from files, their columns known by the usual headings or told by whoever knows better."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

from unionhall.engines.linkage import tables
from unionhall.engines.linkage.problems import RegisterError
from unionhall.engines.linkage.records import normalise_columns
from unionhall.engines.linkage.sources import Row, Source, open_source
from unionhall.engines.linkage.text import plain_text

_SINGLE = ("id", "name", "person", "address", "phone", "trade", "staff")
_SEVERAL = "code"
_COMPARED = ("id", "name", "person", "address", "phone")
FIELDS = (*_SINGLE, _SEVERAL)
# So many rows at a time are in memory.
PORTION = 20_000

# Which heading, or which headings for the numbers, each field has.
Mapped = Mapping[str, str | Sequence[str]]


@cache
def _fields() -> dict[str, str]:
    """What each heading means, as `plain_text` leaves it: without blanks, stars, colons and strokes."""
    lines = (line.split() for line in tables.lines("headings.txt"))
    return {plain_text(title): name for name, *titles in lines for title in titles}


@dataclass
class Register:
    """The columns of a register that are compared; ``ids`` name its records, or their rows in the file do."""

    rows: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    codes: list[list[str]] = field(default_factory=list)
    persons: list[str] | None = None
    addresses: list[str] | None = None
    phones: list[str] | None = None

    def parts(self) -> dict[str, list[str]]:
        """The records taken apart: the columns of `normalise_columns`."""
        return normalise_columns(
            self.names,
            codes=self.codes,
            persons=self.persons,
            addresses=self.addresses,
            phones=self.phones,
        )


def read_mapping(path: Path) -> dict[str, Mapped]:
    """A mapping from a JSON file: {"register or *": {"name": "heading", "code": ["heading", ...]}}.

    Raises ValueError when it is none.
    """
    told = json.loads(path.read_text("utf-8-sig"))
    if not isinstance(told, dict) or not all(isinstance(columns, dict) for columns in told.values()):
        raise ValueError("it is no mapping of registers to columns")
    return told


class RegisterFile:
    """A register whose headings are understood and whose rows are still to be read.

    ``columns`` has the places of each field's columns.
    Raises RegisterError: UNREADABLE, EMPTY, NOT_A_TABLE, NOT_TEXT, NEEDS_EXTRA, NO_NAME_COLUMN, TITLE_ROW,
    TWO_HEADINGS, COLUMN_TWICE, ONE_COLUMN, NO_ROWS, MAPPED_MISSING, MAPPED_FIELD.
    """

    def __init__(self, path: Path, mapped: Mapped | None = None) -> None:
        self._source: Source = open_source(path)
        first = self._source.first()
        if not first:
            raise RegisterError("EMPTY")
        number, heading = first[0]
        self._width = len(heading)
        self.columns = _columns(number, heading, first[1:], mapped or {})
        if len(first) == 1:
            raise RegisterError("NO_ROWS")

    def portions(self, size: int = PORTION) -> Iterator[Register]:
        """Its records, some at a time.

        Raises RegisterError: LONG_ROW, NOT_A_TABLE and, behind the last, ID_TWICE: a link must say which
        record it means.
        """
        # Eight bytes for each record, however many there are.
        seen = array("q")
        for portion in self._source.portions(size):
            self._check(portion)
            register = self._register(portion)
            if self.columns["id"]:
                seen.extend(map(hash, register.ids))
            yield register
        if twice := _twice(seen):
            self._refuse_twice(twice, size)

    def _refuse_twice(self, twice: frozenset[int], size: int) -> None:
        rows: dict[str, int] = {}
        for portion in self._source.portions(size):
            register = self._register(portion)
            for row, one in zip(register.rows, register.ids, strict=True):
                if hash(one) in twice and rows.setdefault(one, row) != row:
                    raise RegisterError("ID_TWICE", id=one[:40], first=rows[one], row=row)

    def _check(self, portion: list[Row]) -> None:
        for number, cells in portion:
            if len(cells) > self._width and any(map(str.strip, cells[self._width :])):
                raise RegisterError("LONG_ROW", row=number, cells=len(cells), columns=self._width)

    def _register(self, portion: list[Row]) -> Register:
        def values(place: int) -> list[str]:
            return [cells[place] if place < len(cells) else "" for _number, cells in portion]

        def first_filled(places: list[int]) -> list[str] | None:
            columns = [values(place) for place in places]
            if len(columns) > 1:
                return [next(filter(str.strip, cells), "") for cells in zip(*columns, strict=True)]
            return columns[0] if columns else None

        single = {name: first_filled(self.columns[name]) for name in _COMPARED}
        rows = [number for number, _cells in portion]
        names = single["id"] or [""] * len(rows)
        return Register(
            rows=rows,
            ids=[name.strip() or str(row) for name, row in zip(names, rows, strict=True)],
            names=single["name"] or [],
            codes=[values(place) for place in self.columns[_SEVERAL]],
            persons=single["person"],
            addresses=single["address"],
            phones=single["phone"],
        )


def _twice(hashes: array[int]) -> frozenset[int]:
    """Which of some numbers stand there more than once."""
    return frozenset(one for one, next_one in pairwise(sorted(hashes)) if one == next_one)


def meaning_of(heading: str) -> str:
    """The field that a heading usually stands for, or nothing."""
    return _fields().get(plain_text(heading), "")


def _meanings(line: Sequence[str]) -> list[str]:
    return list(map(meaning_of, line))


def _columns(
    number: int, heading: Sequence[str], below: Sequence[Row], mapped: Mapped
) -> dict[str, list[int]]:
    """Which columns hold what; refuses a heading from which that does not follow."""
    told = _told(heading, mapped)
    under = _meanings(below[0][1]) if below else []
    if "name" not in told:
        for row, cells in below:
            if "name" in _meanings(cells):
                raise RegisterError("TITLE_ROW", row=row)
        filled = [cell.strip() for cell in heading if cell.strip()]
        if (
            len(filled) == 1
            and sum(title in plain_text(filled[0]) for title in _fields() if len(title) > 1) > 1
        ):
            raise RegisterError("ONE_COLUMN", row=number)
        raise RegisterError("NO_NAME_COLUMN", found="、".join(filled)[:200])
    if any(under):
        raise RegisterError("TWO_HEADINGS", row=below[0][0])
    columns = {name: [place for place, one in enumerate(told) if one == name] for name in FIELDS}
    for name in ("id", "name"):
        if len(columns[name]) > 1:
            twice = "、".join(heading[place].strip() for place in columns[name])
            raise RegisterError("COLUMN_TWICE", columns=twice)
    return columns


def _told(heading: Sequence[str], mapped: Mapped) -> list[str]:
    """What each column means: as mapped, else by the usual headings."""
    places = {plain_text(cell): place for place, cell in reversed(list(enumerate(heading)))}
    told = [one if one not in mapped else "" for one in _meanings(heading)]
    for name, titles in mapped.items():
        if name not in FIELDS:
            raise RegisterError("MAPPED_FIELD", field=name, fields="、".join(FIELDS))
        for title in [titles] if isinstance(titles, str) else titles:
            place = places.get(plain_text(title))
            if place is None:
                found = "、".join(cell.strip() for cell in heading if cell.strip())
                raise RegisterError("MAPPED_MISSING", heading=title, found=found[:200])
            told[place] = name
    return told
