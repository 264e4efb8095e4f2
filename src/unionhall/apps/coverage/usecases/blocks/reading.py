"""Blocks from a file: GeoJSON with outlines, or a table of neighbours where nobody has any."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from unionhall.apps.coverage.queries.shapes import ShapeError, common_lines, parts_of
from unionhall.engines.territory import TerritoryError
from unionhall.engines.territory.geometry import Shape, draw
from unionhall.kernel.imports import Column, SheetError, read_table

MOST = 5000
MEGABYTES = 20
MAPS = (".geojson", ".json")
CODE = ("网格编号", "地块编号", "编号", "网格", "地块", "block", "id", "code")
NAME = ("网格名称", "地块名称", "名称", "name", "block_name")
TOWN = ("社区", "所属社区", "街道", "town", "community")
NEIGHBOUR = ("相邻网格", "相邻地块", "相邻", "neighbour", "neighbor")
COLUMNS = (
    Column("code", CODE),
    Column("neighbour", NEIGHBOUR),
    Column("name", NAME, required=False),
    Column("town", TOWN, required=False),
)
SEPARATORS = "、，,;；"

# A code and data, said in words beside the row.
Note = tuple[str, dict[str, str | int]]


@dataclass
class Given:
    """A block as a file tells of it."""

    row: int
    code: str
    name: str = ""
    town: str = ""
    geometry: dict[str, Any] | None = None
    notes: list[Note] = field(default_factory=list)


@dataclass
class File:
    """The blocks of a file, pairs of neighbours with metres of common line, and what was noticed."""

    blocks: list[Given]
    borders: dict[tuple[str, str], float]
    warnings: list[Note] = field(default_factory=list)


def read_file(name: str, data: bytes) -> File:
    """The blocks of a file, what is wrong with each noted in it; raises SheetError for the whole."""
    if len(data) > MEGABYTES * 1024 * 1024:
        raise SheetError("TOO_LARGE", limit=MEGABYTES)
    file = _geojson(data) if name.lower().endswith(MAPS) else _table(name, data)
    if len(file.blocks) > MOST:
        raise SheetError("TOO_MANY_ROWS", limit=MOST)
    _judge(file)
    return file


def _judge(file: File) -> None:
    first: dict[str, int] = {}
    for one in file.blocks:
        if not one.code:
            one.notes.append(("BLOCK_WITHOUT_ID", {}))
        elif first.setdefault(one.code, one.row) != one.row:
            one.notes.append(("TWICE", {"row": first[one.code]}))
        for text, most in ((one.code, 40), (one.name, 80), (one.town, 40)):
            if len(text) > most:
                one.notes.append(("TOO_LONG", {"most": most}))
        one.name = one.name or one.code
    beside = {code for pair in file.borders for code in pair}
    if len(file.blocks) > 1:
        file.warnings += [
            ("ISLAND", {"block": one.name})
            for one in file.blocks
            if one.code and not one.notes and one.code not in beside
        ]


def _table(name: str, data: bytes) -> File:
    blocks: dict[str, Given] = {}
    borders: dict[tuple[str, str], float] = {}
    wrong = []
    for row in read_table(name, data, COLUMNS).rows:
        code = row.values["code"]
        if row.spoilt:
            wrong.append(Given(row.number, code, notes=[(row.spoilt, {})]))
            continue
        if not code:
            wrong.append(Given(row.number, ""))
            continue
        one = blocks.setdefault(code, Given(row.number, code))
        one.name = one.name or row.values.get("name", "")
        one.town = one.town or row.values.get("town", "")
        for other in _several(row.values["neighbour"]):
            if other == code:
                one.notes.append(("ITS_OWN_NEIGHBOUR", {}))
                continue
            # Whoever is named only as a neighbour is a block as well.
            blocks.setdefault(other, Given(row.number, other))
            borders[_pair(code, other)] = 0.0
    return File([*blocks.values(), *wrong], borders)


def _several(cell: str) -> Iterator[str]:
    for sign in SEPARATORS[1:]:
        cell = cell.replace(sign, SEPARATORS[0])
    yield from filter(None, (part.strip() for part in cell.split(SEPARATORS[0])))


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _geojson(data: bytes) -> File:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise SheetError("NOT_GEOJSON") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise SheetError("NOT_GEOJSON")
    if not features:
        raise SheetError("EMPTY")
    blocks = [_feature(number, one) for number, one in enumerate(features, 1)]
    sound = [one for one in blocks if one.geometry and not one.notes and one.code]
    borders, warnings = _borders(sound)
    return File(blocks, borders, warnings)


def _feature(number: int, feature: Mapping[str, Any]) -> Given:
    own = feature.get("properties")
    cells = (
        {str(key).strip().casefold(): value for key, value in own.items()} if isinstance(own, dict) else {}
    )
    if "id" not in cells and "id" in feature:
        cells["id"] = feature["id"]

    def told(titles: Sequence[str]) -> str:
        value = next((cells[title] for title in titles if cells.get(title) not in (None, "")), "")
        return str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()

    one = Given(number, told(CODE), told(NAME), told(TOWN))
    try:
        parts = parts_of(feature.get("geometry"))
    except ShapeError as error:
        one.notes.append((error.code, {}))
    else:
        outlines = [[[list(point) for point in ring] for ring in part] for part in parts]
        one.geometry = {"type": "MultiPolygon", "coordinates": outlines}
    return one


def _borders(blocks: Sequence[Given]) -> tuple[dict[tuple[str, str], float], list[Note]]:
    """What lies beside what, and what a look at the map should mend."""
    if not blocks:
        return {}, []
    names = {one.code: one.name or one.code for one in blocks}
    try:
        drawn = draw([Shape(one.code, one.geometry, one.row) for one in blocks])
    except TerritoryError as error:
        if any(problem.code == "SHAPELY_MISSING" for problem in error.problems):
            pairs = common_lines([parts_of(one.geometry) for one in blocks])
            found = {_pair(blocks[first].code, blocks[second].code): 0.0 for first, second in pairs}
            return found, [("ONLY_COMMON_LINES", {})]
        rows = {one.row: one for one in blocks}
        for problem in error.problems:
            rows[int(problem.data["row"])].notes.append((problem.code, {}))
        return _borders([one for one in blocks if not one.notes])
    borders = {_pair(first, second): round(length, 1) for first, second, length in drawn.borders}
    warnings: list[Note] = [
        (
            problem.code,
            {
                "block": names[str(problem.data["block"])],
                "other": names.get(str(problem.data.get("other", "")), ""),
                "part": round(100 * float(problem.data.get("part", 0))),
            },
        )
        for problem in drawn.warnings
    ]
    return borders, warnings
