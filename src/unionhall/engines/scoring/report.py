"""A result as JSON: exact decimal strings and the whole trace."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from unionhall.engines.scoring.counting import EntryResult, JuryResult, Result
from unionhall.engines.scoring.rounding import RoundingMode
from unionhall.engines.scoring.rulebook import Rounding, RuleBook
from unionhall.engines.scoring.sheets import decimal_string, fixed

RESULT_FORMAT = "unionhall-result/1"


def shown(value: Fraction | None, rounding: Rounding) -> str | None:
    """A rounded figure with all its declared decimals, as it is read out."""
    if value is None:
        return None
    return decimal_string(value) if rounding.mode is RoundingMode.NONE else fixed(value, rounding.digits)


def result_document(result: Result) -> dict[str, Any]:
    """The result with its trace as JSON values."""
    return {
        "format": RESULT_FORMAT,
        "entries": [_entry(result.rulebook, entry) for entry in result.entries],
    }


def _entry(book: RuleBook, e: EntryResult) -> dict[str, Any]:
    return {
        "entry": e.entry,
        "rank": e.rank,
        "prize": e.prize,
        "composite": shown(e.composite, book.rounding.composite),
        "exact": None if e.exact is None else decimal_string(e.exact),
        "juries": [_jury(book, jury) for jury in e.juries],
        "adjustments": [{"kind": a.kind, "points": decimal_string(a.points)} for a in e.adjustments],
        "joint": e.joint,
        "undecided": e.undecided,
        "decided_by": e.decided_by,
        "reason": {"code": e.reason.code, **e.reason.data} if e.reason else None,
    }


def _jury(book: RuleBook, j: JuryResult) -> dict[str, Any]:
    return {
        "jury": j.code,
        "weight": decimal_string(j.weight),
        "present": j.present,
        "absent": j.absent,
        "score": shown(j.score, book.rounding.jury),
        "exact": None if j.exact is None else decimal_string(j.exact),
        "criteria": {code: decimal_string(mean) for code, mean in j.criteria.items()},
        "dropped": [
            {"juror": d.juror, "value": decimal_string(d.value)}
            | ({"criterion": d.criterion} if d.criterion else {})
            for d in j.dropped
        ],
    }
