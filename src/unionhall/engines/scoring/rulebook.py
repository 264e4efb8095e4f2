"""The rule book: one document that says how sheets become scores, ranks and prizes.

`docs/reference/rulebook.md` explains every field; `rulebook_schema` gives the JSON Schema.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from unionhall.engines.scoring.problems import Problem, ScoringError
from unionhall.engines.scoring.rounding import RoundingMode
from unionhall.engines.scoring.schema import schema_problems


class TrimPer(StrEnum):
    """What a trim acts on: the juror's total, or each criterion by itself."""

    TOTAL = "TOTAL"
    CRITERION = "CRITERION"


class TieBy(StrEnum):
    """The rungs of the ladder that decides equal composites."""

    MORE_DECIMALS = "MORE_DECIMALS"
    JURY = "JURY"
    CRITERION = "CRITERION"
    FEWER_PENALTIES = "FEWER_PENALTIES"
    JOINT = "JOINT"


class SpecialHolder(StrEnum):
    """Whether the holder of a special prize keeps a place in the ranking or yields it."""

    KEEPS = "KEEPS"
    YIELDS = "YIELDS"


class Disclosure(StrEnum):
    """What everybody may see of the ballots: totals only, or each sheet under a seat's code."""

    TOTALS = "TOTALS"
    BALLOTS = "BALLOTS"


class LineTies(StrEnum):
    """A joint rank across a prize line: all of them get the prize, or none."""

    WIDEN = "WIDEN"
    NARROW = "NARROW"


@dataclass(frozen=True)
class Criterion:
    code: str
    name: str
    minimum: Fraction
    maximum: Fraction
    factor: Fraction
    digits: int
    step: Fraction


@dataclass(frozen=True)
class Trim:
    """How many of the highest and lowest are left out: a number each, or a share of those present."""

    highest: int = 0
    lowest: int = 0
    share: Fraction | None = None
    per: TrimPer = TrimPer.TOTAL
    none_below: int = 0

    def cut(self, present: int) -> tuple[int, int]:
        """(lowest, highest) to leave out of ``present`` jurors; nothing when that would leave nobody."""
        if present < self.none_below:
            return 0, 0
        low, high = self.lowest, self.highest
        if self.share is not None:
            low = high = int(self.share * present / 100)
        return (low, high) if low + high < present else (0, 0)


@dataclass(frozen=True)
class JuryRule:
    code: str
    name: str
    weight: Fraction
    trim: Trim


@dataclass(frozen=True)
class Rounding:
    mode: RoundingMode
    digits: int


@dataclass(frozen=True)
class Roundings:
    """The three stages: a criterion's mean in a jury, the jury's score, the composite."""

    criterion: Rounding
    jury: Rounding
    composite: Rounding


@dataclass(frozen=True)
class TieRule:
    by: TieBy
    jury: str = ""
    criterion: str = ""
    digits: int | None = None


@dataclass(frozen=True)
class PrizeRule:
    code: str
    name: str
    quota: int


@dataclass(frozen=True)
class Overtime:
    """Points for a speech more than ``after`` seconds beyond the limit."""

    after: int
    points: Fraction


@dataclass(frozen=True)
class Timing:
    shortest: int
    longest: int
    under: Fraction
    over: tuple[Overtime, ...]


@dataclass(frozen=True)
class RuleBook:
    title: str
    criteria: tuple[Criterion, ...]
    juries: tuple[JuryRule, ...]
    band: tuple[Fraction, Fraction] | None
    rounding: Roundings
    ties: tuple[TieRule, ...]
    prizes: tuple[PrizeRule, ...]
    line_ties: LineTies
    special: SpecialHolder
    timing: Timing | None
    disclosure: Disclosure = Disclosure.TOTALS
    # So many speeches, the first by number, are heard before any is scored; 0 scores each at once.
    deferred: int = 0


def rulebook_digest(document: Mapping[str, object]) -> str:
    """SHA-256 of the document as canonical JSON (sorted names, no spaces, UTF-8, NFC)."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()


def read_document(text: str) -> Any:
    """The JSON value that a text holds, its strings in NFC, for `parse_rulebook`.

    Raises ScoringError: NOT_JSON, NAME_TWICE (of which one would silently win) or HALF_CHARACTER.
    """
    try:
        document = json.loads(unicodedata.normalize("NFC", text), object_pairs_hook=_once)
    except ScoringError:
        raise
    except (ValueError, RecursionError) as error:
        raise ScoringError([Problem("NOT_JSON", {"why": str(error)})]) from error
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        before = error.object[max(0, error.start - 20) : error.start]
        raise ScoringError([Problem("HALF_CHARACTER", {"before": before})]) from error
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if twice := _doubled([name for name, _value in pairs]):
        raise ScoringError([Problem("NAME_TWICE", {"name": name}) for name in twice])
    return dict(pairs)


def parse_rulebook(document: Mapping[str, object]) -> RuleBook:
    """The rule book that a JSON document describes.

    Raises ScoringError with every problem: first of shape (SHAPE, with the path), then of sense.
    """
    problems = schema_problems(document)
    if problems:
        raise ScoringError(problems)
    rulebook = _read(document)
    problems = list(_senseless(rulebook))
    if problems:
        raise ScoringError(problems)
    return rulebook


def _read(doc: Mapping[str, Any]) -> RuleBook:
    band = doc.get("band")
    timing = doc.get("timing")
    rounding = doc["rounding"]
    return RuleBook(
        title=doc["title"],
        criteria=tuple(_criterion(c) for c in doc["criteria"]),
        juries=tuple(
            JuryRule(j["code"], j["name"], Fraction(j["weight"]), _trim(j.get("trim", {})))
            for j in doc["juries"]
        ),
        band=(Fraction(band["low"]), Fraction(band["high"])) if band else None,
        rounding=Roundings(
            *(
                Rounding(RoundingMode(rounding[at]["mode"]), rounding[at].get("digits", 0))
                for at in ("criterion", "jury", "composite")
            )
        ),
        ties=tuple(
            TieRule(TieBy(t["by"]), t.get("jury", ""), t.get("criterion", ""), t.get("digits"))
            for t in doc["ties"]
        ),
        prizes=tuple(PrizeRule(p["code"], p["name"], p["quota"]) for p in doc["prizes"]),
        line_ties=LineTies(doc.get("line_ties", LineTies.WIDEN)),
        special=SpecialHolder(doc.get("special", SpecialHolder.YIELDS)),
        timing=_timing(timing) if timing else None,
        disclosure=Disclosure(doc.get("disclosure", Disclosure.TOTALS)),
        deferred=doc.get("deferred", 0),
    )


def _criterion(c: Mapping[str, Any]) -> Criterion:
    digits = c.get("digits", 0)
    return Criterion(
        code=c["code"],
        name=c["name"],
        minimum=Fraction(c.get("min", "0")),
        maximum=Fraction(c["max"]),
        factor=Fraction(c.get("factor", "1")),
        digits=digits,
        step=Fraction(c["step"]) if "step" in c else Fraction(1, 10**digits),
    )


def _trim(t: Mapping[str, Any]) -> Trim:
    return Trim(
        highest=t.get("highest", 0),
        lowest=t.get("lowest", 0),
        share=Fraction(t["share"]) if "share" in t else None,
        per=TrimPer(t.get("per", TrimPer.TOTAL)),
        none_below=t.get("none_below", 0),
    )


def _timing(t: Mapping[str, Any]) -> Timing:
    return Timing(
        shortest=t.get("shortest", 0),
        longest=t["longest"],
        under=Fraction(t.get("under", "0")),
        over=tuple(Overtime(o["after"], Fraction(o["points"])) for o in t.get("over", ())),
    )


def _doubled(codes: Sequence[str]) -> list[str]:
    return sorted({code for code in codes if codes.count(code) > 1})


def _senseless(book: RuleBook) -> list[Problem]:
    """Problems that a schema cannot see."""
    juries = [j.code for j in book.juries]
    criteria = [c.code for c in book.criteria]
    prizes = [p.code for p in book.prizes]
    found = [
        Problem("CODE_TWICE", {"code": code})
        for group in (juries, criteria, prizes)
        for code in _doubled(group)
    ]
    total = sum(j.weight for j in book.juries)
    if total != 100:
        found.append(Problem("WEIGHTS_NOT_100", {"sum": str(total)}))
    for c in book.criteria:
        found += _of_criterion(c)
    for j in book.juries:
        found += _of_trim(j)
    return found + _of_band(book) + _of_ties(book.ties, juries, criteria) + _of_timing(book.timing)


def _of_band(book: RuleBook) -> list[Problem]:
    if book.band is None:
        return []
    low, high = book.band
    least = sum(c.minimum * c.factor for c in book.criteria)
    most = sum(c.maximum * c.factor for c in book.criteria)
    if low > high or high < least or low > most:
        return [Problem("BAND_EMPTY", {"low": str(low), "high": str(high)})]
    return []


def _of_trim(j: JuryRule) -> list[Problem]:
    if j.trim.share is None:
        return []
    found = []
    if j.trim.highest or j.trim.lowest:
        found.append(Problem("TRIM_TWO_WAYS", {"jury": j.code}))
    if j.trim.share >= 50:
        found.append(Problem("TRIM_SHARE", {"jury": j.code}))
    return found


def _of_ties(ties: Sequence[TieRule], juries: Sequence[str], criteria: Sequence[str]) -> list[Problem]:
    found = []
    for t in ties:
        if t.by is TieBy.JURY and t.jury not in juries:
            found.append(Problem("TIE_UNKNOWN_JURY", {"jury": t.jury}))
        if t.by is TieBy.CRITERION and t.criterion not in criteria:
            found.append(Problem("TIE_UNKNOWN_CRITERION", {"criterion": t.criterion}))
    if any(t.by is TieBy.JOINT for t in ties[:-1]):
        found.append(Problem("TIE_AFTER_JOINT"))
    return found


def _of_timing(timing: Timing | None) -> list[Problem]:
    if timing is None:
        return []
    found = []
    steps = [o.after for o in timing.over]
    if steps != sorted(set(steps)):
        found.append(Problem("OVERTIME_ORDER"))
    if timing.under > 0 or any(o.points > 0 for o in timing.over):
        found.append(Problem("TIMING_ADDS_POINTS"))
    if timing.shortest > timing.longest:
        found.append(Problem("TIMING_EMPTY"))
    return found


def _of_criterion(c: Criterion) -> list[Problem]:
    found = []
    if c.minimum > c.maximum or c.maximum <= 0:
        found.append(Problem("CRITERION_EMPTY", {"criterion": c.code}))
    units = 10**c.digits
    if any((value * units).denominator != 1 for value in (c.minimum, c.maximum, c.step)):
        found.append(Problem("CRITERION_DIGITS", {"criterion": c.code, "digits": c.digits}))
    if c.step <= 0 or c.factor < 0:
        found.append(Problem("CRITERION_STEP", {"criterion": c.code}))
    return found
