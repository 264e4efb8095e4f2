"""How firm each prize line is: what would have to be otherwise for others to win.

Every answer is counted by the official count under the rule book, with one thing changed.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from unionhall.engines.scoring.counting import Adjustment, Result, count
from unionhall.engines.scoring.rulebook import RuleBook, Trim
from unionhall.engines.scoring.sheets import Sheet

HALF_POINT = Fraction(1, 2)
DRAWS = 300
# Above so many jurors one of them cannot move a line, and as many counts would take minutes.
MOST_JURORS = 60
FINER = 4


@dataclass(frozen=True)
class Scenario:
    """One thing changed: DROP_JUROR, HALF_POINT, NO_TRIM or SEVERITY. ``what`` names the juror or entry.

    ``gained`` and ``lost`` are the entries that would get, and no longer get, the prize of the line.
    """

    kind: str
    what: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class LineAdvice:
    """One prize: how many changes were tried, those that change who gets it, and the bootstrap.

    ``kept`` is the share of bootstrap draws in which exactly the same entries get the prize; None where
    there were too many jurors to draw. ``gap`` is the distance in points between the last who gets this
    prize or a better one and the next.
    """

    prize: str
    winners: tuple[str, ...]
    tried: Mapping[str, int]
    changes: tuple[Scenario, ...]
    kept: float | None
    gap: Fraction | None

    @property
    def firm(self) -> bool:
        """Whether none of the changes alters who gets the prize."""
        return not self.changes


def robustness(
    rulebook: RuleBook,
    entries: Sequence[str],
    sheets: Sequence[Sheet],
    adjustments: Sequence[Adjustment],
    *,
    special: Collection[str],
    severities: Mapping[str, float],
    seed: int = 1,
    draws: int = DRAWS,
) -> list[LineAdvice]:
    """A statement for each prize. ``severities`` are jurors' parts in points, for those that have one."""

    def recount(book: RuleBook, some: Sequence[Sheet], more: Sequence[Adjustment] = ()) -> Result:
        return count(book, entries, some, [*adjustments, *more], special=special)

    official = recount(rulebook, sheets)
    tried: dict[str, int] = {}
    scenarios: list[tuple[str, str, Result]] = []

    def tell(kind: str, what: str, result: Result) -> None:
        tried[kind] = tried.get(kind, 0) + 1
        scenarios.append((kind, what, result))

    jurors = sorted({sheet.juror for sheet in sheets})
    if len(jurors) <= MOST_JURORS:
        for juror in jurors:
            tell("DROP_JUROR", juror, recount(rulebook, [s for s in sheets if s.juror != juror]))
    for entry in entries:
        for points in (HALF_POINT, -HALF_POINT):
            tell("HALF_POINT", entry, recount(rulebook, sheets, [Adjustment(entry, "ERROR", points)]))
    tell("NO_TRIM", "", recount(_untrimmed(rulebook), sheets))
    if severities:
        tell("SEVERITY", "", recount(*_corrected(rulebook, sheets, severities)))
    kept = _bootstrap(recount, rulebook, official, sheets, seed, draws) if len(jurors) <= MOST_JURORS else {}
    return [
        LineAdvice(
            prize=prize.code,
            winners=tuple(sorted(_winners(official, prize.code))),
            tried=tried,
            changes=tuple(_changes(official, scenarios, prize.code)),
            kept=kept.get(prize.code),
            gap=_gap(official, [p.code for p in rulebook.prizes[: place + 1]]),
        )
        for place, prize in enumerate(rulebook.prizes)
    ]


def _winners(result: Result, prize: str) -> set[str]:
    return {entry.entry for entry in result.entries if entry.prize == prize}


def _changes(
    official: Result, scenarios: Sequence[tuple[str, str, Result]], prize: str
) -> Iterator[Scenario]:
    before = _winners(official, prize)
    for kind, what, result in scenarios:
        after = _winners(result, prize)
        if after != before:
            yield Scenario(kind, what, tuple(sorted(after - before)), tuple(sorted(before - after)))


def _gap(official: Result, prizes: Collection[str]) -> Fraction | None:
    ranked = [e for e in official.entries if e.rank is not None and e.exact is not None]
    inside = [e.exact for e in ranked if e.prize in prizes and e.exact is not None]
    outside = [e.exact for e in ranked if e.prize not in prizes and e.exact is not None]
    return min(inside) - max(outside) if inside and outside else None


def _untrimmed(rulebook: RuleBook) -> RuleBook:
    return replace(rulebook, juries=tuple(replace(jury, trim=Trim()) for jury in rulebook.juries))


def _corrected(
    rulebook: RuleBook, sheets: Sequence[Sheet], severities: Mapping[str, float]
) -> tuple[RuleBook, list[Sheet]]:
    """The sheets with each juror's severity taken off, under the same rules with finer digits."""
    scale = 10**FINER
    criteria = tuple(replace(c, digits=c.digits + FINER) for c in rulebook.criteria)
    first = criteria[0]

    def finer(sheet: Sheet) -> Sheet:
        if sheet.scores is None:
            return sheet
        off = Fraction(severities.get(sheet.juror, 0.0)) * 10**first.digits / (first.factor or 1)
        scores = [score * scale for score in sheet.scores]
        scores[0] -= round(off)
        return sheet._replace(scores=tuple(scores))

    return replace(rulebook, criteria=criteria), [finer(sheet) for sheet in sheets]


def _bootstrap(
    recount: object, rulebook: RuleBook, official: Result, sheets: Sequence[Sheet], seed: int, draws: int
) -> dict[str, float]:
    """The share of draws that keep each prize; jurors are drawn with replacement within their jury."""
    assert callable(recount), "the caller's own count"
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    of_juror: dict[str, list[Sheet]] = {}
    of_jury: dict[str, list[str]] = {}
    for sheet in sheets:
        if sheet.juror not in of_juror:
            of_jury.setdefault(sheet.jury, []).append(sheet.juror)
        of_juror.setdefault(sheet.juror, []).append(sheet)
    same = dict.fromkeys((prize.code for prize in rulebook.prizes), 0)
    for _draw in range(draws):
        drawn = [
            sheet._replace(juror=f"{juror}#{place}")
            for jurors in of_jury.values()
            for place, juror in enumerate(chance.choices(jurors, k=len(jurors)))
            for sheet in of_juror[juror]
        ]
        result = recount(rulebook, drawn)
        for prize in same:
            same[prize] += _winners(result, prize) == _winners(official, prize)
    return {prize: kept / draws for prize, kept in same.items()}
