"""`python -m benchmarks.linkage generate|febrl|evaluate`: registers with their truth, and the evaluator, by themselves."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("generate", help="write registers and their truth into a folder")
    making.add_argument("folder", type=Path)
    making.add_argument("--rows", type=int, default=152_000, help="of A and B together")
    making.add_argument("--seed", type=int, default=1)
    making.add_argument(
        "--others", default="B", help="the registers beside A: B union, C tax, D social insurance"
    )
    making.add_argument("--csv", action="store_true", help="CSV instead of Parquet")
    judging = commands.add_parser("evaluate", help="judge links by the truth")
    judging.add_argument("links", type=Path)
    judging.add_argument("truth", type=Path)
    judging.add_argument("--candidates", type=Path, help="pairs that were compared, in columns a and b")
    judging.add_argument("--registers", default="AB", help="which two the links are between")
    febrl = commands.add_parser("febrl", help="write Febrl 4 and its truth into a folder")
    febrl.add_argument("folder", type=Path)
    given = parser.parse_args()
    if given.command == "generate":
        from benchmarks.linkage.generate import generate

        made = generate(given.folder, rows=given.rows, seed=given.seed, others=given.others, csv=given.csv)
        print(*made.registers.values(), made.truth)
    elif given.command == "febrl":
        from benchmarks.linkage.febrl import write

        print(*write(given.folder))
    else:
        from benchmarks.linkage.evaluate import evaluate

        found = evaluate(given.links, given.truth, candidates=given.candidates, registers=given.registers)
        print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
