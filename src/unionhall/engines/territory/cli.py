"""`unionhall territory`: ground divided from files, without a server or a database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from unionhall.engines.territory import methods
from unionhall.engines.territory.dividing import (
    AUTO,
    PLAIN,
    divide,
    redraw,
)
from unionhall.engines.territory.explaining import explain
from unionhall.engines.territory.files import MAPS, Given, read_blocks, read_staff, with_holders
from unionhall.engines.territory.messages import sentence, summary, told
from unionhall.engines.territory.plan import Plan
from unionhall.engines.territory.problems import Problem, TerritoryError
from unionhall.engines.territory.writing import plan_csv, plan_geojson, report_document


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `territory` to an argparse subparsers object."""
    parser = commands.add_parser(
        "territory", help="divide blocks among stewards: in one piece, even, with the fewest changes of hands"
    )
    parser.add_argument(
        "blocks", type=Path, help="GeoJSON, CSV or .xlsx: id, workload; name, steward, locked where known"
    )
    parser.add_argument("staff", type=Path, help="CSV or .xlsx: id; name, capacity, limit, home, state")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PLAN", help=".csv or .geojson")
    parser.add_argument("--neighbours", type=Path, metavar="PAIRS", help="CSV or .xlsx: block, neighbour")
    parser.add_argument(
        "--barriers", type=Path, metavar="PAIRS", help="pairs that touch and cannot be crossed"
    )
    parser.add_argument(
        "--workload", action="append", type=_weighted, metavar="COLUMN[=WEIGHT]", help="may be repeated"
    )
    parser.add_argument("--before", type=Path, metavar="PLAN", help="who has each block now: a former plan")
    parser.add_argument("--anew", action="store_true", help="a first cut, even where blocks have stewards")
    parser.add_argument(
        "--tolerance",
        type=float,
        metavar="PERCENT",
        help="3 for a first cut, 8 where a steward leaves, else 5",
    )
    parser.add_argument(
        "--allow-islands", action="store_true", help="small separate ground has its own steward"
    )
    parser.add_argument("--plain", action="store_true", help="without METIS and the solver")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path, metavar="FILE", help="report, loads and moves (JSON)")
    parser.add_argument("--explain", metavar="BLOCK", help="say why a block lies where it lies")
    parser.set_defaults(run=run_territory)


def run_territory(arguments: argparse.Namespace) -> int:
    """Write the plan and say how good it is; 1 with every problem in words when there is none."""
    try:
        given, plan = _made(arguments)
        texts = {arguments.output: _written(plan, given, arguments.output)}
    except TerritoryError as error:
        return _refuse(error.problems)
    if arguments.explain and arguments.explain not in plan.steward_of:
        sys.stderr.write(f"{arguments.explain} is no block.\n")
        return 1
    if arguments.report:
        document = report_document(plan)
        texts[arguments.report] = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    for path, text in texts.items():
        try:
            # A table program takes a CSV file for UTF-8 only when it is marked so.
            path.write_text(text, "utf-8-sig" if path.suffix.lower() == ".csv" else "utf-8", newline="")
        except OSError as error:
            sys.stderr.write(f"{path} cannot be written: {error.strerror}.\n")
            return 1
    for problem in (*given.warnings, *plan.report.warnings):
        sys.stderr.write(f"Please look: {sentence(problem)}.\n")
    if not arguments.plain and not (methods.has_metis() and methods.has_solver()):
        sys.stderr.write("METIS or the solver is not installed (pip install 'unionhall[territory]').\n")
    sys.stderr.write(summary(plan))
    if arguments.explain:
        sys.stdout.write(told(explain(plan, arguments.explain)))
    return 0


def _made(arguments: argparse.Namespace) -> tuple[Given, Plan]:
    given = read_blocks(
        arguments.blocks,
        neighbours=arguments.neighbours,
        barriers=arguments.barriers,
        workload=dict(arguments.workload) if arguments.workload else None,
    )
    ground = with_holders(given.ground, arguments.before) if arguments.before else given.ground
    stewards = read_staff(arguments.staff)
    names = {steward.id for steward in stewards}
    held = any(block.steward in names and not block.locked for block in ground.blocks)
    make = redraw if held and not arguments.anew else divide
    usual = {} if arguments.tolerance is None else {"tolerance": arguments.tolerance / 100}
    return given, make(
        ground,
        stewards,
        **usual,
        seed=arguments.seed,
        allow_islands=arguments.allow_islands,
        method=PLAIN if arguments.plain else AUTO,
    )


def _written(plan: Plan, given: Given, path: Path) -> str:
    if path.suffix.lower() in MAPS:
        return plan_geojson(plan, given.features)
    return plan_csv(plan)


def _weighted(text: str) -> tuple[str, float]:
    """A column and its weight; what follows the last = is a weight only if it is a number."""
    column, mark, weight = text.rpartition("=")
    try:
        return (column, float(weight)) if mark else (text, 1.0)
    except ValueError:
        return text, 1.0


def _refuse(problems: Iterable[Problem]) -> int:
    sys.stderr.write("No plan was made, and nothing was written. Please mend:\n")
    for problem in problems:
        sys.stderr.write(f"  - {sentence(problem)}.\n")
    return 1
