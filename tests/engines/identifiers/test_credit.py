"""Unified social credit codes, letters at any place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from unionhall.engines.identifiers import (
    CreditCode,
    IdentifierError,
    credit_check_character,
    read_credit_code,
)

from .conftest import LETTERS, credit_codes, typing_errors


def made(first17: str) -> str:
    return first17 + credit_check_character(first17)


@pytest.mark.parametrize(
    "code",
    [
        # Of public record: the example in Wikipedia's article on the code (zh), that of python-stdnum's
        # documentation, and four well-known companies as the national register publishes them.
        "91350100M000100Y43",
        "91110000600037341L",
        "9144030071526726XG",
        "914403001922038216",
        "91330100799655058B",
        "91110000802100433B",
    ],
)
def test_codes_of_public_record(code):
    assert read_credit_code(code) == CreditCode(code, "9", "91", code[2:8], code[8:17])


@pytest.mark.parametrize("kind", ["81", "89", "N1", "N2", "N3", "Y1", "A1", "11", "12", "52", "93"])
def test_every_register_is_read_without_a_warning(kind):
    code = made(f"{kind}330113M000100Y4")
    assert read_credit_code(code) == CreditCode(code, kind[0], kind, "330113", "M000100Y4")


def test_what_is_unknown_only_warns():
    assert read_credit_code(made("C1990000M000100Y4")).warnings == ("UNKNOWN_REGISTRAR", "UNKNOWN_REGION")
    assert read_credit_code(made("9133A113M000100Y4")).warnings == ("UNKNOWN_REGION",)
    assert read_credit_code(made("91330113M000100Y5")).warnings == ("ORGANISATION_CODE",)
    assert read_credit_code(made("12100000M000100Y4")).warnings == ()


@pytest.mark.parametrize(
    "typed",
    [
        "91350100m000100y43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "9135 0100 M000 100Y 43",
        "91350100-M000100Y4-3",
    ],
)
def test_as_people_and_spreadsheets_write_it(typed):
    assert read_credit_code(typed).code == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("typed", "code", "data"),
    [
        ("", "LENGTH", {"length": 0}),
        ("350100100000014", "LENGTH", {"length": 15}),
        ("9135O1OOM000100Y43", "LOOKS_LIKE", {"suggestion": "91350100M000100Y43"}),
        ("9I3SO1OOMOOO1OOY43", "LOOKS_LIKE", {"suggestion": "91350100M000100Y43"}),
        ("9135O1OOM000100Y44", "CHARACTERS", {"position": 5}),
        ("91350100V000100Y43", "CHARACTERS", {"position": 9}),
        ("91350100法000100Y43", "CHARACTERS", {"position": 9}),
        ("91350100M000100Y44", "CHECK_CHARACTER", {}),
    ],
)
def test_what_cannot_be_right(typed, code, data):
    with pytest.raises(IdentifierError) as refused:
        read_credit_code(typed)
    assert (refused.value.code, refused.value.data) == (code, data)


@given(code=credit_codes)
def test_every_code_that_holds_is_read(code):
    found = read_credit_code(code)
    assert (found.code, found.kind, found.region + found.organisation_code) == (code, code[:2], code[2:17])


@settings(max_examples=20)
@given(code=credit_codes)
def test_one_mistyped_character_or_two_exchanged_never_pass(code):
    passed = []
    for other in typing_errors(code, LETTERS):
        try:
            passed.append(read_credit_code(other))
        except IdentifierError:
            continue
    assert passed == []


@given(code=credit_codes)
def test_the_check_character_by_the_definition_of_the_standard(code):
    """Of 31 characters the one that makes the weighted sum of the whole code a multiple of 31."""
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)  # table 3 of GB 32100
    total = sum(LETTERS.index(one) * weight for one, weight in zip(code[:17], weights, strict=True))
    assert [last for value, last in enumerate(LETTERS) if (total + value) % 31 == 0] == [code[17]]
