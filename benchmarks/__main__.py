"""`python -m benchmarks [name]`: run one benchmark or all."""

from __future__ import annotations

import importlib
import sys

from benchmarks.report import write

NAMES = [
    "counting",
    "proof",
    "ballots",
    "jobs",
    "persons",
    "slow",
    "start",
    "membership",
    "membership-import",
    "normalising",
    "territory",
]

for name in sys.argv[1:] or NAMES:
    write(name, importlib.import_module(f"benchmarks.{name.replace('-', '_')}").run())
