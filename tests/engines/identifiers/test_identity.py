"""Identity numbers: what holds is read, what was mistyped never passes, what is unknown only warns."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings

from unionhall.engines.identifiers import (
    IdentifierError,
    Identity,
    identity_check_character,
    read_document,
    read_identity,
)

from .conftest import DIGITS, identities, identity, typing_errors


def code_of(read, *arguments, **more) -> str:
    with pytest.raises(IdentifierError) as refused:
        read(*arguments, **more)
    return refused.value.code


def test_the_examples_of_the_standard():
    """GB 11643-1999, section 4: a woman of Beijing, and a man born in 1880, who is too old for a member."""
    assert read_identity("11010519491231002X") == Identity(
        "11010519491231002X", "110105", date(1949, 12, 31), "FEMALE"
    )
    assert identity_check_character("44052418800101001") == "4"
    assert code_of(read_identity, "440524188001010014") == "BIRTH_DATE"


@pytest.mark.parametrize(
    ("number", "sex", "birth"),
    [
        # Residence permits; both from the README of the package id-validator.
        ("810000199408230021", "FEMALE", date(1994, 8, 23)),
        ("830000199201300022", "FEMALE", date(1992, 1, 30)),
        # Made: Macao; districts founded in 2021; counties that were founded after their people were born.
        (identity("820000", "19850607"), "MALE", date(1985, 6, 7)),
        (identity("330113", "19900101"), "MALE", date(1990, 1, 1)),
        (identity("330114", "20220301"), "MALE", date(2022, 3, 1)),
        (identity("330502", "19900101"), "MALE", date(1990, 1, 1)),
        (identity("429004", "19900101", "002"), "FEMALE", date(1990, 1, 1)),
    ],
)
def test_what_other_checkers_refuse_is_read_without_a_warning(number, sex, birth):
    assert read_identity(number) == Identity(number, number[:6], birth, sex)


def test_an_unknown_region_warns_only():
    assert read_identity(identity("990000", "19900101")).warnings == ("UNKNOWN_REGION",)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X\n",
        "110105-19491231-002X",
        "'11010519491231002X",
        "\u202d11010519491231002X\u202c\ufeff",
        "110105\u30001949\u00a01231 002x",
    ],
)
def test_as_people_and_spreadsheets_write_it(typed):
    assert read_identity(typed).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "code", "data"),
    [
        ("", "LENGTH", {"length": 0}),
        ("1101051949123100", "LENGTH", {"length": 16}),
        ("110105491231002", "OLD_NUMBER", {}),
        ("11010519491231O02X", "CHARACTERS", {"position": 15}),
        ("1101051949123100²X", "CHARACTERS", {"position": 17}),
        ("11010519491231002Y", "CHARACTERS", {"position": 18}),
        ("11010519491331002X", "BIRTH_DATE", {}),
        ("11010519490229002X", "BIRTH_DATE", {}),
        ("110105194912310021", "CHECK_DIGIT", {}),
        (identity("110105", "18991231"), "BIRTH_DATE", {}),
    ],
)
def test_what_cannot_be_right(typed, code, data):
    with pytest.raises(IdentifierError) as refused:
        read_identity(typed)
    assert (refused.value.code, refused.value.data) == (code, data)


def test_nobody_is_born_after_the_present_day():
    number = identity("110105", "20260315")
    assert read_identity(number, on=date(2026, 3, 15)).birth == date(2026, 3, 15)
    assert code_of(read_identity, number, on=date(2026, 3, 14)) == "BIRTH_DATE"


def test_the_number_is_in_no_error():
    with pytest.raises(IdentifierError) as refused:
        read_identity("110105194912310021")
    assert "19491231" not in repr(refused.value) + str(refused.value) + str(refused.value.__cause__)


@given(number=identities)
def test_every_number_that_holds_is_read(number):
    found = read_identity(number)
    assert (found.number, found.region) == (number, number[:6])
    assert (f"{found.birth:%Y%m%d}", found.sex == "MALE") == (number[6:14], number[16] in "13579")


@settings(max_examples=40)
@given(number=identities)
def test_one_mistyped_digit_or_two_exchanged_never_pass(number):
    passed = []
    for other in typing_errors(number, DIGITS):
        try:
            passed.append(read_identity(other))
        except IdentifierError:
            continue
    assert passed == []


@given(number=identities)
def test_the_check_digit_by_the_definition_of_iso_7064(number):
    """Of eleven characters the one that makes the whole number, as a sum of powers of two, 1 modulo 11."""
    holding = [
        last
        for value, last in enumerate(DIGITS)
        if (sum(int(d) * 2 ** (17 - i) for i, d in enumerate(number[:17])) + value) % 11 == 1
    ]
    assert holding == [number[17]]


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("ID_CARD", "11010519491231002x", ("11010519491231002X", date(1949, 12, 31), "FEMALE")),
        ("PASSPORT", "e1234 5678", ("E12345678", None, "")),
        ("FOREIGN_PERMIT", "usa110012345678", ("USA110012345678", None, "")),
        (
            "FOREIGN_PERMIT",
            identity("911840", "19810303", "007"),
            (identity("911840", "19810303", "007"), date(1981, 3, 3), "MALE"),
        ),
    ],
)
def test_documents_of_other_kinds(kind, typed, expected):
    found = read_document(typed, kind)
    assert (found.number, found.birth, found.sex, found.warnings) == (*expected, ())


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("PASSPORT", "护照123456", "SHAPE"),
        ("PASSPORT", "E123", "SHAPE"),
        ("FOREIGN_PERMIT", "US1110012345678", "SHAPE"),
        ("FOREIGN_PERMIT", "11010519491231002X", "SHAPE"),
        ("FOREIGN_PERMIT", "911840198103030071", "CHECK_DIGIT"),
        ("ID_CARD", "E12345678", "LENGTH"),
    ],
)
def test_documents_that_are_none(kind, typed, code):
    assert code_of(read_document, typed, kind) == code
