"""The count against a slow one written from the rules, and the traps that contests have fallen into."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unionhall.engines.scoring import Adjustment, ScoringError, Sheet, count, parse_rulebook, timing_penalty


def make(juries, *, criteria=(("A", "100"),), digits=2, ties=(), prizes=(), **more):
    """A rule book of (code, weight, trim) juries, rounding half up to ``digits`` at jury and composite."""
    return parse_rulebook(
        {
            "format": "unionhall-rulebook/1",
            "title": "t",
            "criteria": [{"code": c, "name": c, "max": m, "digits": 2} for c, m in criteria],
            "juries": [{"code": c, "name": c, "weight": w, "trim": t} for c, w, t in juries],
            "rounding": {
                "criterion": {"mode": "NONE"},
                "jury": {"mode": "HALF_UP", "digits": digits},
                "composite": {"mode": "HALF_UP", "digits": digits},
            },
            "ties": list(ties),
            "prizes": [{"code": c, "name": c, "quota": q} for c, q in prizes],
            **more,
        }
    )


def one_jury(**more):
    return make([("J", "100", {})], **more)


def sheets(scores):
    """Sheets of one jury with one criterion: {entry: [score or None, ...]}."""
    return [
        Sheet(entry, "J", str(i), None if s is None else (int(Decimal(s) * 100),))
        for entry, given_scores in scores.items()
        for i, s in enumerate(given_scores)
    ]


def ranks(result):
    return [(e.entry, e.rank, e.prize) for e in result.entries]


def test_weights_are_exact_where_floats_are_not():
    book = make([("E", "70", {}), ("M", "20", {}), ("W", "10", {})], digits=2)
    given_sheets = [
        Sheet("x", "E", "1", (9125,)),
        Sheet("x", "M", "1", (8850,)),
        Sheet("x", "W", "1", (9075,)),
    ]
    assert 0.7 * 91.25 + 0.2 * 88.5 + 0.1 * 90.75 != 90.65
    assert count(book, ["x"], given_sheets).entries[0].exact == Fraction("90.65")


def test_half_up_at_each_declared_stage():
    book = make([("E", "50", {}), ("M", "50", {})], digits=2)
    # 90.005 and 90.015 become 90.01 and 90.02; the mean 90.015 becomes 90.02, though 90.01 is its true mean.
    given_sheets = [
        Sheet("x", "E", "1", (9000,)), Sheet("x", "E", "2", (9001,)),
        Sheet("x", "M", "1", (9001,)), Sheet("x", "M", "2", (9002,)),
    ]  # fmt: skip
    entry = count(book, ["x"], given_sheets).entries[0]
    assert [j.score for j in entry.juries] == [Fraction("90.01"), Fraction("90.02")]
    assert (entry.exact, entry.composite) == (Fraction("90.015"), Fraction("90.02"))


def test_absence_is_no_zero_and_zero_is_a_mark():
    result = count(one_jury(), ["a", "b"], sheets({"a": ["90", None], "b": ["90", "0"]}))
    assert [(e.entry, e.composite, e.juries[0].absent) for e in result.entries] == [
        ("a", 90, 1),
        ("b", 45, 0),
    ]


@pytest.mark.parametrize(
    ("trim", "present", "expected"),
    [
        ({"highest": 1, "lowest": 1}, ["80", "90", "100"], "90"),
        ({"highest": 1, "lowest": 1}, ["80", "100"], "90"),  # it would leave nobody
        ({"highest": 1, "lowest": 1, "none_below": 5}, ["80", "80", "80", "100"], "85"),
        ({"highest": 1, "lowest": 1, "none_below": 5}, ["70", "80", "80", "80", "100"], "80"),
        ({"highest": 1}, ["80", "90", "100"], "85"),
        ({"share": "25"}, ["0", "90", "90", "100"], "90"),
        ({"share": "25"}, ["0", "90", "100"], "63.33"),  # a quarter of three is nobody
    ],
)
def test_trims(trim, present, expected):
    result = count(make([("J", "100", trim)]), ["x"], sheets({"x": present}))
    assert result.entries[0].composite == Fraction(expected)


def test_a_trim_of_each_criterion_drops_different_jurors():
    criteria = (("A", "50"), ("B", "50"))
    given_sheets = [
        Sheet("x", "J", str(i), s) for i, s in enumerate([(1000, 5000), (4000, 3000), (5000, 1000)])
    ]
    by_total = make([("J", "100", {"highest": 1, "lowest": 1})], criteria=criteria)
    by_each = make([("J", "100", {"highest": 1, "lowest": 1, "per": "CRITERION"})], criteria=criteria)
    # Totals 60, 70, 60: the equal lows part by code, so juror 0 is the lower.
    assert count(by_total, ["x"], given_sheets).entries[0].composite == 60
    entry = count(by_each, ["x"], given_sheets).entries[0]
    assert entry.composite == 70
    assert [(d.juror, d.criterion, d.value) for d in entry.juries[0].dropped] == [
        ("0", "A", 10), ("2", "A", 50), ("2", "B", 10), ("0", "B", 50),
    ]  # fmt: skip


def test_a_factor_multiplies_its_criterion():
    book = parse_rulebook(
        {
            "format": "unionhall-rulebook/1", "title": "t",
            "criteria": [{"code": "A", "name": "A", "max": "10", "digits": 1, "factor": "2.5"}],
            "juries": [{"code": "J", "name": "J", "weight": "100"}],
            "rounding": {at: {"mode": "NONE"} for at in ("criterion", "jury", "composite")},
            "ties": [], "prizes": [],
        }
    )  # fmt: skip
    assert count(book, ["x"], [Sheet("x", "J", "1", (91,))]).entries[0].composite == Fraction("22.75")


def test_a_silent_jury_of_weight_0_is_shown_and_harms_nothing():
    book = make([("J", "100", {}), ("OPEN", "0", {})])
    entry = count(book, ["x"], sheets({"x": ["90"]})).entries[0]
    assert (entry.rank, entry.composite, entry.juries[1].score) == (1, 90, None)


def test_without_ballots_of_a_weighing_jury_there_is_no_rank():
    result = count(one_jury(), ["a", "b"], sheets({"a": [None], "b": ["80"]}))
    assert ranks(result) == [("b", 1, None), ("a", None, None)]
    assert result.of("a").reason.code == "JURY_WITHOUT_BALLOTS"


def test_adjustments_are_added_before_the_composite_is_rounded():
    result = count(
        one_jury(), ["x"], sheets({"x": ["90"]}),
        [Adjustment("x", "TIMING", Fraction("-0.02")), Adjustment("x", "BONUS", Fraction("0.014"))],
    )  # fmt: skip
    assert (result.entries[0].exact, result.entries[0].composite) == (Fraction("89.994"), Fraction("89.99"))


@pytest.mark.parametrize(
    ("seconds", "points"),
    [
        (359, "-0.1"),
        (360, "0"),
        (480, "0"),
        (481, "-0.02"),
        (490, "-0.02"),
        (491, "-0.05"),
        (511, "-0.2"),
        (9999, "-0.2"),
    ],
)
def test_timing(document, seconds, points):
    assert timing_penalty(parse_rulebook(document), seconds) == Fraction(points)


def test_the_ladder_goes_rung_by_rung():
    ties = [
        {"by": "MORE_DECIMALS", "digits": 3},
        {"by": "JURY", "jury": "E"},
        {"by": "FEWER_PENALTIES"},
        {"by": "JOINT"},
    ]
    book = make([("E", "50", {}), ("M", "50", {})], digits=1, ties=ties)

    def pair(entry, e, m):
        return [Sheet(entry, "E", "1", (e,)), Sheet(entry, "M", "1", (m,))]

    given_sheets = [
        *pair("a", 9000, 9000), *pair("b", 9010, 8990), *pair("c", 9000, 9000),
        *pair("d", 9000, 9000), *pair("e", 9000, 9000), *pair("f", 8000, 8000),
    ]  # fmt: skip
    points = [
        Adjustment("a", "BONUS", Fraction("0.004")),  # more decimals
        Adjustment("c", "PENALTY", Fraction(-1)), Adjustment("c", "BONUS", Fraction(1)),
    ]  # fmt: skip
    result = count(book, list("abcdef"), given_sheets, points)
    assert [(e.entry, e.rank, e.joint, e.decided_by) for e in result.entries] == [
        ("a", 1, False, "MORE_DECIMALS"),
        ("b", 2, False, "JURY"),
        ("d", 3, True, "FEWER_PENALTIES"),
        ("e", 3, True, "FEWER_PENALTIES"),
        ("c", 5, False, "FEWER_PENALTIES"),
        ("f", 6, False, ""),
    ]
    assert not any(e.undecided for e in result.entries)


def test_a_ladder_without_an_end_says_that_it_is_undecided():
    result = count(one_jury(), ["a", "b"], sheets({"a": ["90"], "b": ["90"]}))
    assert [(e.rank, e.joint, e.undecided) for e in result.entries] == [(1, True, True), (1, True, True)]


@pytest.mark.parametrize(
    ("line_ties", "expected"), [("WIDEN", ["I", "I", "II", None]), ("NARROW", ["II", "II", "II", None])]
)
def test_prize_lines_and_joint_ranks(line_ties, expected):
    book = one_jury(ties=[{"by": "JOINT"}], prizes=[("I", 1), ("II", 2)], line_ties=line_ties)
    result = count(book, list("abcd"), sheets({"a": ["90"], "b": ["90"], "c": ["80"], "d": ["70"]}))
    assert [e.prize for e in result.entries] == expected


@pytest.mark.parametrize(
    ("special", "expected"),
    [
        ("YIELDS", [("b", 1, "I"), ("c", 2, None), ("a", None, None)]),
        ("KEEPS", [("a", 1, "I"), ("b", 2, None), ("c", 3, None)]),
    ],
)
def test_the_holder_of_a_special_prize(special, expected):
    book = one_jury(prizes=[("I", 1)], special=special)
    scores = sheets({"a": ["95"], "b": ["90"], "c": ["80"]})
    assert ranks(count(book, list("abc"), scores, special=["a"])) == expected


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        (Sheet("z", "J", "9", (1,)), "ENTRY_UNKNOWN"),
        (Sheet("a", "Z", "9", (1,)), "JURY_UNKNOWN"),
        (Sheet("a", "J", "0", (1,)), "SHEET_TWICE"),
        (Sheet("a", "J", "9", (1, 2)), "SHEET_LENGTH"),
    ],
)
def test_sheets_that_do_not_belong(sheet, code):
    with pytest.raises(ScoringError) as caught:
        count(one_jury(), ["a"], [*sheets({"a": ["90"]}), sheet])
    assert [p.code for p in caught.value.problems] == [code]


# --- Against a count so slow and plain that it can be seen to be right ---


def half_up(value: Fraction, digits: int) -> Fraction:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return Fraction(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def slow_mean(marks: list[int], low: int, high: int) -> Fraction:
    """The trimmed mean as the only middle part that has ``low`` marks below and ``high`` above it."""
    if low + high >= len(marks):
        low = high = 0
    keep = len(marks) - low - high
    for kept in combinations(range(len(marks)), keep):
        rest = [i for i in range(len(marks)) if i not in kept]
        for lows in combinations(rest, low):
            highs = [i for i in rest if i not in lows]
            if all(marks[i] <= marks[k] for i in lows for k in kept) and all(
                marks[i] >= marks[k] for i in highs for k in kept
            ):
                return Fraction(sum(marks[i] for i in kept), keep * 100)
    raise AssertionError


marks = st.lists(st.integers(0, 40).map(lambda n: n * 250), min_size=1, max_size=5)


@settings(max_examples=150)
@given(
    data=st.lists(st.tuples(marks, marks), min_size=1, max_size=4),
    low=st.integers(0, 2),
    high=st.integers(0, 2),
    weight=st.integers(0, 100),
)
def test_against_the_slow_count(data, low, high, weight):
    trim = {"lowest": low, "highest": high}
    book = make([("P", str(weight), trim), ("Q", str(100 - weight), {})], digits=2, ties=[{"by": "JOINT"}])
    entries = [str(i) for i in range(len(data))]
    given_sheets = [
        Sheet(entry, jury, str(i), (mark,))
        for entry, pair in zip(entries, data, strict=True)
        for jury, given_marks in zip("PQ", pair, strict=True)
        for i, mark in enumerate(given_marks)
    ]
    slow = {
        entry: half_up(
            (weight * half_up(slow_mean(p, low, high), 2) + (100 - weight) * half_up(slow_mean(q, 0, 0), 2))
            / 100,
            2,
        )
        for entry, (p, q) in zip(entries, data, strict=True)
    }
    result = count(book, entries, given_sheets)
    assert {e.entry: e.composite for e in result.entries} == slow
    assert {e.entry: e.rank for e in result.entries} == {
        entry: 1 + sum(other > mine for other in slow.values()) for entry, mine in slow.items()
    }


@given(st.lists(st.integers(0, 10_000), min_size=3, max_size=5), st.data())
def test_the_order_of_sheets_does_not_matter(given_marks, data):
    book = make([("J", "100", {"highest": 1, "lowest": 1})])
    in_order = [Sheet("x", "J", str(i), (m,)) for i, m in enumerate(given_marks)]
    shuffled = data.draw(st.sampled_from(list(permutations(in_order))))
    assert count(book, ["x"], in_order) == count(book, ["x"], shuffled)


@given(st.lists(st.integers(0, 9_000), min_size=3, max_size=7), st.integers(0, 6), st.integers(1, 1000))
def test_a_higher_mark_never_lowers_the_score(given_marks, which, more):
    book = make([("J", "100", {"highest": 1, "lowest": 1})])
    raised = list(given_marks)
    raised[which % len(raised)] += more

    def composite(marks):
        return (
            count(book, ["x"], [Sheet("x", "J", str(i), (m,)) for i, m in enumerate(marks)])
            .entries[0]
            .composite
        )

    assert composite(raised) >= composite(given_marks)


def test_a_zero_of_a_jury_that_does_not_weigh_ranks_above_its_silence():
    book = make([("J", "100", {}), ("W", "0", {})], ties=[{"by": "JURY", "jury": "W"}, {"by": "JOINT"}])
    given_sheets = [Sheet("a", "J", "1", (9000,)), Sheet("b", "J", "1", (9000,)), Sheet("b", "W", "2", (0,))]
    assert ranks(count(book, ["a", "b"], given_sheets)) == [("b", 1, None), ("a", 2, None)]
