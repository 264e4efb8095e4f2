"""What each jury's weight is in the rules, and what it was in fact.

A jury whose scores hardly differ between speeches moves no rank, whatever its declared weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

LEAST = 3


@dataclass(frozen=True)
class Influence:
    """``declared`` and ``effective`` shares by jury, and the correlation of each pair of juries.

    The effective share is the jury's part in the variance of the composite; the shares add to one.
    """

    declared: Mapping[str, float]
    effective: Mapping[str, float]
    correlations: Mapping[tuple[str, str], float | None]
    refused: str = ""


def influence(weights: Mapping[str, float], scores: Mapping[str, Sequence[float]]) -> Influence:
    """Declared against effective weight; ``weights`` add to one, ``scores`` are of the same speeches."""
    declared = dict(weights)
    sizes = {len(column) for column in scores.values()}
    if not sizes or min(sizes) < LEAST:
        return Influence(declared, {}, {}, "TOO_FEW")
    composite = [
        sum(weights[jury] * column[i] for jury, column in scores.items()) for i in range(sizes.pop())
    ]
    whole = covariance(composite, composite)
    if whole <= 0:
        return Influence(declared, {}, {}, "NO_SPREAD")
    effective = {
        jury: weights[jury] * covariance(column, composite) / whole for jury, column in scores.items()
    }
    names = list(scores)
    pairs = {(a, b): correlation(scores[a], scores[b]) for k, a in enumerate(names) for b in names[k + 1 :]}
    return Influence(declared, effective, pairs)


def covariance(a: Sequence[float], b: Sequence[float]) -> float:
    """The sample covariance."""
    x, y = sum(a) / len(a), sum(b) / len(b)
    return sum((p - x) * (q - y) for p, q in zip(a, b, strict=True)) / (len(a) - 1)


def correlation(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Pearson's correlation; None where one of the two does not vary."""
    spread = covariance(a, a) * covariance(b, b)
    return covariance(a, b) / sqrt(spread) if spread > 0 else None
