"""A plan as a table, as a map, and its report as a document."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from unionhall.engines.territory.plan import Plan
from unionhall.engines.territory.problems import Problem, TerritoryError
from unionhall.engines.territory.tables import harmless

COLUMNS = ("block", "block_name", "workload", "steward", "steward_name", "locked", "before", "why")


def plan_rows(plan: Plan) -> list[dict[str, str]]:
    """A row for each block, in order of their ids; ``before`` and ``why`` only where it changes hands."""
    names = {steward.id: steward.name for steward in plan.stewards}
    moves = {move.block: move for move in plan.moves}
    rows = []
    for block in plan.ground.blocks:
        steward, move = plan.steward_of[block.id], moves.get(block.id)
        values = (
            block.id,
            block.name,
            f"{block.workload:.6f}".rstrip("0").rstrip("."),
            steward,
            names[steward],
            "yes" if block.locked else "",
            move.before if move else "",
            move.why if move else "",
        )
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def plan_csv(plan: Plan) -> str:
    """The rows as CSV; it can be handed in as BLOCKS or as the former plan."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(COLUMNS)
    out.writerows([harmless(value) for value in row.values()] for row in plan_rows(plan))
    return text.getvalue()


def plan_geojson(plan: Plan, features: Mapping[str, Mapping[str, Any]]) -> str:
    """The features that the blocks came from, with what the rows say of each among their properties.

    Raises TerritoryError: NO_MAP where the blocks came from a table.
    """
    if not features:
        raise TerritoryError([Problem("NO_MAP")])
    made = [
        {
            "type": "Feature",
            "id": row["block"],
            "properties": {
                **features[row["block"]]["properties"],
                "id": row["block"],
                "workload": block.workload,
                **{column: row[column] for column in ("steward", "steward_name", "before", "why")},
            },
            "geometry": features[row["block"]]["geometry"],
        }
        for row, block in zip(plan_rows(plan), plan.ground.blocks, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False) + "\n"


def report_document(plan: Plan) -> dict[str, Any]:
    """The report with loads and moves, as JSON holds it."""
    return {
        **asdict(plan.report),
        "loads": [asdict(load) for load in plan.loads],
        "moves": [asdict(move) for move in plan.moves],
    }
