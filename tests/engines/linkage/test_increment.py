"""A day's changes against a register that is many times larger: only what can meet is compared."""

from __future__ import annotations

import duckdb
import pytest
from benchmarks.linkage.generate import generate

from unionhall.engines.linkage import linking
from unionhall.engines.linkage.runs import link_files


@pytest.fixture(scope="module")
def registers(tmp_path_factory):
    """A register, and two hundred records of another one, chosen at random."""
    folder = tmp_path_factory.mktemp("increment")
    register, other = generate(folder, rows=6000, seed=7).registers.values()
    day = folder / "day.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM '{other}' USING SAMPLE reservoir(200 ROWS) REPEATABLE (3)) TO '{day}'"
        )
    return register, day


def linked(paths, target):
    """The run, and its links in order."""
    run = link_files(paths, target)
    return run, target.read_text("utf-8")


@pytest.mark.parametrize("turned", [False, True])
def test_the_links_are_those_of_comparing_all(registers, turned, tmp_path, monkeypatch):
    register, day = registers
    paths = [day, register] if turned else [register, day]
    run, links = linked(paths, tmp_path / "near.csv")
    monkeypatch.setattr(linking, "FAR_LARGER", float("inf"))
    whole, expected = linked(paths, tmp_path / "all.csv")
    assert links == expected
    assert links.count("\n") > 100
    (near,), (far,) = run.pairs, whole.pairs
    assert (near.linked, near.review, near.figures["met"]) == (far.linked, far.review, far.figures["met"])
    # What says too little is told of the changes, and not counted again in the whole register.
    side, large = ("a", "b") if turned else ("b", "a")
    assert near.figures["unlinkable"] == {side: far.figures["unlinkable"][side], large: None}
