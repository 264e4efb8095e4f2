"""Rows of CSV files and workbooks, their columns known by the usual headings."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unionhall.engines.territory.problems import Problem, TerritoryError

BLOCK_TITLES = {
    "id": ("id", "block", "block_id", "地块", "地块编号", "网格", "网格编号", "编号"),
    "name": ("name", "block_name", "名称", "地块名称", "网格名称"),
    "workload": ("workload", "工作量", "企业数"),
    "steward": ("steward", "责任人", "包干人", "网格员"),
    "locked": ("locked", "锁定"),
}
STAFF_TITLES = {
    "id": ("id", "steward", "编号", "工号"),
    "name": ("name", "姓名"),
    "capacity": ("capacity", "承担比例", "系数"),
    "limit": ("limit", "上限"),
    "home": ("home", "驻地", "驻点"),
    "state": ("state", "状态"),
}
PAIR_TITLES = {
    "id": BLOCK_TITLES["id"],
    "neighbour": ("neighbour", "neighbor", "相邻地块", "相邻网格", "相邻"),
}
# A table program runs what begins so; a stroke before it makes it text, here and when it comes back.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """A file's headings, and its rows that are not blank with their numbers in the file."""

    file: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]

    def column(self, titles: Sequence[str]) -> str:
        """The heading that is one of these titles, or nothing; of two, the title that stands first."""
        plain = {_plain(heading): heading for heading in reversed(self.headings)}
        return next((plain[_plain(title)] for title in titles if _plain(title) in plain), "")

    def needed(self, titles: Sequence[str]) -> str:
        """The same, refused with COLUMN_MISSING where there is none."""
        found = self.column(titles)
        if not found:
            raise TerritoryError(
                [
                    Problem(
                        "COLUMN_MISSING",
                        {"file": self.file, "column": titles[0], "found": "、".join(self.headings)[:200]},
                    )
                ]
            )
        return found


def read_table(path: Path) -> Table:
    """A CSV file (UTF-8, UTF-16 or GB18030) or a workbook's first sheet; the first row has the headings.

    Raises TerritoryError: NOT_TEXT, FILE_UNREADABLE, NO_ROWS, LONG_ROW.
    """
    try:
        cells = _workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    except Exception as error:
        raise unreadable(path, error) from error
    lines = [(number, line) for number, line in enumerate(cells, 1) if any(line)]
    if len(lines) < 2:
        raise TerritoryError([Problem("NO_ROWS", {"file": path.name})])
    headings = tuple(lines[0][1])
    long = [
        Problem("LONG_ROW", {"file": path.name, "row": number, "cells": len(line), "columns": len(headings)})
        for number, line in lines[1:]
        if any(line[len(headings) :])
    ]
    if long:
        raise TerritoryError(long)
    return Table(
        path.name,
        headings,
        tuple(
            (
                number,
                {title: line[place] if place < len(line) else "" for place, title in enumerate(headings)},
            )
            for number, line in lines[1:]
        ),
    )


def unreadable(path: Path, error: Exception) -> TerritoryError:
    """NOT_TEXT with the row that holds broken characters, else FILE_UNREADABLE with why."""
    if isinstance(error, UnicodeDecodeError):
        row = error.object.count(b"\n", 0, error.start) + 1
        return TerritoryError([Problem("NOT_TEXT", {"row": row, "file": path.name})])
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return TerritoryError([Problem("FILE_UNREADABLE", {"file": path.name, "why": why[:120]})])


def decoded(data: bytes) -> str:
    """Text in UTF-8, UTF-16 or GB18030; where it is none, the error of what goes further."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as other:
            raise max(error, other, key=lambda one: one.start) from None


def harmless(text: str) -> str:
    """A cell that no table program runs."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _cell(text: str) -> str:
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(DANGEROUS) else text


def _csv(path: Path) -> list[list[str]]:
    text = decoded(path.read_bytes())
    head = text.lstrip().split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=head.count))
    return [[_cell(cell) for cell in line] for line in reader]


def _workbook(path: Path) -> list[list[str]]:
    from openpyxl import load_workbook

    sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    return [[_cell(_text(value)) for value in line] for line in sheet.iter_rows(values_only=True)]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _plain(title: str) -> str:
    return "".join(title.split()).strip("*＊").casefold()
