"""`python -m benchmarks.linkage.learning`: the shipped weights, learned on seeds that are not published ones."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.linkage.generate import generate
from unionhall.engines.linkage.duck import Limits, database
from unionhall.engines.linkage.preparing import prepare
from unionhall.engines.linkage.training import calibrate, learn
from unionhall.engines.linkage.weights import SCHEMA, Weights, read_weights

LEARNED, CALIBRATED = 101, 102
# Of the union's register so many records teach; they meet all of the market's.
SAMPLE = 80_000


def load(connection: Any, folder: Path, seed: int, rows: int) -> None:
    """The tables ``register_a``, ``register_b`` and ``truth`` of a seed."""
    made = generate(folder / str(seed), rows=rows, seed=seed)
    for name, path in made.registers.items():
        ready = prepare(path, folder / f"{seed}{name}.ready")
        connection.execute(
            f"CREATE OR REPLACE TABLE register_{name.lower()} AS FROM read_parquet('{ready.path}')"
        )
    connection.execute(
        f"CREATE OR REPLACE TABLE truth AS WITH told AS (FROM read_parquet('{made.truth}')) "
        "SELECT a.n AS a, b.n AS b FROM told ta JOIN told tb USING (entity) "
        "JOIN register_a a ON a.id = ta.id JOIN register_b b ON b.id = tb.id WHERE ta.register = 'A' AND tb.register = 'B'"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--rows", type=int, default=1_500_000)
    given = parser.parse_args()
    weights = read_weights()
    with TemporaryDirectory() as place:
        folder = Path(place)
        with database(folder, Limits()) as connection:
            load(connection, folder, LEARNED, given.rows)
            connection.execute(
                f"CREATE TABLE sample AS FROM register_b USING SAMPLE {SAMPLE} ROWS (reservoir, 7)"
            )
            weights = learn(connection, "register_a", "sample", "truth", weights)
            write(weights, given.target)
            load(connection, folder, CALIBRATED, given.rows)
            weights = calibrate(connection, "register_a", "register_b", "truth", weights)
    write(weights, given.target)


def write(weights: Weights, target: Path) -> None:
    told = {
        "schema": SCHEMA,
        "nobody": weights.nobody,
        "answers": weights.answers,
        "calibration": weights.calibration,
    }
    target.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
