"""Advice against published figures, planted truths, and the official count itself."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.scoring.test_counting import make
from unionhall.engines.scoring import Sheet, count
from unionhall.engines.scoring.advisory import (
    advise,
    agreement,
    home_bias,
    icc,
    influence,
    kendall_w,
    krippendorff_alpha,
    robustness,
    severity,
)
from unionhall.engines.scoring.advisory.agreement import ranks
from unionhall.engines.scoring.advisory.robustness import _corrected
from unionhall.engines.scoring.advisory.severity import student

# Shrout and Fleiss (1979), table 2: six targets by four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: four observers, twelve units.
N = None
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
UNITS = [list(unit) for unit in zip(*OBSERVERS, strict=True)]


def test_intraclass_correlations_are_those_of_shrout_and_fleiss():
    found = icc(SHROUT_FLEISS)
    assert [round(x, 2) for x in found] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    assert [round(x, 4) for x in found[:3]] == [0.1657, 0.2898, 0.7148]


def test_kendalls_w_is_corrected_for_ties():
    assert round(kendall_w(SHROUT_FLEISS), 6) == 0.887037
    assert kendall_w([[1, 1], [2, 2], [3, 3]]) == 1
    assert kendall_w([[1, 3], [2, 2], [3, 1]]) == 0
    assert ranks([5, 1, 5, 9]) == [2.5, 1, 2.5, 4]


def test_krippendorffs_alpha_is_that_of_his_example():
    assert round(krippendorff_alpha(UNITS), 3) == 0.849
    assert krippendorff_alpha([[1, 1], [1, 1]]) is None
    assert krippendorff_alpha([[1, N], [N, 2]]) is None


@given(st.lists(st.lists(st.integers(0, 9) | st.none(), min_size=3, max_size=3), min_size=2, max_size=6))
def test_alpha_equals_the_slow_one_over_all_pairs(table):
    units = [[x for x in row if x is not None] for row in table]
    units = [unit for unit in units if len(unit) > 1]
    values = [x for unit in units for x in unit]
    total = sum((a - b) ** 2 for a, b in permutations(values, 2))
    if not total:
        assert krippendorff_alpha(table) is None
        return
    within = sum(sum((a - b) ** 2 for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    slow = 1 - (within / len(values)) / (total / len(values) / (len(values) - 1))
    assert krippendorff_alpha(table) == pytest.approx(slow)


def test_agreement_says_why_it_says_nothing():
    assert agreement([[1.0, 2.0], [2.0, 3.0]]).refused == "TOO_FEW"
    assert agreement([[1.0], [2.0], [3.0]]).refused == "TOO_FEW"
    assert agreement([[5.0, 5.0]] * 4).refused == "NO_SPREAD"
    partly = agreement([*SHROUT_FLEISS, [9, None, 5, 8]])
    assert (partly.speeches, partly.complete, round(partly.icc2, 2)) == (7, 6, 0.29)


@pytest.mark.parametrize(
    ("freedom", "value"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042), (400, 1.966)],
)
def test_student_is_that_of_the_tables(freedom, value):
    assert student(freedom) == pytest.approx(value, abs=0.005)


@given(
    st.lists(st.integers(-20, 20), min_size=3, max_size=6),
    st.lists(st.integers(700, 1000), min_size=8, max_size=12),
    st.randoms(use_true_random=False),
)
@settings(deadline=None)
def test_planted_severities_are_found_exactly_also_where_sheets_are_missing(jurors, speeches, chance):
    table = [[s + j for j in jurors] for s in speeches]
    for _gap in range(len(speeches) // 3):  # every juror keeps most speeches, and every speech most jurors
        i, j = chance.randrange(len(speeches)), chance.randrange(len(jurors))
        if sum(x is not None for x in table[i]) > 2:
            table[i][j] = None
    found = severity(table, [str(j) for j in range(len(jurors))])
    mean = sum(jurors) / len(jurors)
    assert [one.severity for one in found.jurors] == pytest.approx([j - mean for j in jurors], abs=1e-6)
    assert max(one.spread for one in found.jurors) == pytest.approx(0, abs=1e-6)


def test_severity_is_refused_for_few_and_its_interval_holds_the_truth_as_often_as_it_says():
    assert severity([[1.0, 2.0, 3.0]] * 7, list("abc")).refused == "SAMPLE_TOO_SMALL"
    assert severity([[1.0, 2.0]] * 20, list("ab")).refused == "SAMPLE_TOO_SMALL"
    chance = random.Random(7)
    truth = [-1.0, 0.0, 0.5, 0.5]
    held = 0
    for _run in range(300):
        table = [[90 + i / 5 + t + chance.gauss(0, 1) for t in truth] for i in range(22)]
        told = severity(table, list("abcd")).jurors
        held += sum(one.low <= t <= one.high for one, t in zip(told, truth, strict=True))
    assert 0.92 < held / 1200 < 0.98


def test_home_bias_is_found_where_it_was_planted_and_refused_for_few():
    chance = random.Random(3)
    home = {(i, j) for i in range(20) for j in range(4) if (i + j) % 4 == 0}
    table = [
        [90 + i / 5 + chance.gauss(0, 0.3) + (2 if (i, j) in home else 0) for j in range(4)]
        for i in range(20)
    ]
    rest = severity(table, list("abcd")).rest
    found = home_bias(rest, home)
    assert found.pairs == 20
    assert found.bias == pytest.approx(2, abs=0.3)
    assert found.low > 0
    assert home_bias(rest, {(0, 0), (1, 1)}).refused == "SAMPLE_TOO_SMALL"


def test_effective_weights_follow_the_spread_and_add_to_one():
    even = influence({"E": 0.7, "W": 0.3}, {"E": [90, 90, 90, 90.0], "W": [80, 85, 90, 95.0]})
    assert even.effective == pytest.approx({"E": 0, "W": 1})
    same = influence({"E": 0.7, "W": 0.3}, {"E": [80, 85, 90.0], "W": [80, 85, 90.0]})
    assert same.effective == pytest.approx({"E": 0.7, "W": 0.3})
    assert same.correlations == {("E", "W"): pytest.approx(1)}
    assert even.correlations == {("E", "W"): None}
    assert influence({"E": 1.0}, {"E": [1.0, 2.0]}).refused == "TOO_FEW"


def hall(marks, **more):
    """Sheets of one jury and one criterion, and the rule book with one first prize."""
    book = make([("J", "100", {})], prizes=[("FIRST", 1)], ties=[{"by": "JOINT"}], **more)
    sheets = [
        Sheet(entry, "J", f"j{n}", None if mark is None else (round(mark * 100),))
        for entry, row in marks.items()
        for n, mark in enumerate(row)
    ]
    return book, list(marks), sheets


def lines(marks, severities=None, **more):
    book, entries, sheets = hall(marks, **more)
    return robustness(book, entries, sheets, (), special=(), severities=severities or {}, draws=50)[0]


def test_a_clear_first_prize_is_firm():
    line = lines({"a": [95, 96, 95], "b": [80, 81, 80]})
    assert (line.firm, line.kept, line.winners) == (True, 1.0, ("a",))
    assert line.gap == Fraction(286, 3) - Fraction(241, 3)
    assert line.tried == {"DROP_JUROR": 3, "HALF_POINT": 4, "NO_TRIM": 1}


def test_the_juror_who_alone_decides_is_named_and_so_is_half_a_point():
    line = lines({"a": [90, 90, 96], "b": [91, 91, 91]})
    changes = {(c.kind, c.what): (c.gained, c.lost) for c in line.changes}
    assert changes[("DROP_JUROR", "j2")] == (("b",), ("a",))
    assert not line.firm
    close = {(c.kind, c.what) for c in lines({"a": [90.0, 90.4], "b": [90, 90]}).changes}
    assert {("HALF_POINT", "a"), ("HALF_POINT", "b")} <= close


def test_severity_correction_changes_the_winner_where_a_severe_juror_was_missing():
    # j0 gives two points less than the others, and did not hear b.
    marks = {"a": [90, 92, 92], "b": [None, 91.5, 91.5]}
    line = lines(marks, severities={"j0": -4 / 3, "j1": 2 / 3, "j2": 2 / 3})
    assert [(c.kind, c.gained, c.lost) for c in line.changes if c.kind == "SEVERITY"] == [
        ("SEVERITY", ("a",), ("b",))
    ]


def test_taking_off_no_severity_changes_no_figure():
    book, entries, sheets = hall({"a": [90, 90.25, 96], "b": [91, None, 91]})
    finer, same = _corrected(book, sheets, {})
    before, after = count(book, entries, sheets), count(finer, entries, same)
    assert [(e.entry, e.rank, e.exact) for e in before.entries] == [
        (e.entry, e.rank, e.exact) for e in after.entries
    ]


def test_the_whole_panel_is_repeatable_and_leaves_the_count_alone():
    chance = random.Random(5)
    book = make(
        [("E", "70", {"highest": 1, "lowest": 1}), ("W", "30", {})],
        prizes=[("FIRST", 1), ("SECOND", 3)], ties=[{"by": "JOINT"}],
    )  # fmt: skip
    entries = [str(n) for n in range(10)]
    sheets = [
        Sheet(entry, jury, f"{jury}{n}", (round(100 * (85 + int(entry) / 2 + chance.gauss(0, 1))),))
        for entry in entries
        for jury, size in (("E", 5), ("W", 4))
        for n in range(size)
    ]
    before = count(book, entries, sheets)
    first, again = (advise(book, entries, sheets, home={"1": "x", "E1": "x"}, draws=20) for _ in range(2))
    assert first == again
    assert [jury.jury for jury in first.juries] == ["E", "W"]
    assert [line.prize for line in first.lines] == ["FIRST", "SECOND"]
    assert sum(first.influence.effective.values()) == pytest.approx(1)
    assert count(book, entries, sheets) == before


def test_a_mass_jury_is_not_counted_juror_by_juror():
    marks = {"a": [90.0] * 61, "b": [80.0] * 61}
    line = lines(marks)
    assert (line.kept, line.tried) == (None, {"HALF_POINT": 4, "NO_TRIM": 1})


def test_the_command_gives_the_advice_as_json(capsys):
    import argparse
    import json
    from pathlib import Path

    from unionhall.engines.scoring import cli

    folder = Path(__file__).parents[3] / "examples" / "final"
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers())
    asked = parser.parse_args(
        ["advise", str(folder / "rulebook.json"), str(folder / "ballots.csv"), "--draws", "5"]
    )
    assert asked.run(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert [line["prize"] for line in told["lines"]] == ["FIRST", "SECOND", "THIRD"]
    assert [jury["jury"] for jury in told["juries"]] == ["EXPERT", "MODEL", "WORKER"]
