"""The score interval of a share (E. B. Wilson, 1927).

It keeps to 0..1, and holds its level on average where samples are small and shares near to 1, which the
interval from the normal distribution around the share does not.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    """Between what a share lies, both in 0..1."""

    low: float
    high: float


def wilson(hits: int, size: int, level: float = 0.95) -> Interval:
    """The interval of the share of ``hits`` among ``size``, without continuity correction.

    Nothing observed says nothing: 0..1. ValueError where the hits are not among them or the level is not
    between 0 and 1.
    """
    if not 0 <= hits <= size or not 0 < level < 1:
        raise ValueError(f"no share: {hits} of {size} at {level}")
    if not size:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = 2 * hits + z * z
    half = z * sqrt(z * z + 4 * hits * (size - hits) / size)
    whole = 2 * (size + z * z)
    # At the ends the formula gives 0 and 1 but for rounding.
    low = (middle - half) / whole if hits else 0.0
    high = (middle + half) / whole if hits < size else 1.0
    return Interval(low, high)
