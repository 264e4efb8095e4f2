"""Registers from CSV files, their columns known by the usual headings."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from unionhall.engines.linkage import tables
from unionhall.engines.linkage.problems import RegisterError
from unionhall.engines.linkage.text import plain_text

_SINGLE = ("name", "person", "address", "phone")
_KNOWN_BEGINNINGS = {
    b"PK\x03\x04": "a workbook",
    b"\xd0\xcf\x11\xe0": "a workbook",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
}


@cache
def _fields() -> dict[str, str]:
    """What each heading means, as `plain_text` leaves it: without blanks, stars, colons and strokes."""
    lines = (line.split() for line in tables.lines("headings.txt"))
    return {plain_text(title): name for name, *titles in lines for title in titles}


@dataclass
class Register:
    """The columns of a register that are compared, and the row of each record in the file."""

    rows: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    codes: list[list[str]] = field(default_factory=list)
    persons: list[str] | None = None
    addresses: list[str] | None = None
    phones: list[str] | None = None


def read_register(path: Path) -> Register:
    """A CSV file in UTF-8, UTF-16 or GB18030 whose first row has headings; blank rows are passed over.

    Raises RegisterError: UNREADABLE, EMPTY, NOT_A_TABLE, NOT_TEXT, NO_NAME_COLUMN, TITLE_ROW, TWO_HEADINGS,
    COLUMN_TWICE, ONE_COLUMN, LONG_ROW, NO_ROWS.
    """
    lines = _lines(_decoded(path))
    if not lines:
        raise RegisterError("EMPTY")
    number, heading = lines[0]
    columns = _columns(number, heading, lines[1:])
    for number, line in lines[1:]:
        if any(map(str.strip, line[len(heading) :])):
            raise RegisterError("LONG_ROW", row=number, cells=len(line), columns=len(heading))
    if len(lines) == 1:
        raise RegisterError("NO_ROWS")

    def values(column: int) -> list[str]:
        return [line[column] if column < len(line) else "" for _number, line in lines[1:]]

    single = {name: values(columns[name][0]) if columns[name] else None for name in _SINGLE}
    return Register(
        rows=[number for number, _line in lines[1:]],
        names=single["name"] or [],
        codes=[values(column) for column in columns["code"]],
        persons=single["person"],
        addresses=single["address"],
        phones=single["phone"],
    )


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RegisterError("UNREADABLE", why=error.strerror or "unknown") from error
    kind = next((kind for start, kind in _KNOWN_BEGINNINGS.items() if data.startswith(start)), "")
    if kind:
        raise RegisterError("NOT_A_TABLE", kind=kind)
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        if b"\0" in data:
            raise RegisterError("NOT_A_TABLE", kind="a binary file")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # Whichever encoding goes further is the one that the file was meant to have.
            first = error
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as error:
            raise max(first, error, key=lambda one: one.start) from None
    except UnicodeDecodeError as error:
        raise RegisterError("NOT_TEXT", row=data[: error.start].count(b"\n") + 1) from error


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, with their numbers."""
    head = text[:4096].lstrip().split("\n", 1)[0]
    mark = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        return [(number, line) for number, line in enumerate(reader, 1) if any(map(str.strip, line))]
    except csv.Error as error:
        raise RegisterError("NOT_A_TABLE", kind=f"broken at line {reader.line_num} ({error})") from error


def _meanings(line: list[str]) -> list[str]:
    return [_fields().get(plain_text(cell), "") for cell in line]


def _columns(number: int, heading: list[str], rest: list[tuple[int, list[str]]]) -> dict[str, list[int]]:
    """Which columns hold what; refuses a heading from which that does not follow."""
    told = _meanings(heading)
    below = _meanings(rest[0][1]) if rest else []
    if "name" not in told:
        if "name" in below:
            raise RegisterError("TITLE_ROW", row=rest[0][0])
        filled = [cell.strip() for cell in heading if cell.strip()]
        if (
            len(filled) == 1
            and sum(title in plain_text(filled[0]) for title in _fields() if len(title) > 1) > 1
        ):
            raise RegisterError("ONE_COLUMN", row=number)
        raise RegisterError("NO_NAME_COLUMN", found="、".join(filled)[:200])
    if any(below):
        raise RegisterError("TWO_HEADINGS", row=rest[0][0])
    columns = {name: [place for place, one in enumerate(told) if one == name] for name in ("code", *_SINGLE)}
    for name in _SINGLE:
        if len(columns[name]) > 1:
            twice = "、".join(heading[place].strip() for place in columns[name])
            raise RegisterError("COLUMN_TWICE", columns=twice)
    return columns
