"""Ballots and adjustments from CSV files and workbooks, one row for each score."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from unionhall.engines.scoring.counting import Adjustment
from unionhall.engines.scoring.problems import Problem, ScoringError
from unionhall.engines.scoring.rulebook import RuleBook
from unionhall.engines.scoring.sheets import Sheet, read_scores

TITLES = {
    "entry": "entry", "选手": "entry",
    "jury": "jury", "评审组": "jury",
    "juror": "juror", "评委": "juror",
    "criterion": "criterion", "评分项": "criterion",
    "score": "score", "得分": "score", "分数": "score",
    "kind": "kind", "类别": "kind",
    "points": "points", "分值": "points",
}  # fmt: skip

Row = tuple[int, dict[str, str]]

_POINTS = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]{1,6})?")


def read_table(path: Path, columns: Iterable[str]) -> list[Row]:
    """The rows of a CSV file (UTF-8 or GB18030) or of a workbook's first sheet, as text, with row numbers.

    Blank rows are passed over; a merged cell's value stands for all cells of the merge. Raises
    ScoringError with FILE_UNREADABLE or COLUMN_MISSING.
    """
    try:
        cells = _workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path)
        lines = [(number, line) for number, line in enumerate(cells, start=1) if any(map(str.strip, line))]
    except ScoringError:
        raise
    except Exception as error:
        raise ScoringError(
            [Problem("FILE_UNREADABLE", {"file": path.name, "why": str(error)[:120]})]
        ) from error
    header = [TITLES.get(cell.strip().lower(), "") for cell in lines[0][1]] if lines else []
    missing = [
        Problem("COLUMN_MISSING", {"file": path.name, "column": c}) for c in columns if c not in header
    ]
    if missing:
        raise ScoringError(missing)
    return [
        (number, {name: line[i].strip() for i, name in enumerate(header) if name and i < len(line)})
        for number, line in lines[1:]
    ]


def _csv(path: Path) -> Iterator[list[str]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    return iter(list(csv.reader(io.StringIO(text, newline=""))))


def _workbook(path: Path) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    sheet = load_workbook(path, data_only=True).worksheets[0]
    merged = {
        (row, column): sheet.cell(area.min_row, area.min_col).value
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    for line in sheet.iter_rows():
        yield [_text(merged.get((cell.row, cell.column), cell.value)) for cell in line]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        # A workbook stores 9.1 as a binary float; its shortest form is what was typed.
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def read_ballots(path: Path, rulebook: RuleBook) -> tuple[list[str], list[Sheet]]:
    """Entries in order of appearance, and their sheets; a juror whose scores are all blank is absent.

    Raises ScoringError with every problem of the file, each with its row.
    """
    typed: dict[tuple[str, str, str], dict[str, str]] = {}
    first_row: dict[tuple[str, str, str], int] = {}
    problems: list[Problem] = []
    for number, row in read_table(path, ["entry", "jury", "juror", "criterion", "score"]):
        who = row.get("entry", ""), row.get("jury", ""), row.get("juror", "")
        criterion = row.get("criterion", "")
        problem = _misplaced(rulebook, number, who, criterion, typed.get(who, {}))
        if problem:
            problems.append(problem)
        else:
            typed.setdefault(who, {})[criterion] = row.get("score", "")
            first_row.setdefault(who, number)
    sheets = []
    for who, scores in typed.items():
        try:
            sheets.append(Sheet(*who, read_scores(rulebook, scores) if any(scores.values()) else None))
        except ScoringError as error:
            where: dict[str, str | int] = {"row": first_row[who], "entry": who[0], "juror": who[2]}
            problems += [Problem(p.code, {**where, **p.data}) for p in error.problems]
    if not problems and not sheets:
        problems.append(Problem("NO_BALLOTS", {"file": path.name}))
    if problems:
        raise ScoringError(problems)
    return list(dict.fromkeys(sheet.entry for sheet in sheets)), sheets


def _misplaced(
    rulebook: RuleBook, row: int, who: tuple[str, str, str], criterion: str, earlier: Mapping[str, str]
) -> Problem | None:
    """Why a row belongs nowhere, or None."""
    if not all(who):
        return Problem("ROW_INCOMPLETE", {"row": row})
    if who[1] not in {j.code for j in rulebook.juries}:
        return Problem("JURY_UNKNOWN", {"row": row, "jury": who[1]})
    if criterion not in {c.code for c in rulebook.criteria}:
        return Problem("CRITERION_UNKNOWN", {"row": row, "criterion": criterion})
    if criterion in earlier:
        return Problem("ROW_TWICE", {"row": row, "criterion": criterion})
    return None


def read_adjustments(path: Path, entries: Iterable[str]) -> list[Adjustment]:
    """Signed points by row; raises ScoringError with every problem, each with its row."""
    known = set(entries)
    problems: list[Problem] = []
    adjustments: list[Adjustment] = []
    for number, row in read_table(path, ["entry", "kind", "points"]):
        entry, kind, points = row.get("entry", ""), row.get("kind", ""), row.get("points", "")
        if entry not in known:
            problems.append(Problem("ENTRY_UNKNOWN", {"row": number, "entry": entry}))
        elif not _POINTS.fullmatch(points.replace("−", "-")):
            problems.append(Problem("POINTS_NOT_A_NUMBER", {"row": number, "typed": points}))
        else:
            adjustments.append(Adjustment(entry, kind, Fraction(points.replace("−", "-"))))
    if problems:
        raise ScoringError(problems)
    return adjustments
