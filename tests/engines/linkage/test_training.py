"""The curve from raw to true probability, against the definition of rising means."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionhall.engines.linkage.training import calibrate
from unionhall.engines.linkage.weights import Weights

AS_IT_IS = Weights({}, 0.0, ((0.0, 0.0), (1.0, 1.0)))
# The smallest pool of the curve.
POOL = 50


def rising_means(shares: list[float]) -> list[float]:
    """The closest rising shares, by their formula: the largest of the smallest means around each place."""
    last = len(shares)
    return [
        max(
            min(sum(shares[low:high]) / (high - low) for high in range(place + 1, last + 1))
            for low in range(place + 1)
        )
        for place in range(last)
    ]


@given(st.lists(st.integers(0, POOL), min_size=1, max_size=8), st.data())
def test_the_curve_is_that_of_rising_means(right: list[int], data) -> None:
    """Some pools of one raw probability each, of which so many pairs are right."""
    raws = sorted(
        data.draw(st.lists(st.integers(1, 99), min_size=len(right), max_size=len(right), unique=True))
    )
    raw = np.repeat([one / 100 for one in raws], POOL)
    same = np.concatenate([np.arange(POOL) < hits for hits in right])
    order = np.random.default_rng(1).permutation(len(raw))
    curve = calibrate(AS_IT_IS, raw[order], same[order]).calibration
    fitted = zip(raws, rising_means([hits / POOL for hits in right]), strict=True)
    pools = [
        (np.mean([one for one, _share in pool]) / 100, share)
        for share, pool in (
            (share, list(pool)) for share, pool in groupby(fitted, lambda one: round(one[1], 9))
        )
    ]
    assert [one for point in curve for one in point] == pytest.approx(
        [one for point in ((0.0, 0.0), *pools, (1.0, 1.0)) for one in point], abs=1e-4
    )


def test_pairs_that_nothing_tells_apart_stand_in_one_pool() -> None:
    raw = np.full(POOL + 25, 0.5)
    assert calibrate(AS_IT_IS, raw, np.arange(POOL + 25) >= 25).calibration == (
        (0.0, 0.0),
        (0.5, 0.6667),
        (1.0, 1.0),
    )
