"""From sheets to ranks and prizes: one pure function behind desk, screen, files and command line.

All arithmetic is on integers and rationals. A figure is shortened only where the rule book says so, in
this order: each criterion's mean within a jury (times its factor), the jury's score, the composite.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from operator import mul
from typing import NamedTuple

from unionhall.engines.scoring.problems import Problem, ScoringError
from unionhall.engines.scoring.ranking import Standing, prizes_by_rank, ranked
from unionhall.engines.scoring.rounding import round_exact
from unionhall.engines.scoring.rulebook import JuryRule, Rounding, RuleBook, SpecialHolder, TrimPer
from unionhall.engines.scoring.sheets import Scores, Sheet


class Adjustment(NamedTuple):
    """Signed points for an entry: a timing penalty, a bonus, points earned elsewhere."""

    entry: str
    kind: str
    points: Fraction


class Dropped(NamedTuple):
    """A figure that the trim left out: a juror's total, or (``criterion`` set) one criterion."""

    juror: str
    criterion: str
    value: Fraction


@dataclass(frozen=True)
class JuryResult:
    """What one jury says of one entry. ``score`` is None when none of its jurors scored."""

    code: str
    weight: Fraction
    present: int
    absent: int
    score: Fraction | None
    exact: Fraction | None
    criteria: Mapping[str, Fraction]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True)
class EntryResult:
    """An entry's place and how it came about.

    ``composite`` is rounded as declared, ``exact`` is before that. ``rank`` is None for an entry without a
    composite and for the holder of a special prize who yields the place; ``reason`` says which. A rank
    shared by several is ``joint``; ``decided_by`` names the rung that parted it from its equals, and
    ``undecided`` says that the ladder of ties ended without an answer.
    """

    entry: str
    rank: int | None
    prize: str | None
    composite: Fraction | None
    exact: Fraction | None
    juries: tuple[JuryResult, ...]
    adjustments: tuple[Adjustment, ...]
    reason: Problem | None
    joint: bool
    undecided: bool
    decided_by: str


@dataclass(frozen=True)
class Result:
    """All entries: the ranked by rank, then the others in the order they were given."""

    rulebook: RuleBook
    entries: tuple[EntryResult, ...]

    def of(self, entry: str) -> EntryResult:
        """The result of one entry; KeyError when it was not counted."""
        for result in self.entries:
            if result.entry == entry:
                return result
        raise KeyError(entry)


def timing_penalty(rulebook: RuleBook, seconds: int) -> Fraction:
    """The points (zero or less) for a speech of so many seconds."""
    timing = rulebook.timing
    if timing is None:
        return Fraction(0)
    if seconds < timing.shortest:
        return timing.under
    beyond = seconds - timing.longest
    return next((o.points for o in reversed(timing.over) if beyond > o.after), Fraction(0))


def count(
    rulebook: RuleBook,
    entries: Sequence[str],
    sheets: Iterable[Sheet],
    adjustments: Iterable[Adjustment] = (),
    *,
    special: Collection[str] = (),
) -> Result:
    """Count ``sheets`` and ``adjustments`` of ``entries`` by a rule book.

    ``special`` are holders of a prize outside the ranking. Raises ScoringError for sheets that do not
    belong: ENTRY_UNKNOWN, JURY_UNKNOWN, SHEET_TWICE, SHEET_LENGTH. An entry for which a jury of positive
    weight has no ballot gets no composite (JURY_WITHOUT_BALLOTS) and no rank; it does not stop the others.
    """
    heard = _heard(rulebook, entries, sheets)
    given: dict[str, list[Adjustment]] = {entry: [] for entry in entries}
    for adjustment in adjustments:
        if adjustment.entry not in given:
            raise ScoringError([Problem("ENTRY_UNKNOWN", {"entry": adjustment.entry})])
        given[adjustment.entry].append(adjustment)
    unranked = [_of_entry(rulebook, entry, heard[entry], tuple(given[entry])) for entry in entries]
    out = frozenset(special) if rulebook.special is SpecialHolder.YIELDS else frozenset()
    competing = [r for r in unranked if r.composite is not None and r.entry not in out]
    standings = ranked(rulebook, [_standing(rulebook, r) for r in competing])
    prizes = prizes_by_rank(rulebook, [s.rank for s in standings])
    by_entry = {r.entry: r for r in unranked}
    placed = [
        replace(
            by_entry[s.entry],
            rank=s.rank,
            prize=prizes[s.rank],
            joint=s.joint,
            undecided=s.undecided,
            decided_by=s.decided_by,
        )
        for s in standings
    ]
    rest = [
        r if r.reason else replace(r, reason=Problem("OUTSIDE_RANKING"))
        for r in unranked
        if r.composite is None or r.entry in out
    ]
    return Result(rulebook, tuple(placed + rest))


def _heard(
    rulebook: RuleBook, entries: Sequence[str], sheets: Iterable[Sheet]
) -> dict[str, dict[str, dict[str, Scores | None]]]:
    """Sheets by entry, jury and juror."""
    heard: dict[str, dict[str, dict[str, Scores | None]]] = {
        entry: {jury.code: {} for jury in rulebook.juries} for entry in entries
    }
    length = len(rulebook.criteria)
    for entry, jury, juror, scores in sheets:
        try:
            seats = heard[entry][jury]
        except KeyError:
            code = "JURY_UNKNOWN" if entry in heard else "ENTRY_UNKNOWN"
            raise ScoringError([Problem(code, {"entry": entry, "jury": jury})]) from None
        if juror in seats:
            raise ScoringError([Problem("SHEET_TWICE", {"entry": entry, "jury": jury, "juror": juror})])
        if scores is not None and len(scores) != length:
            raise ScoringError([Problem("SHEET_LENGTH", {"entry": entry, "juror": juror})])
        seats[juror] = scores
    return heard


def _rounded(value: Fraction, rounding: Rounding) -> Fraction:
    return round_exact(value, rounding.mode, rounding.digits)


def _of_entry(
    rulebook: RuleBook,
    entry: str,
    heard: Mapping[str, Mapping[str, Scores | None]],
    adjustments: tuple[Adjustment, ...],
) -> EntryResult:
    juries = tuple(_of_jury(rulebook, jury, heard[jury.code]) for jury in rulebook.juries)
    silent = next((j for j in juries if j.weight > 0 and j.score is None), None)
    exact = composite = None
    if silent is None:
        blend = sum((j.weight * j.score for j in juries if j.score is not None), start=Fraction(0)) / 100
        exact = blend + sum((a.points for a in adjustments), start=Fraction(0))
        composite = _rounded(exact, rulebook.rounding.composite)
    return EntryResult(
        entry=entry,
        rank=None,
        prize=None,
        composite=composite,
        exact=exact,
        juries=juries,
        adjustments=adjustments,
        reason=Problem("JURY_WITHOUT_BALLOTS", {"jury": silent.code}) if silent else None,
        joint=False,
        undecided=False,
        decided_by="",
    )


def _of_jury(rulebook: RuleBook, jury: JuryRule, seats: Mapping[str, Scores | None]) -> JuryResult:
    present = {juror: scores for juror, scores in seats.items() if scores is not None}
    absent = len(seats) - len(present)
    if not present:
        return JuryResult(jury.code, jury.weight, 0, absent, None, None, {}, ())
    low, high = jury.trim.cut(len(present))
    if jury.trim.per is TrimPer.TOTAL:
        means, dropped = _trimmed_by_total(rulebook, present, low, high)
    else:
        means, dropped = _trimmed_by_criterion(rulebook, present, low, high)
    shortened = {code: _rounded(mean, rulebook.rounding.criterion) for code, mean in means.items()}
    exact = sum(shortened.values(), start=Fraction(0))
    score = _rounded(exact, rulebook.rounding.jury)
    return JuryResult(jury.code, jury.weight, len(present), absent, score, exact, shortened, dropped)


def _trimmed_by_total(
    rulebook: RuleBook, present: Mapping[str, Scores], low: int, high: int
) -> tuple[dict[str, Fraction], tuple[Dropped, ...]]:
    """Leave out whole jurors. Of equal totals the one with the smaller code counts as the lower."""
    units = [c.factor / 10**c.digits for c in rulebook.criteria]
    scale = lcm(*(u.denominator for u in units))
    coefficients = [int(u * scale) for u in units]
    order = sorted((sum(map(mul, scores, coefficients)), juror) for juror, scores in present.items())
    out = order[:low] + (order[-high:] if high else [])
    kept = [present[juror] for _total, juror in order[low : len(order) - high]]
    means = {
        c.code: unit * sum(column) / len(kept)
        for c, unit, column in zip(rulebook.criteria, units, zip(*kept, strict=True), strict=True)
    }
    return means, tuple(Dropped(juror, "", Fraction(total, scale)) for total, juror in out)


def _trimmed_by_criterion(
    rulebook: RuleBook, present: Mapping[str, Scores], low: int, high: int
) -> tuple[dict[str, Fraction], tuple[Dropped, ...]]:
    """Leave out the lowest and highest of every criterion by itself."""
    means: dict[str, Fraction] = {}
    dropped: list[Dropped] = []
    for i, c in enumerate(rulebook.criteria):
        order = sorted((scores[i], juror) for juror, scores in present.items())
        kept = order[low : len(order) - high]
        means[c.code] = c.factor * sum(s for s, _juror in kept) / (len(kept) * 10**c.digits)
        out = order[:low] + (order[-high:] if high else [])
        dropped += [Dropped(juror, c.code, Fraction(s, 10**c.digits)) for s, juror in out]
    return means, tuple(dropped)


def _standing(rulebook: RuleBook, result: EntryResult) -> Standing:
    assert result.composite is not None, "only entries with a composite compete"
    assert result.exact is not None, "a composite has its exact figure"
    by_code = {j.code: j for j in result.juries}
    criteria = {
        c.code: sum(
            (j.weight * j.criteria[c.code] for j in result.juries if c.code in j.criteria), start=Fraction(0)
        )
        for c in rulebook.criteria
    }
    return Standing(
        entry=result.entry,
        composite=result.composite,
        exact=result.exact,
        juries={code: j.score for code, j in by_code.items()},
        criteria=criteria,
        penalties=-sum((a.points for a in result.adjustments if a.points < 0), start=Fraction(0)),
    )
