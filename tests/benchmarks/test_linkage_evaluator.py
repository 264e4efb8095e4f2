"""Every figure of the evaluator, on cases small enough to count on one's fingers."""

from __future__ import annotations

import csv
import itertools
import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.linkage.evaluate import (
    Pairs,
    Side,
    b_cubed,
    calibration,
    clusters,
    evaluate,
    interval,
    judged,
    scored,
)
from hypothesis import given
from hypothesis import strategies as st

# Enterprises 1 to 4 are in both registers, 5 and 6 without a union; 3 stands twice in B, 9 is no one's.
A = [(1, ""), (2, "BRANCH"), (3, ""), (4, "SIBLING|AGENT_PHONE"), (5, "BRANCH"), (6, "")]
B = [
    (1, "", True),
    (2, "BRANCH|NO_CODE", False),
    (3, "", False),
    (3, "DUPLICATE", True),
    (4, "RENAME", False),
    (9, "", True),
]


def side(name, rows):
    entity, case, usable = ([row[n] if n < len(row) else True for row in rows] for n in range(3))
    ids = pa.array([f"{name}{n}" for n in range(len(rows))])
    return Side(ids, np.array(entity), pa.array(case, pa.string()), np.array(usable, dtype=bool))


def pairs(*them):
    """(row of A, row of B, probability, outcome)."""
    columns = list(zip(*them, strict=True)) if them else [(), (), (), ()]
    return Pairs(
        np.array(columns[0], dtype=int),
        np.array(columns[1], dtype=int),
        np.array(columns[2], dtype=float),
        np.array([outcome == "linked" for outcome in columns[3]], dtype=bool),
    )


LINKS = pairs(
    (0, 0, 0.99, "linked"),  # right
    (1, 1, 0.97, "linked"),  # right, a branch without a number
    (2, 2, 0.96, "linked"),  # right, its first row
    (4, 5, 0.95, "linked"),  # a branch linked to a stranger
    (3, 4, 0.60, "review"),  # right, but not decided
    (5, 0, 0.40, "review"),  # wrong
)


@pytest.fixture
def found():
    return judged(side("a", A), side("b", B), LINKS, pairs((0, 0, 1, ""), (3, 4, 1, ""), (5, 5, 1, "")))


def test_links_are_counted_as_pairs_of_a_row_and_an_enterprise(found):
    assert found["pairs"] == scored(3, 4, 4)
    assert found["pairs"]["f1"] == 0.75


def test_reviews_are_counted_apart(found):
    assert found["with reviews"] == scored(4, 6, 4)
    assert found["reviews"] == {"pairs": 2, "right": 0.5}


def test_either_row_of_an_enterprise_that_stands_twice_finds_it_and_both_find_it_once():
    a, b = side("a", A), side("b", B)
    first, second = (2, 2, 1, "linked"), (2, 3, 1, "linked")
    assert [judged(a, b, pairs(*them))["pairs"] for them in ([first], [second], [first, second])] == [
        scored(1, 1, 4)
    ] * 3


def test_without_a_usable_identifier_is_who_has_none_in_any_row(found):
    # 2 and 4: of 3 one row has a number that leads to it.
    assert found["no usable identifier"] == scored(1, 1, 2)


def test_cases_of_either_side_count(found):
    assert found["cases"]["BRANCH"] == scored(1, 2, 1)
    assert (
        found["cases"]["SIBLING"]
        == found["cases"]["RENAME"]
        == found["cases"]["AGENT_PHONE"]
        == scored(0, 0, 1)
    )
    assert found["cases"]["DUPLICATE"] == scored(1, 1, 1)
    assert found["hard cases"] == scored(1, 2, 2)
    assert list(found["cases"]) == ["AGENT_PHONE", "BRANCH", "DUPLICATE", "NO_CODE", "RENAME", "SIBLING"]


def test_a_case_is_a_whole_word():
    a, b = side("a", [(1, "BRANCH_IN_REGISTER")]), side("b", [(1, "", True)])
    assert a.bears(["BRANCH"]).tolist() == [False]
    assert judged(a, b, pairs())["hard cases"]["wanted"] == 0


def test_the_list_of_enterprises_without_a_union(found):
    # Listed are 4, 6 and no more: 4 has one, and 5 is missing from the list.
    assert found["no-union list"] == scored(1, 2, 2)
    # Whoever is in review is on no list yet.
    assert found["no-union list, reviews left out"] == scored(0, 0, 2)


def test_candidates_are_judged_by_how_many_true_pairs_they_hold(found):
    assert found["candidates"] == {"pairs": 3, "recall": 0.5}


def test_nothing_said_is_not_wrong_and_finds_nothing():
    found = judged(side("a", A), side("b", B), pairs())
    assert found["pairs"] == {"precision": 1.0, "recall": 0.0, "f1": 0.0, "right": 0, "said": 0, "wanted": 4}
    assert found["no-union list"] == scored(2, 6, 2)
    assert found["calibration"] == {"bins": [], "largest": 0.0, "beyond": 0.0, "weighted": 0.0}


def test_b_cubed_of_a_link_too_many_and_one_missing():
    # Rows a0 a1 | b0 b1 b2 of enterprises 1 2 | 1 1 3: b1 is missed and a1 is linked to a stranger.
    found = b_cubed(np.array([1, 2]), np.array([1, 1, 3]), np.array([0, 1]), np.array([0, 2]))
    # a0 and b0: pure, two thirds whole. b1: pure, a third. a1 and b2: half pure, whole.
    assert found["precision"] == pytest.approx((1 + 1 + 1 + 0.5 + 0.5) / 5)
    assert found["recall"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)


@given(st.integers(1, 6), st.integers(1, 6), st.data())
def test_clusters_are_what_hangs_together(count_a, count_b, data):
    links = data.draw(
        st.lists(st.tuples(st.integers(0, count_a - 1), st.integers(0, count_b - 1)), max_size=12)
    )
    label = clusters(
        count_a,
        count_b,
        np.array([a for a, _b in links], dtype=int),
        np.array([b for _a, b in links], dtype=int),
    )
    whole = [{n} for n in range(count_a + count_b)]
    for a, b in links:
        one, other = (next(them for them in whole if n in them) for n in (a, count_a + b))
        if one is not other:
            whole.remove(other)
            one |= other
    together = {frozenset(them) for them in whole}
    assert {frozenset(np.flatnonzero(label == n).tolist()) for n in set(label.tolist())} == together


def test_calibration_compares_what_was_said_with_what_was():
    said = np.array([0.95] * 200 + [0.55] * 100 + [1.0] * 50 + [0.15] * 10)
    right = np.array([True] * 180 + [False] * 20 + [True] * 55 + [False] * 45 + [True] * 50 + [True] * 10)
    found = calibration(said, right)
    assert [(one["from"], one["pairs"]) for one in found["bins"]] == [(0.1, 10), (0.5, 100), (0.9, 250)]
    points = [one["points"] for one in found["bins"]]
    assert points == pytest.approx([85, 0, 4])
    # The bin of ten is too small for the largest difference, and counts by its weight.
    assert found["largest"] == pytest.approx(4)
    assert found["weighted"] == pytest.approx((85 * 10 + 4 * 250) / 360)
    # Ten of ten may be luck from a share of 0.7225 on, and 230 of 250 up to one of 0.9476.
    assert found["bins"][0]["between"] == pytest.approx([0.7225, 1], abs=1e-4)
    assert [one["beyond"] for one in found["bins"]] == pytest.approx([57.25, 0, 1.24], abs=0.01)
    assert found["beyond"] == pytest.approx(57.25, abs=0.01)


def test_the_interval_of_a_share_is_wilsons():
    assert interval(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert interval(0.0, 20) == pytest.approx((0, 0.1611), abs=1e-4)


@pytest.fixture
def written(tmp_path):
    rows = [("A", f"a{n}", *row, True) for n, row in enumerate(A)] + [
        ("B", f"b{n}", *row) for n, row in enumerate(B)
    ]
    columns = dict(zip(("register", "id", "entity", "case", "usable"), zip(*rows, strict=True), strict=True))
    pq.write_table(pa.table(columns), tmp_path / "truth.parquet")
    links = [
        (f"a{a}", f"b{b}", p, "linked" if linked else "review")
        for a, b, p, linked in zip(*vars(LINKS).values(), strict=True)
    ]
    with (tmp_path / "links.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("a", "b", "probability", "outcome"), *links])
    columns = dict(zip(("a", "b", "probability", "outcome"), zip(*links, strict=True), strict=True))
    pq.write_table(pa.table(columns), tmp_path / "links.parquet")
    return tmp_path


def test_files_are_judged_like_columns_and_the_command_says_the_same(written, found):
    del found["candidates"]
    truth = written / "truth.parquet"
    for name in ("links.csv", "links.parquet"):
        assert evaluate(written / name, truth) == found
    command = [sys.executable, "-m", "benchmarks.linkage", "evaluate", str(written / "links.csv"), str(truth)]
    assert json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) == found


def test_a_row_that_the_truth_does_not_know_is_named(written):
    (written / "links.csv").write_text("a,b,probability,outcome\na0,b0,1,linked\na0,b77,1,linked\n", "utf-8")
    with pytest.raises(ValueError, match="b77"):
        evaluate(written / "links.csv", written / "truth.parquet")


@given(st.lists(st.sampled_from(list(itertools.product(range(6), range(6)))), unique=True))
def test_scores_are_shares_whatever_is_linked(them):
    found = judged(side("a", A), side("b", B), pairs(*((a, b, 0.99, "linked") for a, b in them)))
    for name in ("pairs", "no usable identifier", "hard cases", "no-union list"):
        figures = found[name]
        assert figures["right"] <= min(figures["said"], figures["wanted"])
        assert 0 <= figures["f1"] <= 1
