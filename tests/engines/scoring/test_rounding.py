"""Rounding agrees with the decimal module of the standard library."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionhall.engines.scoring.rounding import RoundingMode, round_exact

ORACLE = {
    RoundingMode.HALF_UP: ROUND_HALF_UP,
    RoundingMode.HALF_EVEN: ROUND_HALF_EVEN,
    RoundingMode.DOWN: ROUND_DOWN,
}


@pytest.mark.parametrize("mode", list(ORACLE))
@given(value=st.decimals(-1000, 1000, places=5), digits=st.integers(0, 4))
def test_rounds_as_the_decimal_module_does(mode: RoundingMode, value: Decimal, digits: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-digits), rounding=ORACLE[mode])
    assert round_exact(Fraction(value), mode, digits) == Fraction(expected)


def test_no_rounding_keeps_the_exact_value() -> None:
    assert round_exact(Fraction(1, 3), RoundingMode.NONE, 2) == Fraction(1, 3)
