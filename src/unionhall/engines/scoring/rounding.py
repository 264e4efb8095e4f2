"""Rounding as a rule book declares it, on exact rationals."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction


class RoundingMode(StrEnum):
    """How a stage of the calculation shortens its figure."""

    HALF_UP = "HALF_UP"
    HALF_EVEN = "HALF_EVEN"
    DOWN = "DOWN"
    NONE = "NONE"


def round_exact(value: Fraction, mode: RoundingMode, digits: int) -> Fraction:
    """Round ``value`` to ``digits`` decimals and return it as an exact rational.

    ``HALF_UP`` rounds a tie away from zero (四舍五入), ``HALF_EVEN`` to the even
    neighbour, ``DOWN`` cuts towards zero, ``NONE`` returns the value itself.
    """
    if mode is RoundingMode.NONE:
        return value
    scale = 10**digits
    scaled = abs(value) * scale
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest - scaled.denominator
    up = mode is RoundingMode.HALF_UP and twice >= 0
    up = up or (mode is RoundingMode.HALF_EVEN and (twice > 0 or (twice == 0 and whole % 2 == 1)))
    rounded = Fraction(whole + up, scale)
    return -rounded if value < 0 else rounded
