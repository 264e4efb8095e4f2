"""`python -m benchmarks.linkage.learning`: the shipped weights, learned on seeds that are not published ones."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.linkage.generate import generate
from unionhall.engines.linkage.comparisons import COMPARISONS
from unionhall.engines.linkage.duck import Limits, database
from unionhall.engines.linkage.preparing import prepare
from unionhall.engines.linkage.training import calibrate, learn, outcomes
from unionhall.engines.linkage.weights import SCHEMA, Weights, read_weights

LEARNED, CALIBRATED = 101, (102, 103, 104)
# What a person would guess, in bits, answer by answer; what is too rare to be learned stays near it.
GUESSED = {
    "number": (14, 10, 12, 10, 4, 0, -2, -8),
    "name": (14, 12, 9, 13, 9, 11, 9, 6, 9, 5, 8, 8, 5, 6, 3, 2, 4, 4, 2, 0, -2, -6),
    "branch": (4, 2, -8, -4),
    "form": (1, 0, -3),
    "person": (9, 6, 6, 2, -1, -3),
    "place": (9, 6, 3, 3, -2),
    "area": (3, 1, -1, -5),
    "phone": (10, 6, 2, 8, -2),
}
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
    parser.add_argument("--shipped", action="store_true", help="draw the curve of the shipped weights anew")
    given = parser.parse_args()
    answers = {
        one.name: dict(zip(one.codes, map(float, GUESSED[one.name]), strict=True)) for one in COMPARISONS
    }
    weights = Weights(answers, 14.0, ((0.0, 0.0), (1.0, 1.0)))
    with TemporaryDirectory() as place:
        folder = Path(place)
        with database(folder, Limits()) as connection:
            if given.shipped:
                weights = read_weights()
            else:
                load(connection, folder, LEARNED, given.rows)
                connection.execute(
                    f"CREATE TABLE sample AS FROM register_b USING SAMPLE {SAMPLE} ROWS (reservoir, 7)"
                )
                weights = learn(connection, "register_a", "sample", "truth", weights)
                write(weights, given.target)
            told = []
            for seed in CALIBRATED:
                load(connection, folder, seed, given.rows)
                told.append(outcomes(connection, "register_a", "register_b", "truth", weights))
    raw, same = map(np.concatenate, zip(*told, strict=True))
    weights = calibrate(weights, raw, same)
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
