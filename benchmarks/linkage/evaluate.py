"""Links judged by the truth. What each figure means stands in docs/reference/linkage-benchmark.md."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Which rows count as hard cases; the truth may name more.
HARD = ("BRANCH", "SIBLING", "AGENT_PHONE", "RENAME")
BINS = 10
# A bin with fewer pairs than this says too little about its share to be the largest difference.
ENOUGH = 100
# So many standard deviations hold nineteen of twenty.
_SPREAD = statistics.NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Side:
    """The rows of one register: their ids, which enterprise each is, its cases, and whether its number leads there."""

    ids: pa.Array
    entity: np.ndarray
    case: pa.Array
    usable: np.ndarray

    def rows(self, ids: pa.Array) -> np.ndarray:
        """Which row each id is. Raises ValueError for one that the truth does not know."""
        found = pc.index_in(ids, self.ids)
        if found.null_count:
            unknown = ids.filter(pc.is_null(found))[0]
            raise ValueError(f"a link names a row that the truth does not know: {unknown}")
        return found.to_numpy()

    def bears(self, cases: Iterable[str]) -> np.ndarray:
        """Which rows bear one of these cases."""
        pattern = rf"(^|\|)({'|'.join(cases)})(\||$)"
        return pc.match_substring_regex(self.case, pattern).to_numpy(zero_copy_only=False)


@dataclass(frozen=True)
class Pairs:
    """Rows of A and B that are said to be one; how likely, and whether that is decided."""

    a: np.ndarray
    b: np.ndarray
    probability: np.ndarray
    linked: np.ndarray


def evaluate(
    links: Path, truth: Path, *, candidates: Path | None = None, registers: str = "AB"
) -> dict[str, Any]:
    """All figures of a file of links (columns a, b, probability, outcome), CSV or Parquet."""
    a, b = (read_truth(truth, name) for name in registers)
    pairs = read_links(links, a, b)
    compared = None
    if candidates:
        table = _read(candidates)
        compared = Pairs(a.rows(table["a"]), b.rows(table["b"]), *[np.ones(len(table))] * 2)
    return judged(a, b, pairs, compared)


def read_truth(path: Path, register: str) -> Side:
    """The truth of one register."""
    with duckdb.connect() as connection:
        query = f"SELECT id, entity, \"case\", usable FROM '{path}' WHERE register = ?"
        table = connection.sql(query, params=[register]).to_arrow_table()
    return Side(
        _whole(table["id"]),
        table["entity"].to_numpy(),
        _whole(table["case"]),
        table["usable"].to_numpy().astype(bool),
    )


def read_links(path: Path, a: Side, b: Side) -> Pairs:
    """Links as rows of both registers."""
    table = _read(path)
    return Pairs(
        a.rows(_whole(table["a"])),
        b.rows(_whole(table["b"])),
        pc.cast(table["probability"], pa.float64()).to_numpy(),
        pc.equal(table["outcome"], "linked").to_numpy(),
    )


def _read(path: Path) -> pa.Table:
    with duckdb.connect() as connection:
        how = (
            f"'{path}'"
            if path.suffix == ".parquet"
            else f"read_csv('{path}', all_varchar = true, header = true)"
        )
        table = connection.sql(
            f"SELECT * REPLACE (a::varchar AS a, b::varchar AS b) FROM {how}"
        ).to_arrow_table()
    return table.combine_chunks()


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def judged(a: Side, b: Side, pairs: Pairs, compared: Pairs | None = None) -> dict[str, Any]:
    """All figures of links between two registers."""
    truth = _Truth(a, b)
    decided = _taken(pairs, pairs.linked)
    found: dict[str, Any] = {
        "pairs": truth.scores(decided),
        "with reviews": truth.scores(pairs),
        "reviews": _reviews(a, b, pairs),
        "no usable identifier": truth.scores(decided, truth.unusable),
        "hard cases": truth.scores(decided, truth.bearing(HARD)),
        "b-cubed": b_cubed(a.entity, b.entity, decided.a, decided.b),
        "no-union list": listed(a, b, decided.a),
        "no-union list, reviews left out": listed(a, b, pairs.a),
        "calibration": calibration(pairs.probability, a.entity[pairs.a] == b.entity[pairs.b]),
        "cases": {case: truth.scores(decided, truth.bearing([case])) for case in _cases(a, b)},
    }
    if compared is not None:
        found["candidates"] = {"pairs": len(compared.a), "recall": truth.scores(compared)["recall"]}
    return found


def _taken(pairs: Pairs, mask: np.ndarray) -> Pairs:
    return Pairs(pairs.a[mask], pairs.b[mask], pairs.probability[mask], pairs.linked[mask])


def _cases(a: Side, b: Side) -> list[str]:
    distinct = pa.concat_arrays([pc.unique(a.case), pc.unique(b.case)])
    return sorted({case for text in distinct.to_pylist() for case in text.split("|") if case})


class _Truth:
    """The pairs that are meant to be found: a row of A and an enterprise of B, however often it stands there.

    Whoever links a row of A to either of two rows of its enterprise has found the pair, and has found it once.
    """

    def __init__(self, a: Side, b: Side) -> None:
        self.a, self.b = a, b
        self.entities, self.of_b = np.unique(b.entity, return_inverse=True)
        place = np.minimum(np.searchsorted(self.entities, a.entity), max(0, len(self.entities) - 1))
        self.known = (
            self.entities[place] == a.entity if len(self.entities) else np.zeros(len(a.entity), dtype=bool)
        )
        self.of_a = place
        # An enterprise has a usable number if one of its rows has.
        usable = np.zeros(len(self.entities), dtype=bool)
        np.logical_or.at(usable, self.of_b, b.usable)
        self.unusable = np.zeros(len(a.entity), dtype=bool), ~usable

    def bearing(self, cases: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """Rows of A, and enterprises of B, that bear one of these cases."""
        cases = list(cases)
        theirs = np.zeros(len(self.entities), dtype=bool)
        np.logical_or.at(theirs, self.of_b, self.b.bears(cases))
        return self.a.bears(cases), theirs

    def scores(self, pairs: Pairs, stratum: tuple[np.ndarray, np.ndarray] | None = None) -> dict[str, float]:
        """Precision, recall and F1 of distinct pairs, all or those of which either side is in the stratum."""
        keys = np.unique(pairs.a.astype(np.int64) * max(1, len(self.entities)) + self.of_b[pairs.b])
        rows, entity = np.divmod(keys, max(1, len(self.entities)))
        wanted = self.known
        if stratum is not None:
            of_a, of_b = stratum
            inside = of_a[rows] | of_b[entity]
            rows, entity = rows[inside], entity[inside]
            wanted = wanted & (of_a | (of_b[self.of_a] if len(of_b) else False))
        right = int((self.a.entity[rows] == self.entities[entity]).sum())
        return scored(right, len(rows), int(wanted.sum()))


def scored(right: int, said: int, wanted: int) -> dict[str, float]:
    """Precision, recall and F1; of nothing said the precision is one, of nothing wanted the recall."""
    precision = right / said if said else 1.0
    recall = right / wanted if wanted else 1.0
    both = precision + recall
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / both if both else 0.0,
        "right": right,
        "said": said,
        "wanted": wanted,
    }


def _reviews(a: Side, b: Side, pairs: Pairs) -> dict[str, float]:
    open_ = ~pairs.linked
    right = a.entity[pairs.a[open_]] == b.entity[pairs.b[open_]]
    return {"pairs": int(open_.sum()), "right": float(right.mean()) if len(right) else 0.0}


def listed(a: Side, b: Side, linked: np.ndarray) -> dict[str, float]:
    """The list of enterprises without a union, which are the rows of A without a link."""
    without = ~np.isin(a.entity, b.entity)
    on_list = np.ones(len(a.entity), dtype=bool)
    on_list[linked] = False
    return scored(int((without & on_list).sum()), int(on_list.sum()), int(without.sum()))


def clusters(count_a: int, count_b: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """For each row of A, then of B, the lowest row that it hangs together with."""
    label = np.arange(count_a + count_b)
    left, right = a, b + count_a
    while len(left):
        least = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, before[left], least)
        np.minimum.at(label, before[right], least)
        label = label[label]
        while not np.array_equal(label, label[label]):
            label = label[label]
        apart = label[left] != label[right]
        left, right = left[apart], right[apart]
    return label


def b_cubed(entity_a: np.ndarray, entity_b: np.ndarray, a: np.ndarray, b: np.ndarray) -> dict[str, float]:
    """B-cubed over all rows of both registers: for each row how pure its cluster is, and how whole its enterprise."""
    entity = np.concatenate([entity_a, entity_b])
    label = clusters(len(entity_a), len(entity_b), a, b)
    _labels, cluster, size = np.unique(label, return_inverse=True, return_counts=True)
    entities, whose, rows = np.unique(entity, return_inverse=True, return_counts=True)
    _keys, cell, both = np.unique(cluster * len(entities) + whose, return_inverse=True, return_counts=True)
    precision = float((both[cell] / size[cluster]).mean()) if len(entity) else 1.0
    recall = float((both[cell] / rows[whose]).mean()) if len(entity) else 1.0
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}


def calibration(probability: np.ndarray, right: np.ndarray) -> dict[str, Any]:
    """Ten bins of probability: how likely they were said to be right, and how many were.

    ``between`` is where the true share lies, nineteen times in twenty; ``beyond`` is how many points what was
    said lies outside of it, so that a bin of few pairs is not called off by chance.
    """
    place = np.minimum((probability * BINS).astype(int), BINS - 1)
    bins = []
    for number in range(BINS):
        inside = place == number
        count = int(inside.sum())
        if count:
            said, was = float(probability[inside].mean()), float(right[inside].mean())
            low, high = interval(was, count)
            bins.append(
                {
                    "from": number / BINS,
                    "pairs": count,
                    "said": said,
                    "right": was,
                    "points": 100 * abs(said - was),
                    "between": [low, high],
                    "beyond": 100 * max(low - said, said - high, 0.0),
                }
            )
    told = [one for one in bins if one["pairs"] >= ENOUGH]
    whole = sum(one["pairs"] for one in bins)
    return {
        "bins": bins,
        "largest": max((one["points"] for one in told), default=0.0),
        "beyond": max((one["beyond"] for one in bins), default=0.0),
        "weighted": sum(one["points"] * one["pairs"] for one in bins) / whole if whole else 0.0,
    }


def interval(share: float, count: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share seen among so many."""
    middle = (share + _SPREAD**2 / (2 * count)) / (1 + _SPREAD**2 / count)
    half = _SPREAD * math.sqrt(share * (1 - share) / count + _SPREAD**2 / (4 * count**2))
    half /= 1 + _SPREAD**2 / count
    return middle - half, middle + half
