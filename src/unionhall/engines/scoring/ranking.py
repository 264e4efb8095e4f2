"""Ranks by a ladder of ties, and prizes by quotas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from unionhall.engines.scoring.rounding import RoundingMode, round_exact
from unionhall.engines.scoring.rulebook import LineTies, RuleBook, TieBy, TieRule


@dataclass(frozen=True)
class Standing:
    """What ranks an entry. ``penalties`` is the sum of points taken off, zero or more."""

    entry: str
    composite: Fraction
    exact: Fraction
    juries: Mapping[str, Fraction | None]
    criteria: Mapping[str, Fraction]
    penalties: Fraction


@dataclass(frozen=True)
class Ranked:
    """An entry's rank (1, 2, 2, 4 ...), and which rung of the ladder parted it from equal composites."""

    entry: str
    rank: int
    joint: bool
    undecided: bool
    decided_by: str


# A rung gives each entry a tuple; the larger ranks higher.
Rung = Callable[[Standing], tuple[Fraction, ...]]


def _rung(rulebook: RuleBook, tie: TieRule) -> Rung:
    match tie.by:
        case TieBy.MORE_DECIMALS:
            return _more_decimals(rulebook, tie.digits)
        case TieBy.JURY:
            return lambda s: (_or_lowest(s.juries[tie.jury]),)
        case TieBy.CRITERION:
            return lambda s: (s.criteria[tie.criterion],)
        case TieBy.FEWER_PENALTIES:
            return lambda s: (-s.penalties,)
        case TieBy.JOINT:
            return lambda _s: ()


def _or_lowest(score: Fraction | None) -> Fraction:
    """A jury of weight 0 may be silent, which ranks below any score, a zero too."""
    return Fraction(-1) if score is None else score


def _more_decimals(rulebook: RuleBook, digits: int | None) -> Rung:
    """Compare at one more decimal, then the next, up to ``digits``; without it, the exact figure."""
    rounding = rulebook.rounding.composite
    if digits is None or rounding.mode is RoundingMode.NONE:
        return lambda s: (s.exact,)
    places = range(rounding.digits + 1, digits + 1)
    return lambda s: tuple(round_exact(s.exact, rounding.mode, place) for place in places)


def ranked(rulebook: RuleBook, standings: Sequence[Standing]) -> list[Ranked]:
    """The entries from first to last; those whom the whole ladder leaves equal share a rank."""
    rungs = [_rung(rulebook, tie) for tie in rulebook.ties]
    keyed = [((s.composite,), *(rung(s) for rung in rungs)) for s in standings]
    order = sorted(zip(keyed, standings, strict=True), key=lambda pair: pair[0], reverse=True)
    settled = bool(rulebook.ties) and rulebook.ties[-1].by is TieBy.JOINT
    result: list[Ranked] = []
    for _key, equals in groupby(order, key=lambda pair: pair[0]):
        group = list(equals)
        rank = len(result) + 1
        result += [
            Ranked(
                entry=standing.entry,
                rank=rank,
                joint=len(group) > 1,
                undecided=len(group) > 1 and not settled,
                decided_by=_decided_by(rulebook, key, keyed),
            )
            for key, standing in sorted(group, key=lambda pair: pair[1].entry)
        ]
    return result


def _decided_by(
    rulebook: RuleBook,
    key: tuple[tuple[Fraction, ...], ...],
    keyed: Sequence[tuple[tuple[Fraction, ...], ...]],
) -> str:
    """The last rung that was needed to tell this entry from others of its composite; empty if none was."""
    needed = 0
    for other in keyed:
        if other[0] == key[0] and other != key:
            needed = max(needed, next(i for i in range(len(key)) if key[i] != other[i]))
    return rulebook.ties[needed - 1].by.value if needed else ""


def prizes_by_rank(rulebook: RuleBook, ranks: Sequence[int]) -> dict[int, str | None]:
    """The prize for each rank. Prize lines stand at fixed places down the ranking (the sums of quotas).

    Joint entries across a line all get the better prize (WIDEN) or all the next one (NARROW); the lines
    themselves do not move.
    """
    prizes: dict[int, str | None] = {}
    for rank in set(ranks):
        first, last = rank, rank + ranks.count(rank) - 1
        prizes[rank] = _prize_at(rulebook, first if rulebook.line_ties is LineTies.WIDEN else last)
    return prizes


def _prize_at(rulebook: RuleBook, place: int) -> str | None:
    line = 0
    for prize in rulebook.prizes:
        line += prize.quota
        if place <= line:
            return prize.code
    return None
