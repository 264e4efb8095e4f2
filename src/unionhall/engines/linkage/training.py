"""Weights of evidence learned from pairs whose truth is known: a conditional logit with nobody as a choice.

Every record of the second register chooses one of the records it meets, or nobody; the weights are those
that make the true choices likeliest. Unlike probabilities estimated answer by answer they allow for answers
that come together (area, phone and address), so the sum is not over-confident. What is seen too rarely to be
learned stays near the weight it had before.
"""

from __future__ import annotations

from typing import Any

from unionhall.engines.linkage.comparisons import COMPARISONS
from unionhall.engines.linkage.linking import fill_pools, link_tables, score_pairs
from unionhall.engines.linkage.preparing import KEYS
from unionhall.engines.linkage.weights import Weights

_STEPS = 40
_STILL = 1e-3
# Pairs of a lower raw probability are no part of the calibration.
_LOWEST = 0.02
# The curve is drawn from at most so many pools of pairs.
_POOLS = 1000
# How sure one is of a weight before: its variance in natural units.
_VARIANCE = 4.0
_BITS = 1.4426950408889634
# Invented registers are surer than real ones: a changed number, two slips in one, a branch written as its
# parent. Beyond these bits the weights are not driven.
BOUNDS = {
    "number.OTHER_KIND": (-2.0, 0.0),
    "number.SLIPPED_AND_OTHER": (-4.0, 0.0),
    "number.OTHER": (-9.0, -4.0),
    "branch.SAME": (0.0, 10.0),
    "branch.ONE_ONLY": (-9.0, -4.0),
    "form.OTHER": (-3.0, 0.0),
}


def learn(connection: Any, left: str, right: str, truth: str, before: Weights) -> Weights:
    """Weights from two prepared tables and the table ``truth`` of pairs (a, b by ``n``).

    ``left`` should be of the size that will be linked, or the rivals of a pair are too few; of ``right`` some
    100,000 records are enough.
    """
    import numpy as np

    _meet(connection, left, right, before)
    columns = ", ".join(f"gamma_{one.name}" for one in COMPARISONS)
    found = connection.execute(
        f"SELECT pairs.b, truth.a IS NOT NULL AS same, {columns} FROM pairs "
        f"LEFT JOIN {truth} AS truth ON truth.a = pairs.a AND truth.b = pairs.b ORDER BY pairs.b"
    ).fetchnumpy()
    places = {name: place for place, name in enumerate(_parameters())}
    rows = []
    for one in COMPARISONS:
        gamma = found[f"gamma_{one.name}"].astype(np.int64)
        first = places[f"{one.name}.{one.codes[0]}"]
        # Splink counts answers from the last one up; an unknown is -1 and has no weight.
        rows.append(np.where(gamma < 0, -1, first + len(one.codes) - 1 - gamma))
    chosen = np.stack(rows, axis=1)
    _records, group = np.unique(found["b"], return_inverse=True)
    start = np.array([before.bits(*name.split(".")) for name in places] + [-before.nobody]) / _BITS
    low, high = np.array([BOUNDS.get(name, (-99.0, 99.0)) for name in places] + [(-99.0, 99.0)]).T / _BITS
    fitted = _fit(chosen, group, found["same"].astype(bool), np.clip(start, low, high), low, high)
    answers: dict[str, dict[str, float]] = {one.name: {} for one in COMPARISONS}
    for name, value in zip(places, fitted[:-1], strict=True):
        comparison, code = name.split(".")
        answers[comparison][code] = round(float(value) * _BITS, 2)
    return Weights(answers, round(float(-fitted[-1]) * _BITS, 2), ((0.0, 0.0), (1.0, 1.0)))


def outcomes(connection: Any, left: str, right: str, truth: str, weights: Weights) -> tuple[Any, Any]:
    """Two arrays of one length: raw probabilities, and whether those pairs are the same, for `calibrate`.

    They are of the pairs that remain when all are one to one, for those are the ones that are told.
    """
    as_it_is = Weights(weights.answers, weights.nobody, ((0.0, 0.0), (1.0, 1.0)))
    for table in ("same", "other"):
        connection.execute(f"CREATE OR REPLACE TABLE {table} (a BIGINT, b BIGINT)")
    link_tables(connection, as_it_is, left, right, least=_LOWEST)
    found = connection.execute(
        f"SELECT probability AS raw, truth.a IS NOT NULL AS same FROM links LEFT JOIN {truth} AS truth "
        "ON truth.a = links.a AND truth.b = links.b"
    ).fetchnumpy()
    return found["raw"], found["same"]


def calibrate(weights: Weights, raw: Any, same: Any) -> Weights:
    """The same weights, with how often pairs of a raw probability are right: rising steps.

    ``raw`` and ``same`` are what `outcomes` gave, of several pairs of registers laid end to end: between two
    of them the share of right pairs differs by some points in the middle of the scale.
    """
    import numpy as np

    order = np.argsort(raw, kind="stable")
    blocks = _rising(raw[order], same[order].astype(float), max(50, len(raw) // _POOLS))
    points = [(0.0, 0.0), *((float(np.round(x, 4)), float(np.round(y, 4))) for x, y in blocks), (1.0, 1.0)]
    kept = [points[0]]
    for x, y in points[1:]:
        if x > kept[-1][0]:
            kept.append((x, y))
    return Weights(weights.answers, weights.nobody, tuple(kept))


def _meet(connection: Any, left: str, right: str, weights: Weights) -> None:
    connection.execute("CREATE OR REPLACE TABLE links (a BIGINT, b BIGINT)")
    connection.execute("CREATE OR REPLACE TABLE other (a BIGINT, b BIGINT)")
    fill_pools(connection, left, right)
    score_pairs(connection, weights, tuple(KEYS), answers=True)


def _parameters() -> list[str]:
    return [f"{one.name}.{code}" for one in COMPARISONS for code in one.codes]


def _fit(chosen: Any, group: Any, same: Any, start: Any, low: Any, high: Any) -> Any:
    """Newton's method within bounds; the last parameter is the offset of any partner against nobody."""
    import numpy as np

    pairs, questions = chosen.shape
    count = len(start)
    design = np.zeros((pairs, count), dtype=np.float32)
    for question in range(questions):
        known = chosen[:, question] >= 0
        design[np.nonzero(known)[0], chosen[known, question]] = 1
    design[:, -1] = 1
    # Pairs come by record, so a record's pairs stand together.
    firsts = np.flatnonzero(np.diff(group, prepend=-1))
    seen = design[same].sum(axis=0)
    value = start.copy()
    for _step in range(_STEPS):
        score = np.exp(np.clip(design @ value, -40, 40))
        share = score / (1 + np.add.reduceat(score, firsts))[group]
        weighted = design * share[:, None].astype(np.float32)
        expected = np.add.reduceat(weighted, firsts, axis=0)
        gradient = seen - weighted.sum(axis=0) - (value - start) / _VARIANCE
        curvature = design.T @ weighted - expected.T @ expected + np.eye(count) / _VARIANCE
        free = ~((value <= low) & (gradient < 0) | (value >= high) & (gradient > 0))
        step = np.zeros(count)
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        moved = np.clip(value + np.clip(step, -2, 2), low, high)
        change = np.abs(moved - value).max()
        value = moved
        if change < _STILL:
            break
    return value


def _rising(raw: Any, same: Any, size: int) -> list[tuple[float, float]]:
    """Pools of neighbours whose shares never fall (pool adjacent violators), as (mean raw, share) points.

    Pairs of one raw probability are in one pool, for nothing tells them apart.
    """
    import numpy as np

    pools: list[list[float]] = []
    first = 0
    while first < len(raw):
        last = min(first + size, len(raw)) - 1
        after = int(np.searchsorted(raw, raw[last], side="right"))
        part = slice(first, after)
        pools.append([float(raw[part].sum()), float(same[part].sum()), float(after - first)])
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            higher = pools.pop()
            pools[-1] = [one + other for one, other in zip(pools[-1], higher, strict=True)]
        first = after
    return [(total / number, hits / number) for total, hits, number in pools]
