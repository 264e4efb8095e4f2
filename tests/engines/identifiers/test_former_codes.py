"""Organisation codes and registration numbers, which credit codes have replaced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionhall.engines.identifiers import (
    IdentifierError,
    organisation_check_character,
    read_organisation_code,
    read_registration_number,
    registration_check_digit,
)

from .conftest import typing_errors

WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_the_short_way_to_an_organisation_codes_check_is_that_of_the_standard(first8):
    total = sum(int(one, 36) * weight for one, weight in zip(first8, WEIGHTS, strict=True))
    assert organisation_check_character(first8) == "0123456789X"[-total % 11]


@given(st.text("0123456789", min_size=14, max_size=14))
def test_the_short_way_to_a_registration_numbers_check_is_that_of_the_standard(first14):
    carried = 10
    for digit in first14:
        carried = ((carried + int(digit)) % 10 or 10) * 2 % 11
    assert (carried + int(registration_check_digit(first14))) % 10 == 1


def test_numbers_as_they_are_written():
    # An organisation code with its hyphen, and a registration number of the form used before 2015.
    assert read_organisation_code(" 79965505-8 ") == "799655058"
    assert read_registration_number("110000007043305") == "110000007043305"


def test_no_slip_of_one_digit_passes():
    for code in typing_errors("799655058", "0123456789"):
        with pytest.raises(IdentifierError):
            read_organisation_code(code)
    number = "110000007043305"
    for slip in (number[:at] + other + number[at + 1 :] for at in range(15) for other in "0123456789"):
        assert (registration_check_digit(slip[:14]) == slip[14]) is (slip == number)


@pytest.mark.parametrize(
    ("read", "typed", "code"),
    [
        (read_organisation_code, "7996550", "LENGTH"),
        (read_organisation_code, "79965_058", "CHARACTERS"),
        (read_organisation_code, "799655059", "CHECK_CHARACTER"),
        (read_registration_number, "11000000704330", "LENGTH"),
        (read_registration_number, "11000000704330A", "CHARACTERS"),
        (read_registration_number, "110000007043306", "CHECK_DIGIT"),
    ],
)
def test_what_cannot_be_right(read, typed, code):
    with pytest.raises(IdentifierError) as refused:
        read(typed)
    assert refused.value.code == code
