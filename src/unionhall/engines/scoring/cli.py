"""`unionhall score` and `unionhall schema`: results from files, without a server or a database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from unionhall.engines.scoring.advisory import advise, panel_document
from unionhall.engines.scoring.advisory.robustness import DRAWS
from unionhall.engines.scoring.counting import count
from unionhall.engines.scoring.files import read_adjustments, read_ballots
from unionhall.engines.scoring.problems import Problem, ScoringError
from unionhall.engines.scoring.report import result_document
from unionhall.engines.scoring.rulebook import parse_rulebook, read_document
from unionhall.engines.scoring.schema import rulebook_schema

WORDS = {
    "BAND_EMPTY": "no juror's total can lie in the band {low} to {high}",
    "CODE_TWICE": "the code {code} is used twice",
    "COLUMN_MISSING": "{file} has no column “{column}”",
    "CRITERION_DIGITS": "criterion {criterion}: its limits and step need more than {digits} decimals",
    "CRITERION_EMPTY": "criterion {criterion}: the minimum is above the maximum, or the maximum is 0",
    "CRITERION_STEP": "criterion {criterion}: the step must be above 0 and the factor not below 0",
    "CRITERION_UNKNOWN": "criterion “{criterion}” is not in the rule book",
    "ENTRY_UNKNOWN": "entry “{entry}” has no ballots",
    "FILE_UNREADABLE": "{file} cannot be read: {why}",
    "HALF_CHARACTER": "after “{before}” stands half a character",
    "JURY_UNKNOWN": "jury “{jury}” is not in the rule book",
    "JURY_WITHOUT_BALLOTS": "entry {entry}: jury {jury} has no ballots, so there is no composite score",
    "NAME_TWICE": "the name “{name}” stands twice in one object",
    "NOT_JSON": "the rule book is not JSON: {why}",
    "NO_BALLOTS": "{file} holds no ballots",
    "OVERTIME_ORDER": "timing: the steps of overtime must rise",
    "POINTS_NOT_A_NUMBER": "“{typed}” is not a number of points",
    "ROW_INCOMPLETE": "entry, jury and juror must all be filled in",
    "ROW_TWICE": "criterion {criterion} is scored twice by the same juror for the same entry",
    "SCORE_DIGITS": "juror {juror}, entry {entry}, {criterion}: at most {digits} decimals",
    "SCORE_MISSING": "juror {juror}, entry {entry}: {criterion} is blank while others are not",
    "SCORE_NOT_A_NUMBER": "juror {juror}, entry {entry}, {criterion}: “{typed}” is not a score",
    "SCORE_RANGE": "juror {juror}, entry {entry}, {criterion}: the score must be {min} to {max}",
    "SCORE_STEP": "juror {juror}, entry {entry}, {criterion}: scores go in steps of {step}",
    "SHAPE": "at {path}: {what}",
    "TIE_AFTER_JOINT": "ties: JOINT ends the ladder, nothing can follow it",
    "TIE_UNKNOWN_CRITERION": "ties: criterion “{criterion}” does not exist",
    "TIE_UNKNOWN_JURY": "ties: jury “{jury}” does not exist",
    "TIMING_ADDS_POINTS": "timing: points must be zero or less",
    "TIMING_EMPTY": "timing: the shortest time is above the longest",
    "TOTAL_BAND": "juror {juror}, entry {entry}: the total {total} is outside {low} to {high}",
    "TRIM_SHARE": "jury {jury}: a share of 50 or more would leave nobody",
    "TRIM_TWO_WAYS": "jury {jury}: trim by numbers or by share, not both",
    "WEIGHTS_NOT_100": "the juries' weights add to {sum}, not to 100",
}


def sentence(problem: Problem) -> str:
    """A problem in plain English, with its row where it has one."""
    row = f"row {problem.data['row']}: " if "row" in problem.data else ""
    return row + WORDS[problem.code].format_map({k: str(v) for k, v in problem.data.items()})


def add_commands(commands: Any) -> None:
    """Add `score` and `schema` to an argparse subparsers object."""
    score = commands.add_parser("score", help="count ballots from files by a rule book")
    score.add_argument("rulebook", type=Path, help="rule book (JSON)")
    score.add_argument("ballots", type=Path, help="CSV or .xlsx with entry, jury, juror, criterion, score")
    score.add_argument("--adjustments", type=Path, help="CSV or .xlsx with entry, kind, points")
    score.add_argument("-o", "--output", type=Path, help="where the result goes (JSON); else standard output")
    score.add_argument("--partial", action="store_true", help="accept entries without a composite score")
    score.set_defaults(run=run_score)
    advice = commands.add_parser("advise", help="how juries agree, and how firm each prize line is")
    advice.add_argument("rulebook", type=Path, help="rule book (JSON)")
    advice.add_argument("ballots", type=Path, help="as for score")
    advice.add_argument("--adjustments", type=Path, help="as for score")
    advice.add_argument("--draws", type=int, default=DRAWS, help="bootstrap draws")
    advice.add_argument("--seed", type=int, default=1)
    advice.set_defaults(run=run_advise)
    schema = commands.add_parser("schema", help="print the JSON Schema of a document")
    schema.add_argument("document", choices=["rulebook"])
    schema.set_defaults(run=run_schema)


def run_schema(_arguments: argparse.Namespace) -> int:
    """Print the rule book's JSON Schema."""
    sys.stdout.write(json.dumps(rulebook_schema(), ensure_ascii=False, indent=2) + "\n")
    return 0


def run_score(arguments: argparse.Namespace) -> int:
    """Count and write the result; 0 when all is well, 2 with every problem in words when not."""
    try:
        rulebook = parse_rulebook(_document(arguments.rulebook))
        entries, sheets = read_ballots(arguments.ballots, rulebook)
        points = read_adjustments(arguments.adjustments, entries) if arguments.adjustments else []
        result = count(rulebook, entries, sheets, points)
        silent = [
            Problem(e.reason.code, {"entry": e.entry, **e.reason.data}) for e in result.entries if e.reason
        ]
    except ScoringError as error:
        return _refuse(error.problems)
    if silent and not arguments.partial:
        return _refuse(silent)
    text = json.dumps(result_document(result), ensure_ascii=False, indent=2) + "\n"
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def run_advise(arguments: argparse.Namespace) -> int:
    """Write the advice as JSON; 2 with every problem in words when the files do not hold."""
    try:
        rulebook = parse_rulebook(_document(arguments.rulebook))
        entries, sheets = read_ballots(arguments.ballots, rulebook)
        points = read_adjustments(arguments.adjustments, entries) if arguments.adjustments else []
        panel = advise(rulebook, entries, sheets, points, draws=arguments.draws, seed=arguments.seed)
    except ScoringError as error:
        return _refuse(error.problems)
    sys.stdout.write(json.dumps(panel_document(panel), ensure_ascii=False, indent=2) + "\n")
    return 0


def _document(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScoringError([Problem("FILE_UNREADABLE", {"file": path.name, "why": str(error)})]) from error
    return read_document(text)


def _refuse(problems: Iterable[Problem]) -> int:
    sys.stderr.write("Nothing was counted. Please mend:\n")
    for problem in problems:
        sys.stderr.write(f"  - {sentence(problem)}\n")
    return 2
