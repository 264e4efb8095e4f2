"""DuckDB as the engine uses it: on disk, within limits, one connection for each purpose."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Asked twice a second, from any thread: what is to be raised because the work shall stop, or None.
Stopped = Callable[[], BaseException | None]
PAUSE = 0.5


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


@contextmanager
def stoppable(connection: Any, stopped: Stopped) -> Iterator[None]:
    """Break off whatever statement of the block runs once ``stopped`` gives something, which is raised then.

    It alone comes out, whatever the broken statement's error became on its way: Splink wraps it.
    """
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(PAUSE):
            if stopped():
                # Between two statements it does nothing, so it is said until the block has ended.
                connection.interrupt()

    watcher = threading.Thread(target=watch, name="stopping", daemon=True)
    watcher.start()
    try:
        yield
    except Exception as error:
        if why := stopped():
            raise why from error
        raise
    finally:
        ended.set()
        watcher.join()
    go_on(stopped)


def go_on(stopped: Stopped) -> None:
    """Raise what ``stopped`` gives, if anything."""
    if why := stopped():
        raise why


def never() -> None:
    """Nobody stops the work."""


def quoted(path: Path) -> str:
    """A path as SQL writes it."""
    return "'" + str(path).replace("'", "''") + "'"
