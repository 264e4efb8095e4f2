from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionhall.engines.scoring import (
    ScoringError,
    decimal_string,
    parse_rulebook,
    read_scores,
    sheet_total,
    written_scores,
)

GOOD = {"CONTENT": "38.5", "LANGUAGE": "28", "BEARING": "14.5", "IMPRESSION": "14.0"}


@pytest.fixture
def book(document):
    return parse_rulebook(document)


def problems(book, **changes) -> list[tuple[str, str | None]]:
    with pytest.raises(ScoringError) as caught:
        read_scores(book, {**GOOD, **changes})
    return [(p.code, p.data.get("criterion")) for p in caught.value.problems]


def test_a_sheet_is_read_exactly_and_written_back(book):
    scores = read_scores(book, GOOD)
    assert scores == (385, 280, 145, 140)
    assert sheet_total(book, scores) == 95
    assert written_scores(book, scores) == {
        "CONTENT": "38.5", "LANGUAGE": "28.0", "BEARING": "14.5", "IMPRESSION": "14.0",
    }  # fmt: skip


@pytest.mark.parametrize("typed", ["38.50", " 38.5 ", "38。5", "３８．５", "038.5"])
def test_ways_of_typing_the_same_score(book, typed):
    assert read_scores(book, {**GOOD, "CONTENT": typed})[0] == 385


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "SCORE_MISSING"),
        (None, "SCORE_MISSING"),
        ("3e1", "SCORE_NOT_A_NUMBER"),
        ("nan", "SCORE_NOT_A_NUMBER"),
        ("+38", "SCORE_NOT_A_NUMBER"),
        ("-1", "SCORE_NOT_A_NUMBER"),
        ("3_8", "SCORE_NOT_A_NUMBER"),
        ("38,5", "SCORE_NOT_A_NUMBER"),
        ("三十八", "SCORE_NOT_A_NUMBER"),
        ("38.55", "SCORE_DIGITS"),
        ("40.5", "SCORE_RANGE"),
        ("38.4", "SCORE_STEP"),
    ],
)
def test_what_is_no_score(book, typed, code):
    assert problems(book, CONTENT=typed) == [(code, "CONTENT")]


def test_all_problems_of_a_sheet_at_once(book):
    assert problems(book, CONTENT="41", BEARING="", POISE="3") == [
        ("CRITERION_UNKNOWN", "POISE"),
        ("SCORE_RANGE", "CONTENT"),
        ("SCORE_MISSING", "BEARING"),
    ]


def test_the_total_must_lie_in_the_band(book):
    assert problems(book, CONTENT="28.0") == [("TOTAL_BAND", None)]
    assert sheet_total(book, read_scores(book, {**GOOD, "CONTENT": "28.5"})) == 85


@given(st.fractions(max_denominator=10_000))
def test_a_decimal_string_is_exact(value):
    assert Fraction(decimal_string(value)) == value
    assert "." not in decimal_string(value) or not decimal_string(value).endswith("0")
