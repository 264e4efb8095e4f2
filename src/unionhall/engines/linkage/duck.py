"""DuckDB as the engine uses it: on disk, within limits, one connection for each purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """What a computation may use: memory for the database, and threads."""

    memory: str = "700MB"
    threads: int = 2


@contextmanager
def database(folder: Path, limits: Limits) -> Iterator[Any]:
    """A database in a folder of its own; what does not fit in memory goes there."""
    import duckdb

    connection = duckdb.connect(
        folder / "linkage.duckdb",
        config={
            "threads": limits.threads,
            "memory_limit": limits.memory,
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": False,
        },
    )
    try:
        yield connection
    finally:
        connection.close()


def quoted(path: Path) -> str:
    """A path as SQL writes it."""
    return "'" + str(path).replace("'", "''") + "'"
