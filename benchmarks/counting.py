"""How long a recount takes, ballots read and ranks given."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

from benchmarks.report import Figure
from unionhall.engines.scoring import Sheet, count, parse_rulebook

EXAMPLE = Path(__file__).parent.parent / "examples" / "final" / "rulebook.json"


def run() -> list[Figure]:
    """22 speeches by 100 and by 10,000 jurors; the median of five."""
    book = parse_rulebook(json.loads(EXAMPLE.read_text(encoding="utf-8")))
    figures = []
    for jurors, target in ((100, 50), (10_000, 1000)):
        rng = random.Random(1)
        entries = [str(n) for n in range(22)]
        juries = ["EXPERT"] * 9 + ["MODEL"] * 7 + ["WORKER"] * (jurors - 16)
        sheets = [
            Sheet(
                entry,
                jury,
                str(k),
                (rng.randrange(300, 400), rng.randrange(240, 300), 140, rng.randrange(120, 150)),
            )
            for entry in entries
            for k, jury in enumerate(juries)
        ]
        times = []
        for _round in range(5):
            began = time.perf_counter()
            count(book, entries, sheets)
            times.append(time.perf_counter() - began)
        figures.append(
            Figure(
                f"recount of 22 speeches x {jurors} jurors", 1000 * sorted(times)[2], "ms", target, "lower"
            )
        )
    return figures
