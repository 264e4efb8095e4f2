"""How many records of enterprises are normalised in a second of CPU time: names, numbers, persons, addresses, phones."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from benchmarks.registers import PROVINCES, register
from benchmarks.report import Figure

RECORDS, TARGET = 300_000, 150_000


def once(ground: str, seed: int) -> tuple[float, float]:
    """CPU seconds of the first ten records, which read the tables, and of all the others."""
    from unionhall.engines.linkage import normalise_columns

    made = register(RECORDS, seed, tuple(ground.split(",")))

    def normalise(first: int, last: int) -> float:
        part = slice(first, last)
        began = time.process_time()
        normalise_columns(
            made.names[part],
            codes=[made.codes[part]],
            persons=made.persons[part],
            addresses=made.addresses[part],
            phones=made.phones[part],
        )
        return time.process_time() - began

    return normalise(0, 10), normalise(10, RECORDS)


def run() -> list[Figure]:
    """Three registers of each ground, each in a process of its own; the median."""
    figures, firsts = [], []
    for name, ground, target in (
        ("three provinces", ",".join(PROVINCES), TARGET),
        ("one city", "3301", None),
        ("the whole country", "", None),
    ):
        rates = []
        for seed in (1, 2, 3):
            command = [sys.executable, "-m", "benchmarks.normalising", ground, str(seed)]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            firsts.append(1000 * float(said[0]))
            rates.append(RECORDS / float(said[1]))
        note = f"{RECORDS:,} invented records, all parts; 3 seeds from {min(rates):,.0f} to {max(rates):,.0f}; load {os.getloadavg()[0]:.1f}"
        figures.append(
            Figure(f"records normalised, {name}", sorted(rates)[1], "/CPU s", target, "higher", note)
        )
    figures.append(Figure("the first ten, which read the tables", sorted(firsts)[4], "ms CPU", 1000, "lower"))
    return figures


if __name__ == "__main__":
    print(*once(sys.argv[1], int(sys.argv[2])))
