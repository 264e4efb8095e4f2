"""`unionhall normalise`: a register of enterprises taken apart, without a server or a database."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TextIO, TypeVar

from unionhall.engines.linkage.files import Mapped, Register, RegisterFile
from unionhall.engines.linkage.linking import Scoring
from unionhall.engines.linkage.problems import RegisterError
from unionhall.engines.linkage.records import COLUMNS
from unionhall.engines.linkage.writing import unfinished

Read = TypeVar("Read")

WORDS = {
    "COLUMN_TWICE": "the columns {columns} mean the same; keep one of them or rename the others",
    "EMPTY": "the file is empty",
    "ID_TWICE": "rows {first} and {row} both have the id {id}; give each row its own, or rename the column",
    "LONG_ROW": "row {row} has {cells} cells under {columns} headings; quote a cell that holds a comma",
    "MAPPED_FIELD": "the mapping names a field {field}; the fields are {fields}",
    "MAPPED_MISSING": "the mapping wants a column headed {heading}; the headings are {found}",
    "NEEDS_EXTRA": "to read workbooks and Parquet, install unionhall[{extra}], or save it as CSV (UTF-8)",
    "NOT_A_TABLE": "it is {kind}, not a table; save it as CSV (UTF-8)",
    "NOT_TEXT": "row {row} is neither UTF-8 nor GB18030 ({rows} such rows); mend them or save as CSV (UTF-8)",
    "NO_COMMON_COLUMNS": "fewer than two columns are headed alike ({found} and {other}); rename them",
    "NO_NAME_COLUMN": "no column is headed 企业名称, 单位名称 or 纳税人名称; the headings are {found}",
    "NO_ROWS": "there are headings and no rows below them",
    "ONE_COLUMN": "row {row}: all headings stand in one cell; separate the columns by commas or tabs",
    "TITLE_ROW": "the headings stand in row {row}; delete what is above them",
    "TWO_HEADINGS": "row {row} is a second row of headings; keep one row of headings",
    "UNREADABLE": "it cannot be read: {why}",
}  # fmt: skip
# What a register that was linked lacks, where whoever made it can mend it.
_LACKS = {
    "FLOAT": "{count} numbers were rounded by a table program{row}: have the column exported as text",
    "NO_NAME": "{count} rows have no name{row}: fill it in, or they are found by their numbers only",
    "REPEATED": "{count} rows repeat an enterprise{row}: keep one of each, or the others find no partner",
}  # fmt: skip
# What the extra installs.
_LINKING = ("duckdb", "pyarrow", "splink")
_SPARK_WORDS = {
    "FAILED": "Spark gave up: {why}. No links are written; mend that, or link without --spark.",
    "NO_JAVA": "Spark needs Java, and there is none; install it (17 or later), or link without --spark.",
    "NO_PYSPARK": "Spark is not installed; install unionhall[linkage,spark], or link without --spark.",
    "NO_START": "Spark did not start: {why}. No links are written; mend that, or link without --spark.",
}  # fmt: skip


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `normalise` to an argparse subparsers object."""
    normalise = commands.add_parser(
        "normalise", help="take the names, numbers and addresses of a register of enterprises apart"
    )
    normalise.add_argument("file", type=Path, help="CSV with headings, UTF-8 or GB18030")
    normalise.add_argument("-o", "--output", type=Path, help="where the parts go (CSV); else standard output")
    normalise.set_defaults(run=run_normalise)
    link = commands.add_parser("link", help="find the same enterprises in two or more registers")
    link.add_argument("registers", type=Path, nargs="+", help="CSV, workbook or Parquet with headings")
    link.add_argument(
        "-o", "--output", type=Path, required=True, help="where the links go (.csv or .parquet)"
    )
    link.add_argument("--map", type=Path, help="JSON: which column of a register holds what")
    link.add_argument("--decided", type=Path, help="CSV of a, b, same (yes or no): what a person has decided")
    link.add_argument(
        "--plain", action="store_true", help="records of any kind: common columns compared as they are"
    )
    link.add_argument(
        "--spark", nargs="?", const="", metavar="MASTER",
        help="let Spark weigh the pairs; on this master, else MASTER of the environment, else local[*]",
    )  # fmt: skip
    link.add_argument("--why", type=Path, help="CSV: the reasons for each link, step by step, in Chinese")
    link.add_argument("--report", type=Path, help="JSON: the figures of the run")
    link.add_argument(
        "--before", type=Path, help="the report of an earlier run: what has moved since is told"
    )
    link.add_argument("--weights", type=Path, help="JSON: other weights than those shipped")
    link.set_defaults(run=run_link)
    ready = commands.add_parser("prepare", help="make a register ready once, to be linked again and again")
    ready.add_argument("register", type=Path, help="CSV, workbook or Parquet with headings")
    ready.add_argument("-o", "--output", type=Path, required=True, help="where it goes (.parquet)")
    ready.add_argument("--map", type=Path, help="JSON: which column holds what")
    ready.set_defaults(run=run_prepare)


def run_normalise(arguments: argparse.Namespace) -> int:
    """Write the parts, one row for each record; 1 and a sentence when the file is no register."""
    try:
        register = RegisterFile(arguments.file)
        if arguments.output is None:
            with TemporaryFile("w+", encoding="utf-8", newline="") as file:
                counts = _write(file, register)
                file.seek(0)
                copyfileobj(file, sys.stdout)
        else:
            with (
                unfinished(arguments.output) as path,
                path.open("w", encoding="utf-8-sig", newline="") as file,
            ):
                counts = _write(file, register)
    except RegisterError as error:
        return _refused(arguments.file.name, error)
    except OSError as error:
        sys.stderr.write(f"{arguments.output} cannot be written: {error.strerror}.\n")
        return 1
    sys.stderr.write(_summary(counts))
    return 0


def run_prepare(arguments: argparse.Namespace) -> int:
    """Make a register ready; 1 and a sentence when the file is no register."""
    if not _can_link():
        return 1
    from unionhall.engines.linkage.preparing import prepare

    try:
        told = _mapping(arguments.map)
        mapped = told.get(arguments.register.stem, told.get("*", {}))
        ready = prepare(arguments.register, arguments.output, mapped)
    except RegisterError as error:
        return _refused(arguments.register.name, error)
    except _NoFileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{arguments.output} cannot be written: {error.strerror}.\n")
        return 1
    sys.stderr.write(f"{ready.records} records are ready.\n")
    return 0


def run_link(arguments: argparse.Namespace) -> int:
    """Write the links; 1 and a sentence when a file is no register, 2 when there is nothing to link."""
    if len(arguments.registers) < 2:
        sys.stderr.write("Linking needs two registers at least.\n")
        return 2
    if len({path.resolve() for path in arguments.registers}) < len(arguments.registers):
        sys.stderr.write("One file is given twice; all of it would be linked with itself.\n")
        return 2
    if not _can_link():
        return 1
    if arguments.plain:
        return _link_plain(arguments)
    from unionhall.engines.linkage.spark import SparkError

    try:
        with _scoring(arguments.spark) as score:
            return _link(arguments, score)
    except SparkError as error:
        sys.stderr.write(f"{_SPARK_WORDS[error.code].format(why=error.why)}\n")
        return 1


def _can_link() -> bool:
    """Whether what linking needs is installed; says so where it is not."""
    if all(find_spec(name) for name in _LINKING):
        return True
    sys.stderr.write("What linking needs is not installed; install unionhall[linkage].\n")
    return False


def _scoring(master: str | None) -> AbstractContextManager[Scoring]:
    """Who weighs the pairs: DuckDB, unless Spark is asked for."""
    from unionhall.engines.linkage.linking import score_pairs
    from unionhall.engines.linkage.spark import spark_scoring

    return nullcontext(score_pairs) if master is None else spark_scoring(master)


def _link(arguments: argparse.Namespace, score: Scoring) -> int:
    from unionhall.engines.linkage.reporting import drift
    from unionhall.engines.linkage.runs import link_files
    from unionhall.engines.linkage.weights import read_weights

    try:
        run = link_files(
            arguments.registers,
            arguments.output,
            mapped=_mapping(arguments.map),
            weights=_read(arguments.weights, read_weights) if arguments.weights else None,
            decided=_read(arguments.decided, _decisions) if arguments.decided else (),
            why=arguments.why,
            score=score,
            tell=_tell,
        )
        report = run.report()
        before = _read(arguments.before, _former_shares) if arguments.before else {}
        report["drift"] = drift(report["shares"], before)
        if arguments.report:
            arguments.report.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except RegisterError as error:
        return _refused(str(error.data["register"]), error)
    except _NoFileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{arguments.output} cannot be written: {error.strerror}.\n")
        return 1
    mapped = _mapping(arguments.map)
    for path, (name, register) in zip(arguments.registers, run.registers.items(), strict=True):
        _tell_lacks(path, name, register.counts, mapped.get(name, mapped.get("*", {})))
    for pair in run.pairs:
        left, right = (run.registers[name].records for name in (pair.left, pair.right))
        sys.stderr.write(
            f"{pair.left} ({left}) and {pair.right} ({right}): {pair.linked} linked, {pair.review} to review,"
            f" {left - pair.linked - pair.review} of {pair.left} without a partner.\n"
        )
    for moved in report["drift"]:
        sys.stderr.write(f"{moved['share']} was {moved['before']:.1%} and is {moved['now']:.1%} now.\n")
    return 0


def _tell_lacks(path: Path, name: str, counts: Mapping[str, int], mapped: Mapped) -> None:
    """What is to be mended in a register, with the first row where that is near the beginning."""
    lacks = [code for code in _LACKS if counts.get(code)]
    if not lacks:
        return
    first = _first_rows(next(RegisterFile(path, mapped).portions()))
    for code in lacks:
        row = f", the first in row {first[code]}" if code in first else ""
        sys.stderr.write(f"{name}: {_LACKS[code].format(count=counts[code], row=row)}.\n")


def _first_rows(register: Register) -> dict[str, int]:
    """In which row each lack is met first."""
    parts, found, seen = register.parts(), dict[str, int](), set[str]()
    columns = (parts[name] for name in ("name", "code_problem", "organisation", "registration"))
    for row, name, problem, organisation, registration in zip(register.rows, *columns, strict=True):
        number = organisation or registration
        if problem == "FLOAT":
            found.setdefault("FLOAT", row)
        if not name:
            found.setdefault("NO_NAME", row)
        if number in seen:
            found.setdefault("REPEATED", row)
        elif number:
            seen.add(number)
    return found


def _link_plain(arguments: argparse.Namespace) -> int:
    from unionhall.engines.linkage.plain import link_plain

    if arguments.spark is not None:
        sys.stderr.write("With --plain there is no --spark: the weights are estimated here.\n")
        return 2
    if len(arguments.registers) > 2:
        sys.stderr.write("With --plain, two files are linked.\n")
        return 2
    left, right = arguments.registers
    try:
        linked, review = link_plain(left, right, arguments.output)
    except RegisterError as error:
        return _refused(str(error.data.get("register", f"{left.name}, {right.name}")), error)
    except OSError as error:
        sys.stderr.write(f"{arguments.output} cannot be written: {error.strerror}.\n")
        return 1
    sys.stderr.write(f"{left.name} and {right.name}: {linked} linked, {review} to review.\n")
    return 0


def _former_shares(path: Path) -> dict[str, float]:
    return dict(json.loads(path.read_text("utf-8"))["shares"])


def _tell(step: str) -> None:
    sys.stderr.write(f"{step}\n")


class _NoFileError(Exception):
    """A file beside the registers that cannot be used; the message is the sentence."""


def _read(path: Path, read: Callable[[Path], Read]) -> Read:
    try:
        return read(path)
    except OSError as error:
        raise _NoFileError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise _NoFileError(f"{path.name} is not what it should be: {error}.") from error


def _mapping(path: Path | None) -> dict[str, Mapped]:
    from unionhall.engines.linkage.files import read_mapping

    return _read(path, read_mapping) if path else {}


def _decisions(path: Path) -> list[tuple[str, str, bool]]:
    """Pairs that are decided: columns a, b and same, which says yes or no."""
    decided = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["same"] not in ("yes", "no"):
                raise ValueError(f"same must be yes or no, not {row['same']}")
            decided.append((row["a"], row["b"], row["same"] == "yes"))
    return decided


def _refused(name: str, error: RegisterError) -> int:
    sentence = WORDS[error.code].format_map({name: str(value) for name, value in error.data.items()})
    sys.stderr.write(f"{name}: {sentence}.\n")
    return 1


def _write(file: TextIO, register: RegisterFile) -> Counter[str]:
    """The parts of each record; how many there were, lacked a name or had a number that cannot be right."""
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["row", *COLUMNS])
    counts: Counter[str] = Counter()
    for portion in register.portions():
        parts = portion.parts()
        out.writerows(zip(portion.rows, *parts.values(), strict=True))
        counts["records"] += len(portion.rows)
        counts["without a name"] += parts["name"].count("")
        counts.update(f"numbers {code}" for code in parts["code_problem"] if code)
    return counts


def _summary(counts: Counter[str]) -> str:
    first = ("records", "without a name")
    said = [f"{counts[what]} {what}" for what in (*first, *sorted(counts.keys() - set(first)))]
    return f"{', '.join(said)}.\n"
