"""Ballots while a job computes or writes beside them, in the worker's process."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from itertools import count

import uvloop

from benchmarks.house import house
from benchmarks.load import ballot, open_loop, poisson
from benchmarks.report import Figure

SECONDS = 10
JOBS = [
    ("no job", None),
    ("a job that computes", ["BENCH_COMPUTE"]),
    ("a job that writes 200 rows a time", ["BENCH_WRITE", "200"]),
    ("a job that writes 2,000 rows a time", ["BENCH_WRITE", "2000"]),
]


def run() -> list[Figure]:
    """All figures, on both databases."""
    return [figure for vendor in ("SQLite", "PostgreSQL") for figure in _on(vendor)]


def _on(vendor: str) -> list[Figure]:
    figures = []
    with house(vendor, ("-m", "unionhall.site.cli", "serve", "--port", "0", "--no-work")) as (
        port,
        made,
        url,
    ):
        keys = count()
        for number, (name, command) in enumerate(JOBS):
            with _beside(url, command):
                requests = [ballot(c, made["boxes"][number], next(keys)) for c in made["cookies"]]
                load = uvloop.run(open_loop(port, requests, poisson(100, SECONDS)))
            figures.append(
                Figure(
                    f"{vendor}: 100 ballots/s beside {name}, p99",
                    load.percentile(0.99), "ms", 50, "lower", load.note,
                )
            )  # fmt: skip
    return figures


@contextlib.contextmanager
def _beside(url: str, command: list[str] | None):
    """A worker at such a job."""
    if command is None:
        yield
        return
    environment = {**os.environ, "DATABASE_URL": url}
    worker = subprocess.Popen([sys.executable, "-m", "benchmarks.job_worker", *command], env=environment)
    try:
        time.sleep(2)
        assert worker.poll() is None, "the worker does not run"
        yield
    finally:
        # Not SIGTERM: the job would go back into the queue and be taken up by the next one's worker.
        worker.kill()
        worker.wait()
