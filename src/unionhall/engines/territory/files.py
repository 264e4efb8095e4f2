"""Blocks, staff and pairs of neighbours from files."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from unionhall.engines.territory.geometry import Shape, draw
from unionhall.engines.territory.ground import ACTIVE, LEAVING, Block, Border, Ground, Steward
from unionhall.engines.territory.problems import Problem, TerritoryError
from unionhall.engines.territory.tables import (
    BLOCK_TITLES,
    PAIR_TITLES,
    STAFF_TITLES,
    Table,
    decoded,
    read_table,
    unreadable,
)

STATES = {
    "": ACTIVE, "active": ACTIVE, "joining": ACTIVE, "在岗": ACTIVE, "在职": ACTIVE, "新到岗": ACTIVE,
    "leaving": LEAVING, "left": LEAVING, "离岗": LEAVING, "离任": LEAVING, "离职": LEAVING,
}  # fmt: skip
MAPS = {".geojson", ".json"}
YES = {"1", "yes", "true", "y", "是", "锁定", "√"}
NO = {"", "0", "no", "false", "n", "否"}


@dataclass(frozen=True)
class Given:
    """Ground from a file, with what was mended on the way and the features it came from, by block."""

    ground: Ground
    warnings: tuple[Problem, ...] = ()
    features: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_blocks(
    path: Path,
    *,
    neighbours: Path | None = None,
    barriers: Path | None = None,
    workload: Mapping[str, float] | None = None,
) -> Given:
    """Blocks from GeoJSON, CSV or a workbook; neighbours from polygons, from a table of pairs, or both.

    ``workload`` names the columns that are added up, each with its weight. Raises TerritoryError with every
    problem of a file, each with its row.
    """
    table, shapes = _geojson(path) if path.suffix.lower() in MAPS else (read_table(path), [])
    blocks = list(_blocks(table, workload))
    borders: list[Border] = []
    warnings: tuple[Problem, ...] = ()
    if shapes:
        named = [Shape(block.id, shape, block.row) for block, shape in zip(blocks, shapes, strict=True)]
        drawn = draw(named)
        warnings = drawn.warnings
        blocks = [
            replace(block, area=area, perimeter=perimeter)
            for block, area, perimeter in zip(blocks, drawn.areas, drawn.perimeters, strict=True)
        ]
        borders = [Border(first, second, length) for first, second, length in drawn.borders]
    if neighbours:
        borders += _pairs(neighbours, barrier=False)
    elif not shapes:
        raise TerritoryError([Problem("NEIGHBOURS_MISSING", {"file": path.name})])
    if barriers:
        borders += _pairs(barriers, barrier=True)
    features = {
        block.id: {"type": "Feature", "properties": cells, "geometry": shape}
        for block, shape, (_row, cells) in zip(blocks, shapes, table.rows, strict=False)
    }
    return Given(Ground(tuple(blocks), tuple(borders)), warnings, features)


def read_staff(path: Path) -> list[Steward]:
    """Stewards from CSV or a workbook. Where only limits are given, capacities are in proportion to them."""
    table = read_table(path)
    identity = table.needed(STAFF_TITLES["id"])
    names = {title: table.column(titles) for title, titles in STAFF_TITLES.items()}
    problems: list[Problem] = []
    stewards = []
    for row, cells in table.rows:
        where: dict[str, str | int | float] = {"row": row, "steward": cells[identity]}
        told = {title: cells.get(column, "") for title, column in names.items()}
        limit = _number(told["limit"], "LIMIT_NOT_A_NUMBER", where, problems)
        capacity = _number(told["capacity"], "CAPACITY_NOT_A_NUMBER", where, problems)
        if capacity is None:
            capacity = limit if limit is not None and not names["capacity"] else 1.0
        state = STATES.get(told["state"].casefold(), told["state"])
        stewards.append(Steward(cells[identity], told["name"], capacity, limit, told["home"], state, row))
    if problems:
        raise TerritoryError(problems)
    return stewards


def with_holders(ground: Ground, path: Path) -> Ground:
    """The same ground with who has each block taken from a former plan (CSV, workbook or GeoJSON)."""
    table = _geojson(path)[0] if path.suffix.lower() in MAPS else read_table(path)
    block = table.needed(BLOCK_TITLES["id"])
    steward = table.needed(BLOCK_TITLES["steward"])
    holder = {cells[block]: cells[steward] for _row, cells in table.rows}
    return replace(
        ground,
        blocks=tuple(replace(one, steward=holder.get(one.id, one.steward)) for one in ground.blocks),
    )


def _blocks(table: Table, workload: Mapping[str, float] | None) -> Iterator[Block]:
    identity = table.needed(BLOCK_TITLES["id"])
    columns = (
        {table.needed([title]): weight for title, weight in workload.items()}
        if workload
        else {table.needed(BLOCK_TITLES["workload"]): 1.0}
    )
    names = {title: table.column(BLOCK_TITLES[title]) for title in ("name", "steward", "locked")}
    problems: list[Problem] = []
    found = []
    for row, cells in table.rows:
        where: dict[str, str | int | float] = {"row": row, "block": cells[identity]}
        load = 0.0
        for column, weight in columns.items():
            typed = {**where, "column": column}
            figure = _number(cells[column], "WORKLOAD_NOT_A_NUMBER", typed, problems)
            if figure is None and not cells[column]:
                problems.append(Problem("WORKLOAD_MISSING", typed))
            load += weight * (figure or 0.0)
        told = {title: cells.get(column, "") for title, column in names.items()}
        if told["locked"].casefold() not in YES | NO:
            problems.append(Problem("LOCKED_UNCLEAR", {**where, "typed": told["locked"]}))
        found.append(
            Block(
                cells[identity],
                load,
                told["name"],
                told["steward"],
                told["locked"].casefold() in YES,
                row=row,
            )
        )
    if problems:
        raise TerritoryError(problems)
    yield from found


def _pairs(path: Path, *, barrier: bool) -> list[Border]:
    table = read_table(path)
    first, second = table.needed(PAIR_TITLES["id"]), table.needed(PAIR_TITLES["neighbour"])
    half = [
        Problem("PAIR_HALF", {"row": row, "file": path.name})
        for row, cells in table.rows
        if not (cells[first] and cells[second])
    ]
    if half:
        raise TerritoryError(half)
    return [Border(cells[first], cells[second], barrier=barrier, row=row) for row, cells in table.rows]


def _number(
    typed: str, code: str, where: Mapping[str, str | int | float], problems: list[Problem]
) -> float | None:
    if not typed:
        return None
    try:
        figure = float(typed.replace(",", ""))
    except ValueError:
        figure = math.nan
    if not math.isfinite(figure):
        problems.append(Problem(code, {**where, "typed": typed[:40]}))
        return None
    return figure


def _geojson(path: Path) -> tuple[Table, Sequence[Any]]:
    """Properties as a table, whose rows are the features' numbers, and the geometries."""
    try:
        document = json.loads(decoded(path.read_bytes()))
    except (OSError, ValueError, RecursionError) as error:
        raise unreadable(path, error) from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise TerritoryError([Problem("NOT_GEOJSON", {"file": path.name})])
    if not features:
        raise TerritoryError([Problem("NO_ROWS", {"file": path.name})])
    rows = []
    for number, feature in enumerate(features, 1):
        own = feature.get("properties")
        cells = {str(key): _text(value) for key, value in (own if isinstance(own, dict) else {}).items()}
        if "id" not in cells and "id" in feature:
            cells["id"] = _text(feature["id"])
        rows.append((number, cells))
    headings = tuple(dict.fromkeys(key for _number, cells in rows for key in cells))
    whole = tuple((number, {key: cells.get(key, "") for key in headings}) for number, cells in rows)
    return Table(path.name, headings, whole), [feature.get("geometry") for feature in features]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
