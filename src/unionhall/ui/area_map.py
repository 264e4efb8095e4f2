"""Maps of areas drawn by the server, each in the colour and with the number of whoever has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

WIDTH, MARGIN, DEGREE = 960, 12, 111_195
TONES = 12
# More numbers than these would cover the map.
MOST_NUMBERS = 160

# Rings of (longitude, latitude): outlines and holes of all parts.
Rings = Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Area:
    """One area: its rings, a point in it, the place of its owner in the list, what it is, and its page."""

    rings: Rings
    middle: tuple[float, float]
    owner: int
    text: str
    address: str = ""
    marked: bool = False


@dataclass(frozen=True)
class DrawnArea:
    """An area as it is drawn; ``number`` is empty where there is no room for it."""

    tone: int
    path: str
    x: str
    y: str
    number: str
    text: str
    address: str
    marked: bool


@dataclass(frozen=True)
class AreaMap:
    """Areas on a plane, north up; a bar of so many units is so many metres."""

    areas: Sequence[DrawnArea]
    width: int
    height: int
    foot: int
    bar: str
    metres: int


def tone_of(owner: int) -> int:
    """The colour of whoever stands at a place in the list; -1, nobody, has none."""
    return owner % TONES if owner >= 0 else TONES


def area_map(areas: Sequence[Area]) -> AreaMap:
    """A map of areas no farther apart than a city: degrees as a plane, true in the middle."""
    points = [point for area in areas for ring in area.rings for point in ring]
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    narrower = cos(radians((south + north) / 2))
    wide = max((east - west) * narrower * DEGREE, 1.0)
    tall = max((north - south) * DEGREE, 1.0)
    inner = WIDTH - 2 * MARGIN
    scale = min(inner / wide, inner / tall)
    left, height = (WIDTH - wide * scale) / 2, round(tall * scale) + 2 * MARGIN + 30

    def place(point: tuple[float, float]) -> tuple[str, str]:
        return (
            f"{left + (point[0] - west) * narrower * DEGREE * scale:.1f}",
            f"{MARGIN + (north - point[1]) * DEGREE * scale:.1f}",
        )

    numbered = len(areas) <= MOST_NUMBERS
    drawn = []
    for area in areas:
        path = "".join(
            "M" + "L".join(" ".join(place(point)) for point in ring[:-1]) + "Z" for ring in area.rings
        )
        x, y = place(area.middle)
        number = str(area.owner + 1) if numbered and area.owner >= 0 else ""
        drawn.append(DrawnArea(tone_of(area.owner), path, x, y, number, area.text, area.address, area.marked))
    # Marked ones last, so that no neighbour's line lies over theirs.
    drawn.sort(key=lambda one: one.marked)
    metres = max(
        (n * 10**power for power in range(6) for n in (1, 2, 5) if n * 10**power * scale <= WIDTH / 5),
        default=1,
    )
    return AreaMap(drawn, WIDTH, height, height - 8, f"{metres * scale:.1f}", metres)
