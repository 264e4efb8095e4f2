"""A table on the screen and a file for each benchmark."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass
class Figure:
    """One measured figure and what it was meant to reach."""

    name: str
    value: float
    unit: str
    target: float | None
    better: str
    note: str = ""

    @property
    def met(self) -> str:
        if self.target is None:
            return ""
        good = self.value <= self.target if self.better == "lower" else self.value >= self.target
        return "yes" if good else "NO"


def machine() -> str:
    """What it was measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("django", "uvicorn", "psycopg"))
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {packages}, {fsyncs():.0f} fdatasync/s, counts to ten million in {counting():.2f} s"
    )


def counting() -> float:
    """Seconds of processor for a bare loop: rented machines differ twofold from one day to the next."""
    began = time.process_time()
    for _n in range(10_000_000):
        pass
    return time.process_time() - began


def peak_memory() -> float:
    """The most memory that this process has had, in MB.

    Not `ru_maxrss`: a new process inherits that from the one that started it.
    """
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def fsyncs() -> float:
    """How often a second this disk confirms a small write."""
    with tempfile.NamedTemporaryFile(dir=RESULTS) as file:
        began, n = time.perf_counter(), 0
        while time.perf_counter() - began < 0.5:
            os.pwrite(file.fileno(), b"x" * 4096, 0)
            os.fdatasync(file.fileno())
            n += 1
        return n / (time.perf_counter() - began)


def write(name: str, figures: list[Figure]) -> None:
    """Print the figures and keep them, each with the machine in its note."""
    where = machine()
    print(f"\n{name}  ({where})")
    for figure in figures:
        target = "" if figure.target is None else f"{figure.better} than {figure.target:g}"
        print(
            f"  {figure.name:<58} {figure.value:>10.4g} {figure.unit:<10} {target:<20} {figure.met:<4} {figure.note}"
        )
    rows = [{**asdict(f), "note": "; ".join(part for part in (f.note, where) if part)} for f in figures]
    (RESULTS / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
