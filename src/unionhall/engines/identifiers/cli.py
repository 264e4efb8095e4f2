"""`unionhall identifiers`: which rows of a file hold numbers that cannot be right."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable
from pathlib import Path

from unionhall.engines.identifiers.credit import read_credit_code
from unionhall.engines.identifiers.identity import read_identity
from unionhall.engines.identifiers.phone import read_mobile
from unionhall.engines.identifiers.problems import IdentifierError


def _mobile(text: str) -> tuple[str, ...]:
    read_mobile(text)
    return ()


# What reads a kind of number and gives its warnings.
READERS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "credit": lambda text: read_credit_code(text).warnings,
    "identity": lambda text: read_identity(text).warnings,
    "mobile": _mobile,
}


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `identifiers` to an argparse subparsers object."""
    check = commands.add_parser(
        "identifiers", help="check a column of a CSV file: identity numbers, credit codes or mobile numbers"
    )
    check.add_argument("file", type=Path, help="CSV in UTF-8, with a header")
    check.add_argument("--column", required=True, help="the title of the column")
    check.add_argument("--kind", required=True, choices=sorted(READERS))
    check.set_defaults(run=run_identifiers)


def run_identifiers(arguments: argparse.Namespace) -> int:
    """Print row, problem and warnings of each row that has any; never the number itself.

    0 when no row has a problem, 1 when some have, 2 when the file cannot be read.
    """
    read = READERS[arguments.kind]
    try:
        with arguments.file.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            if arguments.column not in (lines.fieldnames or ()):
                sys.stderr.write(f"{arguments.file.name} has no column “{arguments.column}”.\n")
                return 2
            found = [(lines.line_num, *_judge(read, line[arguments.column] or "")) for line in lines]
    except (OSError, UnicodeError, csv.Error) as error:
        sys.stderr.write(f"{arguments.file.name} cannot be read: {error}\n")
        return 2
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["row", "problem", "warnings"])
    out.writerows(one for one in found if any(one[1:]))
    return int(any(problem for _row, problem, _warnings in found))


def _judge(read: Callable[[str], tuple[str, ...]], text: str) -> tuple[str, str]:
    try:
        return "", " ".join(read(text))
    except IdentifierError as error:
        return error.code, ""
