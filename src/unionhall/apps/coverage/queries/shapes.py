"""Polygons in plain Python: what lies where, so that nobody needs a library to find a shop's block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

Point = tuple[float, float]
Ring = tuple[Point, ...]
# Each part is its outline and its holes.
Parts = tuple[tuple[Ring, ...], ...]
CELLS = 64
# Coordinates of one corner agree to this many places (some 10 cm).
PLACES = 6


class ShapeError(ValueError):
    """Why a geometry is no block: GEOMETRY_MISSING, GEOMETRY_KIND, GEOMETRY_RING or NOT_DEGREES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parts_of(geometry: Any) -> Parts:
    """The outlines and holes of a GeoJSON Polygon or MultiPolygon, as (longitude, latitude)."""
    if not isinstance(geometry, Mapping):
        raise ShapeError("GEOMETRY_MISSING")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise ShapeError("GEOMETRY_KIND")
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list) or not parts or not all(isinstance(part, list) and part for part in parts):
        raise ShapeError("GEOMETRY_RING")
    return tuple(tuple(_ring(ring) for ring in part) for part in parts)


def _ring(ring: Any) -> Ring:
    try:
        points = tuple((float(point[0]), float(point[1])) for point in ring)
    except (TypeError, ValueError, IndexError):
        raise ShapeError("GEOMETRY_RING") from None
    if len(set(points)) < 3:
        raise ShapeError("GEOMETRY_RING")
    if not all(abs(x) <= 180 and abs(y) <= 90 for x, y in points):
        raise ShapeError("NOT_DEGREES")
    return points if points[0] == points[-1] else (*points, points[0])


def contains(parts: Parts, point: Point) -> bool:
    """Whether a point lies in an outline and in none of its holes."""
    return any(_in_ring(outline, point) and not any(_in_ring(hole, point) for hole in holes)
               for outline, *holes in parts)  # fmt: skip


def _in_ring(ring: Ring, point: Point) -> bool:
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


class Box(NamedTuple):
    """What encloses a shape."""

    west: float
    south: float
    east: float
    north: float


def box_of(parts: Parts) -> Box:
    """The box around a shape."""
    xs = [x for outline, *_holes in parts for x, _y in outline]
    ys = [y for outline, *_holes in parts for _x, y in outline]
    return Box(min(xs), min(ys), max(xs), max(ys))


def middle(parts: Parts) -> Point:
    """A point for a label: the centre of the largest part's area, which may lie outside a bent one."""
    return max((_centre(outline) for outline, *_holes in parts), key=lambda one: one[0])[1]


def _centre(ring: Ring) -> tuple[float, Point]:
    x0, y0 = ring[0]
    twice = cx = cy = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        twice += cross
        cx += cross * ((x1 - x0) + (x2 - x0)) / 3
        cy += cross * ((y1 - y0) + (y2 - y0)) / 3
    return abs(twice), (x0 + cx / twice, y0 + cy / twice) if twice else (x0, y0)


class Atlas:
    """Shapes by key, found by a point; the lowest key where two overlap."""

    def __init__(self, shapes: Iterable[tuple[int, Any]]) -> None:
        self._parts = {key: parts_of(geometry) for key, geometry in sorted(shapes, key=lambda one: one[0])}
        boxes = {key: box_of(parts) for key, parts in self._parts.items()}
        self._cells: dict[tuple[int, int], list[int]] = {}
        if not boxes:
            return
        self._west = min(box.west for box in boxes.values())
        self._south = min(box.south for box in boxes.values())
        self._wide = (max(box.east for box in boxes.values()) - self._west) / CELLS or 1.0
        self._tall = (max(box.north for box in boxes.values()) - self._south) / CELLS or 1.0
        for key, box in boxes.items():
            (left, low), (right, high) = self._cell(box.west, box.south), self._cell(box.east, box.north)
            for column in range(left, right + 1):
                for row in range(low, high + 1):
                    self._cells.setdefault((column, row), []).append(key)

    def _cell(self, x: float, y: float) -> tuple[int, int]:
        return int((x - self._west) // self._wide), int((y - self._south) // self._tall)

    def at(self, latitude: float, longitude: float) -> int | None:
        """The key of the shape in which a point lies, or None."""
        if not self._cells:
            return None
        point = (longitude, latitude)
        near = self._cells.get(self._cell(*point), ())
        return next((key for key in near if contains(self._parts[key], point)), None)


def common_lines(shapes: Sequence[Parts]) -> Iterator[tuple[int, int]]:
    """Pairs of shapes that share a line between the same two corners: all that is seen without shapely."""
    holders: dict[frozenset[Point], list[int]] = {}
    for number, parts in enumerate(shapes):
        for ring in (ring for part in parts for ring in part):
            corners = [(round(x, PLACES), round(y, PLACES)) for x, y in ring]
            for pair in pairwise(corners):
                line = frozenset(pair)
                if len(line) == 2 and number not in holders.setdefault(line, []):
                    holders[line].append(number)
    seen = {(one, other) for held in holders.values() for one in held for other in held if one < other}
    yield from sorted(seen)
