from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionhall.engines.identifiers import (
    Document,
    DocumentKind,
    IdentifierError,
    identity_check_character,
    read_document,
)


def number(region="330102", birth="19900307", order="123"):
    first = f"{region}{birth}{order}"
    return first + identity_check_character(first)


numbers = st.builds(
    number,
    region=st.from_regex(r"[1-8][0-9]{5}", fullmatch=True),
    birth=st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 1, 1)).map(lambda day: f"{day:%Y%m%d}"),
    order=st.from_regex(r"[0-9]{3}", fullmatch=True),
)


def code_of(text, kind=DocumentKind.ID_CARD, **more):
    with pytest.raises(IdentifierError) as raised:
        read_document(text, kind, **more)
    return raised.value.code


def test_the_example_of_the_standard():
    # GB 11643-1999, annex A: 11010519491231002X and 440524188001010014.
    assert read_document("11010519491231002X") == Document(
        DocumentKind.ID_CARD, "11010519491231002X", date(1949, 12, 31), "FEMALE", "110105"
    )
    assert identity_check_character("44052418800101001") == "4"
    assert code_of("440524188001010014") == "BIRTH_DATE"  # born 1880: right, but nobody alive


@pytest.mark.parametrize("region", ["330113", "330114", "810000", "820000", "830000", "330502", "429004"])
def test_regions_that_other_libraries_refuse(region):
    assert read_document(number(region=region)).warnings == ()


def test_an_unknown_region_is_a_warning_only():
    assert read_document(number(region="990000")).warnings == ("UNKNOWN_REGION",)


def test_what_is_wrong_is_said():
    right = number()
    assert code_of(right[:-1]) == "LENGTH"
    assert code_of("130503670401001") == "OLD_NUMBER"
    assert code_of(right[:5] + "A" + right[6:]) == "CHARACTERS"
    assert code_of(number(birth="19900230")) == "BIRTH_DATE"
    assert code_of(number(birth="20300101"), on=date(2026, 1, 1)) == "BIRTH_DATE"
    other = "1" if right[-1] != "1" else "2"
    assert code_of(right[:-1] + other) == "CHECK_DIGIT"


def test_as_it_is_typed():
    assert read_document(" 11010519 4912 31002x ").number == "11010519491231002X"
    assert read_document("１１０１０５１９４９１２３１００２Ｘ").number == "11010519491231002X"


def test_other_documents():
    assert read_document("e12345678", DocumentKind.PASSPORT).number == "E12345678"
    assert code_of("E1", DocumentKind.PASSPORT) == "LENGTH"
    assert read_document("abc123456789012", DocumentKind.FOREIGN_PERMIT).number == "ABC123456789012"
    assert code_of("ABC12345678901·", DocumentKind.FOREIGN_PERMIT) == "CHARACTERS"
    first = "91115619900307123"
    assert read_document(first + identity_check_character(first), DocumentKind.FOREIGN_PERMIT).birth == date(
        1990, 3, 7
    )


@given(numbers, st.integers(0, 17), st.sampled_from(string.digits))
def test_every_mistyped_digit_is_caught(right, place, digit):
    spoilt = right[:place] + digit + right[place + 1 :]
    if spoilt == right:
        assert read_document(spoilt).number == right
    else:
        assert code_of(spoilt) in {"CHECK_DIGIT", "BIRTH_DATE"}


@given(numbers, st.integers(0, 15))
def test_every_exchange_of_neighbours_is_caught(right, place):
    spoilt = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    if spoilt != right:
        assert code_of(spoilt) in {"CHECK_DIGIT", "BIRTH_DATE"}


@given(st.text(max_size=30))
def test_nothing_typed_breaks_it(text):
    for kind in DocumentKind:
        try:
            read_document(text, kind)
        except IdentifierError as error:
            assert error.code in {"LENGTH", "OLD_NUMBER", "CHARACTERS", "CHECK_DIGIT", "BIRTH_DATE"}
