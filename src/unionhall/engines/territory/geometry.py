"""What lies beside what, from polygons: common lines, areas, outlines. Needs shapely."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from unionhall.engines.territory.problems import Problem, TerritoryError

# Lines that lie nearer than this part of a usual block's width are one line; what is drawn twice never quite
# agrees. A common line shorter than SHORTEST of these is a corner.
SLACK = 0.002
SHORTEST = 4
# Blocks that share more than this part of the smaller one are said to overlap.
OVERLAP = 0.05
METRES = 111_320


@dataclass(frozen=True)
class Shape:
    """A block's polygon as GeoJSON gives it."""

    block: str
    geometry: Any
    row: int


@dataclass(frozen=True)
class Drawn:
    """Areas and outlines in the order of the shapes, the common lines of neighbours, and what was mended."""

    areas: tuple[float, ...]
    perimeters: tuple[float, ...]
    borders: tuple[tuple[str, str, float], ...]
    warnings: tuple[Problem, ...]


def draw(shapes: Sequence[Shape]) -> Drawn:
    """Measure polygons; degrees become metres. Rings that cross themselves are mended and told.

    Raises TerritoryError: GEOMETRY_MISSING, GEOMETRY_KIND, SHAPELY_MISSING.
    """
    try:
        import shapely
    except ImportError as error:
        raise TerritoryError([Problem("SHAPELY_MISSING")]) from error
    polygons, warnings = _polygons(shapes)
    array = shapely.transform(polygons, _to_metres(shapely.total_bounds(polygons)))
    width = float(sorted(math.sqrt(area) for area in shapely.area(array))[len(array) // 2])
    near = SLACK * width
    first, second = shapely.STRtree(array).query(array, predicate="dwithin", distance=near)
    pairs = sorted((int(a), int(b)) for a, b in zip(first, second, strict=True) if a < b)
    left, right = [a for a, _b in pairs], [b for _a, b in pairs]
    lines, thick = shapely.boundary(array), shapely.buffer(array, near)
    # Measured from both sides, for a ragged line is longer than a straight one.
    lengths = (
        shapely.length(shapely.intersection(lines[left], thick[right]))
        + shapely.length(shapely.intersection(lines[right], thick[left]))
    ) / 2
    areas = shapely.area(array)
    common = shapely.area(shapely.intersection(array[left], array[right]))
    for (a, b), shared in zip(pairs, common, strict=True):
        part = float(shared) / (min(float(areas[a]), float(areas[b])) or 1)
        if part > OVERLAP:
            warnings.append(
                Problem(
                    "BLOCKS_OVERLAP",
                    {"row": shapes[a].row, "block": shapes[a].block, "other": shapes[b].block, "part": part},
                )
            )
    return Drawn(
        tuple(map(float, areas)),
        tuple(map(float, shapely.length(array))),
        tuple(
            (shapes[a].block, shapes[b].block, float(length))
            for (a, b), length in zip(pairs, lengths, strict=True)
            if length > SHORTEST * near
        ),
        tuple(warnings),
    )


def _polygons(shapes: Sequence[Shape]) -> tuple[Any, list[Problem]]:
    import numpy as np
    import shapely
    from shapely.geometry import shape

    polygons, warnings, problems = [], [], []
    for one in shapes:
        where: dict[str, str | int | float] = {"row": one.row, "block": one.block}
        try:
            polygon = shape(one.geometry) if one.geometry else None
        except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            polygon = None
        if polygon is None or polygon.is_empty:
            problems.append(Problem("GEOMETRY_MISSING", where))
            continue
        if polygon.geom_type not in {"Polygon", "MultiPolygon"}:
            problems.append(Problem("GEOMETRY_KIND", {**where, "kind": polygon.geom_type}))
            continue
        if not polygon.is_valid:
            warnings.append(Problem("RING_MENDED", {**where, "why": shapely.is_valid_reason(polygon)}))
            polygon = shapely.make_valid(polygon, method="structure", keep_collapsed=False)
            if polygon.is_empty or not polygon.area:
                problems.append(Problem("GEOMETRY_MISSING", where))
                continue
        polygons.append(polygon)
    if problems:
        raise TerritoryError(problems)
    return np.array(polygons, dtype=object), warnings


def _to_metres(bounds: Any) -> Any:
    """Degrees to metres around the middle of the ground; what are no degrees stays as it is."""
    west, south, east, north = map(float, bounds)
    if west < -180 or east > 180 or south < -90 or north > 90:
        return lambda points: points
    across = math.cos(math.radians((south + north) / 2))
    return lambda points: points * (METRES * across, METRES)
