"""A day's changes against a register of 1.5 million that was made ready before."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.linkage.generate import generate
from benchmarks.linkage.race import measured
from benchmarks.report import Figure

# Of both registers together; the first has 66 % of them.
ROWS = 2_280_000
CHANGED = 10_000


def run(rows: str = str(ROWS), changed: str = str(CHANGED)) -> list[Figure]:
    """The register is prepared once; then some records of the other one, chosen at random, are linked to it."""
    import duckdb

    program = [sys.executable, "-m", "unionhall.site.cli"]
    with tempfile.TemporaryDirectory() as folder:
        made = generate(Path(folder), rows=int(rows), seed=11)
        register, other = made.registers.values()
        ready, day, links = (Path(folder) / f"{name}.parquet" for name in ("ready", "day", "links"))
        prepared = measured([*program, "prepare", str(register), "-o", str(ready)])
        with duckdb.connect() as connection:
            (size,) = connection.execute(f"SELECT count(*) FROM '{ready}'").fetchall()[0]
            connection.execute(
                f"COPY (FROM '{other}' USING SAMPLE reservoir({int(changed)} ROWS) REPEATABLE (1)) TO '{day}'"
            )
        cost = measured([*program, "link", str(day), str(ready), "-o", str(links)])
    said = (
        f"{cost.cpu:.1f} s of one processor; the register's {size:,} records took {prepared.cpu:.0f} before"
    )
    return [
        Figure(f"{int(changed):,} changes against {size:,} records", cost.wall, "s", 10, "lower", said),
        Figure("peak of memory", cost.memory, "GB", 1.5, "lower"),
    ]
