"""`python -m benchmarks [name] [--option=value]`: run one benchmark or all.

`--rows=152000` runs one with another size, whose figures go to a file of their own.
"""

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
    "linkage",
    "increment",
    "standing",
]

options = dict(one[2:].split("=", 1) for one in sys.argv[1:] if one.startswith("--"))
for name in [one for one in sys.argv[1:] if not one.startswith("--")] or NAMES:
    figures = importlib.import_module(f"benchmarks.{name.replace('-', '_')}").run(**options)
    write(f"{name}-{options['rows']}" if "rows" in options else name, figures)
