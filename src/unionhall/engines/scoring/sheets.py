"""One juror's sheet: from what was typed to exact integers, and back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from unionhall.engines.scoring.problems import Problem, ScoringError
from unionhall.engines.scoring.rulebook import Criterion, RuleBook

# In the order of the rule book's criteria, each in units of its criterion's last digit.
Scores = tuple[int, ...]

_NUMBER = re.compile(r"([0-9]{1,6})(?:\.([0-9]{0,9}))?")


class Sheet(NamedTuple):
    """A juror's scores for one entry; ``scores`` None means absent or recused, which is never a zero."""

    entry: str
    jury: str
    juror: str
    scores: Scores | None


def decimal_string(value: Fraction) -> str:
    """An exact decimal string without trailing zeros, or ``n/d`` when no finite decimal is equal."""
    denominator, digits = value.denominator, 0
    while denominator % 10 == 0:
        denominator, digits = denominator // 10, digits + 1
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    if denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    return fixed(value, digits + max(twos, fives))


def fixed(value: Fraction, digits: int) -> str:
    """``value``, which must need no more than ``digits`` decimals, written with exactly that many."""
    units = value * 10**digits
    assert units.denominator == 1, "a figure with more decimals must be rounded first"
    text = str(abs(units.numerator)).rjust(digits + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def read_scores(rulebook: RuleBook, raw: Mapping[str, str | None]) -> Scores:
    """Check a sheet as typed (criterion code to decimal string) and return it as integers.

    Full-width digits and stops are read as their plain forms. Raises ScoringError with every problem:
    CRITERION_UNKNOWN, SCORE_MISSING, SCORE_NOT_A_NUMBER, SCORE_DIGITS, SCORE_RANGE, SCORE_STEP, TOTAL_BAND.
    """
    known = {c.code for c in rulebook.criteria}
    problems = [Problem("CRITERION_UNKNOWN", {"criterion": str(code)}) for code in raw if code not in known]
    scores: list[int] = []
    for criterion in rulebook.criteria:
        units = _read_score(criterion, raw.get(criterion.code))
        if isinstance(units, Problem):
            problems.append(units)
        else:
            scores.append(units)
    if not problems and rulebook.band:
        low, high = rulebook.band
        total = sheet_total(rulebook, tuple(scores))
        if not low <= total <= high:
            problems.append(
                Problem(
                    "TOTAL_BAND",
                    {
                        "total": decimal_string(total),
                        "low": decimal_string(low),
                        "high": decimal_string(high),
                    },
                )
            )
    if problems:
        raise ScoringError(problems)
    return tuple(scores)


def _read_score(criterion: Criterion, typed: object) -> int | Problem:
    where: dict[str, str | int] = {"criterion": criterion.code, "name": criterion.name}
    if typed is None or not str(typed).strip():
        return Problem("SCORE_MISSING", where)
    text = unicodedata.normalize("NFKC", str(typed)).strip().replace("。", ".")
    match = _NUMBER.fullmatch(text)
    if match is None:
        return Problem("SCORE_NOT_A_NUMBER", {**where, "typed": str(typed)[:40]})
    whole, decimals = match[1], (match[2] or "").rstrip("0")
    if len(decimals) > criterion.digits:
        return Problem("SCORE_DIGITS", {**where, "digits": criterion.digits})
    units = int(whole + decimals.ljust(criterion.digits, "0"))
    scale = 10**criterion.digits
    if not criterion.minimum * scale <= units <= criterion.maximum * scale:
        limits = {"min": decimal_string(criterion.minimum), "max": decimal_string(criterion.maximum)}
        return Problem("SCORE_RANGE", where | limits)
    if (units - criterion.minimum * scale) % (criterion.step * scale):
        return Problem("SCORE_STEP", {**where, "step": decimal_string(criterion.step)})
    return units


def written_scores(rulebook: RuleBook, scores: Scores) -> dict[str, str]:
    """Scores as decimal strings by criterion code, with each criterion's digits."""
    return {
        criterion.code: fixed(Fraction(units, 10**criterion.digits), criterion.digits)
        for criterion, units in zip(rulebook.criteria, scores, strict=True)
    }


def sheet_total(rulebook: RuleBook, scores: Scores) -> Fraction:
    """A juror's total: each score times its criterion's factor."""
    return sum(
        (
            units * criterion.factor / 10**criterion.digits
            for criterion, units in zip(rulebook.criteria, scores, strict=True)
        ),
        start=Fraction(0),
    )
