from __future__ import annotations

import hashlib
from collections import Counter
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionhall.engines.sampling import Interval, drawn, order, wilson

# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998),
# table I, method 3.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("hits", "size", "low", "high"), NEWCOMBE)
def test_the_interval_is_that_of_the_literature(hits, size, low, high):
    found = wilson(hits, size)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_observed_says_nothing_and_what_cannot_be_is_refused():
    assert wilson(0, 0) == Interval(0.0, 1.0)
    for hits, size, level in ((3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0), (1, 2, 0.0)):
        with pytest.raises(ValueError, match="no share"):
            wilson(hits, size, level)


@given(st.integers(1, 3000).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))))
def test_the_interval_holds_the_share_is_its_own_mirror_and_grows_with_the_level(asked):
    hits, size = asked
    found, wide = wilson(hits, size), wilson(hits, size, 0.99)
    assert 0 <= wide.low <= found.low <= hits / size <= found.high <= wide.high <= 1
    other = wilson(size - hits, size)
    assert found == pytest.approx((1 - other.high, 1 - other.low), abs=1e-12)


@pytest.mark.parametrize("size", [40, 100, 300])
def test_on_average_over_true_shares_the_interval_holds_what_it_promises(size):
    """Not in simulation but exactly, by the binomial distribution; shares as good lists have them."""
    shares = [share / 1000 for share in range(800, 996, 3)]
    intervals = [wilson(hits, size) for hits in range(size + 1)]
    held = [
        sum(
            comb(size, hits) * share**hits * (1 - share) ** (size - hits)
            for hits, one in enumerate(intervals)
            if one.low <= share <= one.high
        )
        for share in shares
    ]
    assert sum(held) / len(held) == pytest.approx(0.95, abs=0.01)


def test_a_draw_is_what_anybody_gets_by_the_written_rule():
    those = [f"E{n}" for n in range(50)]
    by_hand = sorted(those, key=lambda one: hashlib.sha256(b"7f3a " + one.encode()).hexdigest())[:9]
    assert drawn(those, 9, "7f3a") == by_hand
    assert drawn(list(reversed(those)), 9, "7f3a") == by_hand
    assert drawn(those, 50, "7f3a")[:9] == by_hand
    assert order("7f3a", "E0") == hashlib.sha256(b"7f3a E0").hexdigest()
    for size in (51, -1):
        with pytest.raises(ValueError, match="cannot draw"):
            drawn(those, size, "7f3a")


def test_each_is_drawn_as_often_as_another():
    """2,000 seeds, 5 of 20: each stands in 500 of them, give or take five standard deviations of 19.4."""
    those = [f"E{n}" for n in range(20)]
    counts = Counter(one for seed in range(2000) for one in drawn(those, 5, str(seed)))
    assert sorted(counts) == sorted(those)
    assert all(abs(count - 500) < 97 for count in counts.values())
