"""Ground divided among stewards: contiguous, even by capacity, and redrawn with the fewest moves.

ground = Ground(
    blocks=(Block("A1", workload=120), Block("A2", workload=80, steward="wang", locked=True), ...),
    borders=(Border("A1", "A2"), ...),
)
stewards = [Steward("wang", capacity=1.0), Steward("li", capacity=0.5, home="A1")]

plan = divide(ground, stewards)              # a first cut
plan = redraw(ground, stewards)              # fewest moves from block.steward: drift, a leaver, a joiner
plan.steward_of["A1"], plan.moves, plan.loads, plan.report
explain(plan, "A1")                          # why it lies there, and what speaks against each neighbour
draw([Shape("A1", geometry, row), ...])      # areas, outlines and borders from polygons (GeoJSON)

Codes, never sentences: TerritoryError.problems, report.warnings, move.why, alternative.against.
"""

from __future__ import annotations

from unionhall.engines.territory.dividing import (
    AUTO,
    FIRST_CUT_TOLERANCE,
    LEAVER_TOLERANCE,
    PLAIN,
    REDRAW_TOLERANCE,
    divide,
    redraw,
)
from unionhall.engines.territory.explaining import Alternative, Explanation, explain
from unionhall.engines.territory.files import Given, read_blocks, read_staff, with_holders
from unionhall.engines.territory.geometry import Drawn, Shape, draw
from unionhall.engines.territory.ground import ACTIVE, LEAVING, Block, Border, Ground, Steward
from unionhall.engines.territory.plan import Load, Move, Plan, Report
from unionhall.engines.territory.problems import Problem, TerritoryError
from unionhall.engines.territory.writing import plan_csv, plan_geojson, plan_rows, report_document

__all__ = [
    "ACTIVE",
    "AUTO",
    "FIRST_CUT_TOLERANCE",
    "LEAVER_TOLERANCE",
    "LEAVING",
    "PLAIN",
    "REDRAW_TOLERANCE",
    "Alternative",
    "Block",
    "Border",
    "Drawn",
    "Explanation",
    "Given",
    "Ground",
    "Load",
    "Move",
    "Plan",
    "Problem",
    "Report",
    "Shape",
    "Steward",
    "TerritoryError",
    "divide",
    "draw",
    "explain",
    "plan_csv",
    "plan_geojson",
    "plan_rows",
    "read_blocks",
    "read_staff",
    "redraw",
    "report_document",
    "with_holders",
]
