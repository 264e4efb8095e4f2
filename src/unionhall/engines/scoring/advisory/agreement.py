"""How far the jurors of a jury agree: ICC, Kendall's W, Krippendorff's alpha.

A table has a row for each speech and a column for each juror; None is a speech that a juror did not score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Table = Sequence[Sequence[float | None]]
LEAST_SPEECHES = 3


class Icc(NamedTuple):
    """Intraclass correlations of Shrout and Fleiss (1979), for one juror and for the mean of all."""

    icc1: float
    icc2: float
    icc3: float
    icc1k: float
    icc2k: float
    icc3k: float


@dataclass(frozen=True)
class Agreement:
    """Agreement within one jury; ``refused`` says why there are no figures (TOO_FEW, NO_SPREAD).

    ICC and W need speeches that all have scored: ``complete`` of ``speeches``.
    """

    jurors: int
    speeches: int
    complete: int
    icc2: float | None = None
    icc2k: float | None = None
    w: float | None = None
    alpha: float | None = None
    refused: str = ""


def agreement(table: Table) -> Agreement:
    """Agreement of one jury, or why it cannot be said."""
    jurors = len(table[0]) if table else 0
    complete = [[float(x) for x in row if x is not None] for row in table if None not in row]
    counts = (jurors, len(table), len(complete))
    if jurors < 2 or len(complete) < LEAST_SPEECHES:
        return Agreement(*counts, refused="TOO_FEW")
    if len({x for row in complete for x in row}) == 1:
        return Agreement(*counts, refused="NO_SPREAD")
    found = icc(complete)
    return Agreement(
        *counts,
        icc2=found.icc2,
        icc2k=found.icc2k,
        w=kendall_w(complete),
        alpha=krippendorff_alpha(table),
    )


def icc(table: Sequence[Sequence[float]]) -> Icc:
    """The six intraclass correlations of a complete table of n speeches by k jurors.

    Shrout, P. E. and Fleiss, J. L. (1979), Psychological Bulletin 86, 420-428. ZeroDivisionError where
    nothing varies at all.
    """
    n, k = len(table), len(table[0])
    mean = sum(map(sum, table)) / (n * k)
    rows = [sum(row) / k for row in table]
    columns = [sum(row[j] for row in table) / n for j in range(k)]
    between = k * sum((r - mean) ** 2 for r in rows)
    jurors = n * sum((c - mean) ** 2 for c in columns)
    total = sum((x - mean) ** 2 for row in table for x in row)
    bms, jms = between / (n - 1), jurors / (k - 1)
    ems = (total - between - jurors) / ((n - 1) * (k - 1))
    wms = (total - between) / (n * (k - 1))
    return Icc(
        icc1=(bms - wms) / (bms + (k - 1) * wms),
        icc2=(bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n),
        icc3=(bms - ems) / (bms + (k - 1) * ems),
        icc1k=(bms - wms) / bms,
        icc2k=(bms - ems) / (bms + (jms - ems) / n),
        icc3k=(bms - ems) / bms,
    )


def kendall_w(table: Sequence[Sequence[float]]) -> float:
    """Kendall's coefficient of concordance of a complete table, corrected for ties."""
    n, k = len(table), len(table[0])
    ranked = [ranks([row[j] for row in table]) for j in range(k)]
    sums = [sum(of_juror[i] for of_juror in ranked) for i in range(n)]
    mean = sum(sums) / n
    s = sum((one - mean) ** 2 for one in sums)
    ties = sum(t**3 - t for of_juror in ranked for t in Counter(of_juror).values())
    return 12 * s / (k * k * (n**3 - n) - k * ties)


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1 up; equals share the mean of theirs."""
    order = sorted(values)
    first = {value: order.index(value) + 1 for value in set(values)}
    many = Counter(values)
    return [first[value] + (many[value] - 1) / 2 for value in values]


def krippendorff_alpha(table: Table) -> float | None:
    """Krippendorff's alpha for interval data; None where nothing varies or nothing can be paired.

    Krippendorff, K. (2011), Computing Krippendorff's Alpha-Reliability. Speeches scored by fewer than two
    jurors pair nothing and are left out.
    """
    units = [[x for x in row if x is not None] for row in table]
    units = [unit for unit in units if len(unit) > 1]
    values = [x for unit in units for x in unit]
    n = len(values)
    # The sum of squared differences over all pairs is n * sum(x^2) - (sum x)^2.
    observed = sum(_pairs(unit) / (len(unit) - 1) for unit in units)
    expected = _pairs(values) / (n - 1) if n > 1 else 0.0
    return None if expected <= 0 else 1 - observed / expected


def _pairs(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return 2 * len(values) * sum((x - mean) ** 2 for x in values)
