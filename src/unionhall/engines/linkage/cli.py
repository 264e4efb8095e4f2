"""`unionhall normalise`: a register of enterprises taken apart, without a server or a database."""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path
from typing import TextIO

from unionhall.engines.linkage.files import read_register
from unionhall.engines.linkage.problems import RegisterError
from unionhall.engines.linkage.records import COLUMNS, normalise_columns

WORDS = {
    "COLUMN_TWICE": "the columns {columns} mean the same; keep one of them or rename the others",
    "EMPTY": "the file is empty",
    "LONG_ROW": "row {row} has {cells} cells under {columns} headings; quote a cell that holds a comma",
    "NOT_A_TABLE": "it is {kind}, not a table; save it as CSV (UTF-8)",
    "NOT_TEXT": "row {row} is neither UTF-8 nor GB18030; save the file as CSV (UTF-8), or mend that row",
    "NO_NAME_COLUMN": "no column is headed 企业名称, 单位名称 or 纳税人名称; the headings are {found}",
    "NO_ROWS": "there are headings and no rows below them",
    "ONE_COLUMN": "row {row}: all headings stand in one cell; separate the columns by commas or tabs",
    "TITLE_ROW": "the headings stand in row {row}; delete what is above them",
    "TWO_HEADINGS": "row {row} is a second row of headings; keep one row of headings",
    "UNREADABLE": "it cannot be read: {why}",
}  # fmt: skip


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `normalise` to an argparse subparsers object."""
    normalise = commands.add_parser(
        "normalise", help="take the names, numbers and addresses of a register of enterprises apart"
    )
    normalise.add_argument("file", type=Path, help="CSV with headings, UTF-8 or GB18030")
    normalise.add_argument("-o", "--output", type=Path, help="where the parts go (CSV); else standard output")
    normalise.set_defaults(run=run_normalise)


def run_normalise(arguments: argparse.Namespace) -> int:
    """Write the parts, one row for each record; 1 and a sentence when the file is no register."""
    try:
        register = read_register(arguments.file)
    except RegisterError as error:
        sentence = WORDS[error.code].format_map({name: str(value) for name, value in error.data.items()})
        sys.stderr.write(f"{arguments.file.name}: {sentence}.\n")
        return 1
    parts = normalise_columns(
        register.names,
        codes=register.codes,
        persons=register.persons,
        addresses=register.addresses,
        phones=register.phones,
    )
    if arguments.output is None:
        _write(sys.stdout, register.rows, parts)
    else:
        try:
            with arguments.output.open("w", encoding="utf-8-sig", newline="") as file:
                _write(file, register.rows, parts)
        except OSError as error:
            sys.stderr.write(f"{arguments.output} cannot be written: {error.strerror}.\n")
            return 1
    sys.stderr.write(_summary(parts))
    return 0


def _write(file: TextIO, rows: list[int], parts: dict[str, list[str]]) -> None:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["row", *COLUMNS])
    out.writerows(zip(rows, *parts.values(), strict=True))


def _summary(parts: dict[str, list[str]]) -> str:
    """How many records there are, and how many lack a name or have a number that cannot be right."""
    problems = Counter(filter(None, parts["code_problem"]))
    said = [f"{len(parts['name'])} records", f"{parts['name'].count('')} without a name"]
    said += [f"{count} numbers {code}" for code, count in sorted(problems.items())]
    return f"{', '.join(said)}.\n"
