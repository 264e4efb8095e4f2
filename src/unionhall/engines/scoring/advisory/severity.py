"""How severe and how even each juror is, and whether jurors favour their own house.

The additive model score = speech + juror + rest, fitted by least squares, also where sheets are missing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from unionhall.engines.scoring.advisory.agreement import Table

# Below this a juror's severity is mostly chance; nothing is said rather than something false.
LEAST_SPEECHES, LEAST_JURORS, LEAST_HOME = 8, 3, 3
ROUNDS = 200
LEVEL = 0.95


@dataclass(frozen=True)
class JurorAdvice:
    """A juror beside the colleagues of the same jury, in points: ``severity`` below zero is severe.

    ``low`` and ``high`` bound it at 95 %; ``spread`` is the standard deviation of what the model leaves.
    """

    juror: str
    speeches: int
    severity: float
    low: float
    high: float
    spread: float

    @property
    def stands_out(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Severity:
    """The jurors of a jury, or why nothing is said (SAMPLE_TOO_SMALL); ``rest`` are the residuals."""

    jurors: tuple[JurorAdvice, ...] = ()
    refused: str = ""
    rest: tuple[tuple[float | None, ...], ...] = ()


@dataclass(frozen=True)
class Home:
    """By how many points jurors gave more to speeches of their own house than the model expects."""

    pairs: int
    bias: float | None = None
    low: float | None = None
    high: float | None = None
    refused: str = ""


def severity(table: Table, names: Sequence[str]) -> Severity:
    """Severity and spread of each juror (``names`` by column) of one jury."""
    if len(table) < LEAST_SPEECHES or len(names) < LEAST_JURORS:
        return Severity(refused="SAMPLE_TOO_SMALL")
    heard = [(i, j, x) for i, row in enumerate(table) for j, x in enumerate(row) if x is not None]
    jurors = _fit(heard, len(table), len(names))
    speeches = _means([(i, x - jurors[j]) for i, j, x in heard], len(table))
    rest: list[list[float | None]] = [[None] * len(names) for _ in table]
    for i, j, x in heard:
        rest[i][j] = x - speeches[i] - jurors[j]
    freedom = len(heard) - len({i for i, _j, _x in heard}) - len(names) + 1
    if freedom < 1:
        return Severity(refused="SAMPLE_TOO_SMALL")
    variance = sum(r * r for row in rest for r in row if r is not None) / freedom
    told = []
    for j, name in enumerate(names):
        own = [row[j] for row in rest if row[j] is not None]
        error = sqrt(variance / len(own) * (1 - 1 / len(names))) if own else 0.0
        reach = student(freedom) * error
        told.append(
            JurorAdvice(
                juror=name,
                speeches=len(own),
                severity=jurors[j],
                low=jurors[j] - reach,
                high=jurors[j] + reach,
                spread=sqrt(sum(r * r for r in own if r is not None) / max(1, len(own) - 1)),
            )
        )
    return Severity(tuple(told), "", tuple(map(tuple, rest)))


def _fit(heard: Sequence[tuple[int, int, float]], speeches: int, jurors: int) -> list[float]:
    """The jurors' parts, with mean zero. Speeches and jurors are fitted in turn until nothing moves."""
    parts = [0.0] * jurors
    for _round in range(ROUNDS):
        levels = _means([(i, x - parts[j]) for i, j, x in heard], speeches)
        new = _means([(j, x - levels[i]) for i, j, x in heard], jurors)
        mean = sum(new) / jurors
        new = [one - mean for one in new]
        moved = max(abs(a - b) for a, b in zip(new, parts, strict=True))
        parts = new
        if moved < 1e-10:
            break
    return parts


def _means(pairs: Sequence[tuple[int, float]], size: int) -> list[float]:
    sums, counts = [0.0] * size, [0] * size
    for place, value in pairs:
        sums[place] += value
        counts[place] += 1
    return [total / count if count else 0.0 for total, count in zip(sums, counts, strict=True)]


def home_bias(rest: Sequence[Sequence[float | None]], home: Collection[tuple[int, int]]) -> Home:
    """What jurors gave to their own house beyond the model; ``home`` are pairs of (speech, juror)."""
    own = [r for i, j in home if (r := rest[i][j]) is not None]
    others = [
        r for i, row in enumerate(rest) for j, r in enumerate(row) if r is not None and (i, j) not in home
    ]
    if len(own) < LEAST_HOME or len(others) < LEAST_HOME:
        return Home(len(own), refused="SAMPLE_TOO_SMALL")
    bias = sum(own) / len(own) - sum(others) / len(others)
    reach = student(len(own) - 1) * sqrt(_variance(own) / len(own) + _variance(others) / len(others))
    return Home(len(own), bias, bias - reach, bias + reach)


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((x - mean) ** 2 for x in values) / (len(values) - 1)


def student(freedom: int) -> float:
    """The 97.5 % point of Student's t, by Abramowitz and Stegun 26.7.5 (four terms; exact for 1 and 2)."""
    if freedom <= 2:
        return 12.706204736 if freedom <= 1 else 4.30265273
    z, v = NormalDist().inv_cdf((1 + LEVEL) / 2), freedom
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )
