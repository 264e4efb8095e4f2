from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionhall.engines.identifiers import (
    CreditCode,
    IdentifierError,
    credit_check_character,
    normal_name,
    read_credit_code,
    read_mobile,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def code(first17="91350100M000100Y4"):
    return first17 + credit_check_character(first17)


codes = st.text(ALPHABET, min_size=17, max_size=17).map(code)


def refusal(text):
    with pytest.raises(IdentifierError) as raised:
        read_credit_code(text)
    return raised.value.code


def test_the_example_of_the_standard():
    # GB 32100-2015, annex: 91350100M000100Y43.
    assert read_credit_code("91350100M000100Y43") == CreditCode(
        "91350100M000100Y43", "9", "91", "350100", "M000100Y4"
    )


@pytest.mark.parametrize("kind", ["N1", "N2", "Y1", "A1", "81", "89", "11", "12", "52"])
def test_registers_that_other_libraries_refuse(kind):
    assert read_credit_code(code(f"{kind}330113MA2CD7X0A")).kind == kind


def test_what_is_wrong_is_said():
    assert refusal("9135") == "LENGTH"
    assert refusal("91350100M000100Y44") == "CHECK_DIGIT"
    assert refusal("９１３５０１００Ｍ０００１００Ｙ４４") == "CHECK_DIGIT"
    assert refusal("9I350100M000100Y43") == "LOOKS_LIKE"
    assert refusal("9I350100M000100Y44") == "CHARACTERS"
    assert refusal("91350100M000100Y4中") == "CHARACTERS"


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_mistyped_character_is_caught(right, place, character):
    spoilt = right[:place] + character + right[place + 1 :]
    if spoilt == right:
        assert read_credit_code(spoilt).code == right
    else:
        assert refusal(spoilt) == "CHECK_DIGIT"


@given(st.text(max_size=24))
def test_nothing_typed_breaks_it(text):
    try:
        read_credit_code(text)
    except IdentifierError as error:
        assert error.code in {"LENGTH", "CHARACTERS", "CHECK_DIGIT", "LOOKS_LIKE"}


@pytest.mark.parametrize(
    "typed",
    ["13812345678", "+86 138 1234 5678", "0086-138-1234-5678", "１３８１２３４５６７８", "(138)12345678"],
)
def test_mobile_numbers_as_they_are_typed(typed):
    assert read_mobile(typed) == "13812345678"


@pytest.mark.parametrize("typed", ["12351", "10000", "057112345678", "1381234567", "138123456789", "", "abc"])
def test_what_is_no_mobile_number(typed):
    with pytest.raises(IdentifierError) as raised:
        read_mobile(typed)
    assert raised.value.code == "PHONE"


@pytest.mark.parametrize("block", ["162", "165", "171", "192", "196", "199"])
def test_newer_blocks(block):
    assert read_mobile(f"{block}12345678") == f"{block}12345678"


def test_names_are_compared_with_one_dot():
    for dot in "·•‧∙・･．":
        assert normal_name(f"阿依努尔 {dot} 买买提") == "阿依努尔·买买提"
    assert normal_name("　李　 雷 ") == "李 雷"
