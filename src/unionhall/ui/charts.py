"""Small charts drawn by the server as SVG: no script, sharp in print; the table stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import cos, radians


@dataclass(frozen=True)
class Mark:
    """One value: how its series is drawn, and where it stands between the edges, as a percentage."""

    form: str
    at: str
    text: str
    y: str = "13"


@dataclass(frozen=True)
class Strip:
    """One line of a chart."""

    label: str
    marks: Sequence[Mark]
    height: str = "26"


@dataclass(frozen=True)
class StripChart:
    """Values on one common axis, a line for each row; series are (form, name), ticks (percentage, number)."""

    series: Sequence[tuple[str, str]]
    ticks: Sequence[tuple[str, str]]
    strips: Sequence[Strip]


@dataclass(frozen=True)
class Segment:
    """A part of a bar: how its series is drawn, where it begins and how long it is, as percentages."""

    form: str
    at: str
    width: str
    text: str


@dataclass(frozen=True)
class Bar:
    """One bar; its total is written at its end."""

    label: str
    segments: Sequence[Segment]
    total: int
    end: str


@dataclass(frozen=True)
class BarChart:
    """Counts as bars from one line, each made up of the same series; series are (form, name)."""

    series: Sequence[tuple[str, str]]
    bars: Sequence[Bar]


def bar_chart(series: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> BarChart:
    """A chart of ``rows``, each a label with one count for each series.

    The longest bar takes nine tenths of the width, so that its total has room.
    """
    longest = max([sum(counts) for _label, counts in rows], default=0) or 1
    scale = Decimal(90) / longest
    return BarChart(
        series=[(str(number), name) for number, name in enumerate(series, start=1)],
        bars=[
            Bar(
                label,
                [
                    Segment(
                        str(number + 1),
                        f"{sum(counts[:number]) * scale:.2f}%",
                        f"{count * scale:.2f}%",
                        f"{series[number]} {count}",
                    )
                    for number, count in enumerate(counts)
                    if count
                ],
                sum(counts),
                f"{sum(counts) * scale:.2f}%",
            )
            for label, counts in rows
        ],
    )


def waterfall_chart(series: tuple[str, str, str], rows: Sequence[tuple[str, int]]) -> BarChart:
    """Points that add up: each of ``rows`` begins where the one before it ended; last stands the sum.

    ``series`` says what adds, what takes away, and what the sum is. The farthest end takes nine tenths of the
    width; what would fall below 0 is drawn from there.
    """
    adds, takes, sum_ = series
    ends = [0]
    for _label, points in rows:
        ends.append(ends[-1] + points)
    scale = Decimal(90) / max(1, *ends)
    bars = []
    for (label, points), start in zip(rows, ends, strict=False):
        low, high = sorted((max(0, start), max(0, start + points)))
        bars.append(
            _span(
                label, "1" if points >= 0 else "3", adds if points >= 0 else takes, low, high, points, scale
            )
        )
    total = ends[-1]
    bars.append(_span(sum_, "2", sum_, 0, max(0, total), total, scale))
    return BarChart(series=[("1", adds), ("3", takes), ("2", sum_)], bars=bars)


def _span(label: str, form: str, name: str, low: int, high: int, value: int, scale: Decimal) -> Bar:
    segment = Segment(form, f"{low * scale:.2f}%", f"{(high - low) * scale:.2f}%", f"{name} {value}")
    return Bar(label, [segment], value, f"{high * scale:.2f}%")


def strip_chart(series: Sequence[str], rows: Sequence[tuple[str, Sequence[Decimal | None]]]) -> StripChart:
    """A chart of ``rows``, each a label with one value for each series, or None where there is none.

    The axis runs between round numbers around the values, cut at most into six parts; the last series is
    the one that matters and is drawn above the others.
    """
    axis = _Axis([value for _label, line in rows for value in line if value is not None])
    forms = [*(str(n) for n in range(1, len(series))), "main"]
    return StripChart(
        series=list(zip(forms, series, strict=True)),
        ticks=axis.ticks,
        strips=[
            Strip(
                label,
                [
                    Mark(forms[number], axis.place(value), f"{series[number]} {value}")
                    for number, value in enumerate(line)
                    if value is not None
                ],
            )
            for label, line in rows
        ],
    )


# How far apart two dots must stand not to touch on a phone, as a percentage; and how high a stack may grow.
DOT, STACK = Decimal(4), 66


def dot_chart(name: str, own: str, rows: Sequence[tuple[str, Sequence[tuple[Decimal, bool]]]]) -> StripChart:
    """A dot for each mark, stacked where they meet; marks with True are the reader's own and stand out."""
    axis = _Axis([value for _label, marks in rows for value, _own in marks])
    series = [("1", name)]
    if any(mine for _label, marks in rows for _value, mine in marks):
        series.append(("main", own))
    return StripChart(
        series=series,
        ticks=axis.ticks,
        strips=[_stacked(label, marks, axis, name, own) for label, marks in rows],
    )


def _stacked(label: str, marks: Sequence[tuple[Decimal, bool]], axis: _Axis, name: str, own: str) -> Strip:
    last: list[Decimal] = []  # on each level the place of the last dot
    levels = []
    # Of equal marks the own one lies lowest, where it is found at once.
    ordered = sorted(marks, key=lambda mark: (mark[0], not mark[1]))
    for value, _mine in ordered:
        place = axis.percentage(value)
        level = next((n for n, before in enumerate(last) if place - before >= DOT), len(last))
        last[level : level + 1] = [place]
        levels.append(level)
    gap = min(11, STACK // max(1, len(last)))
    height = 26 + gap * max(0, len(last) - 1)
    return Strip(
        label,
        [
            Mark(
                "main" if mine else "1",
                axis.place(value),
                f"{own if mine else name} {value}",
                str(height - 13 - gap * level),
            )
            for (value, mine), level in zip(ordered, levels, strict=True)
        ],
        str(height),
    )


class _Axis:
    """A common axis between round numbers around the values."""

    def __init__(self, values: Sequence[Decimal]) -> None:
        low, high = min(values, default=Decimal(0)), max(values, default=Decimal(1))
        if low == high:  # all alike: they stand in the middle, not at the edge of a hundredth
            low, high = low - 1, high + 1
        self.low, self.step, self.parts = _round_ends(low, high)

    def percentage(self, value: Decimal) -> Decimal:
        return (value - self.low) / (self.step * self.parts) * 100

    def place(self, value: Decimal) -> str:
        return f"{self.percentage(value):.2f}%"

    @property
    def ticks(self) -> list[tuple[str, str]]:
        numbers = [self.low + self.step * n for n in range(self.parts + 1)]
        return [(self.place(number), f"{number.normalize():f}") for number in numbers]


def _round_ends(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal, int]:
    """(first tick, step, number of parts) with a step of 1, 2 or 5 times a power of ten."""
    step = Decimal("0.01")
    while True:
        for factor in (1, 2, 5):
            here = step * factor
            first = (low / here).to_integral_value(ROUND_FLOOR)
            last = (high / here).to_integral_value(ROUND_CEILING)
            if last - first <= 6:
                return first * here, here, max(1, int(last - first))
        step *= 10


@dataclass(frozen=True)
class Spot:
    """One thing on a map: how it is drawn, where it stands in degrees, what it is, and its page."""

    form: str
    latitude: float
    longitude: float
    text: str
    address: str = ""


@dataclass(frozen=True)
class PlacedSpot:
    """A spot where it is drawn."""

    form: str
    x: str
    y: str
    text: str
    address: str


@dataclass(frozen=True)
class PointMap:
    """Spots on a plane, north up; series are (form, name). A bar of so many units is so many metres."""

    series: Sequence[tuple[str, str]]
    spots: Sequence[PlacedSpot]
    width: int
    height: int
    foot: int
    bar: str
    metres: int


# Units of a map's width and least height, the margin around its spots, and metres in a degree of latitude.
WIDTH, LEAST, MARGIN, DEGREE = 960, 360, 30, 111_195


def point_map(series: Sequence[tuple[str, str]], spots: Sequence[Spot]) -> PointMap:
    """A map of spots that lie no farther apart than a city: degrees as a plane, true in the middle.

    All of it fits into the width; the height follows from the spots, up to that of the width.
    """
    south, north = min(one.latitude for one in spots), max(one.latitude for one in spots)
    west, east = min(one.longitude for one in spots), max(one.longitude for one in spots)
    narrower = cos(radians((south + north) / 2))
    wide = max((east - west) * narrower * DEGREE, 1.0)
    tall = max((north - south) * DEGREE, 1.0)
    inner = WIDTH - 2 * MARGIN
    scale = min(inner / wide, inner / tall)
    height = max(LEAST, round(tall * scale) + 2 * MARGIN)
    left = (WIDTH - wide * scale) / 2
    top = (height - tall * scale) / 2
    placed = [
        PlacedSpot(
            one.form,
            f"{left + (one.longitude - west) * narrower * DEGREE * scale:.1f}",
            f"{top + (north - one.latitude) * DEGREE * scale:.1f}",
            one.text,
            one.address,
        )
        for one in spots
    ]
    # The longest round length that is no more than a fifth of the width.
    metres = max(
        (n * 10**power for power in range(6) for n in (1, 2, 5) if n * 10**power * scale <= WIDTH / 5),
        default=1,
    )
    return PointMap(series, placed, WIDTH, height, height - 16, f"{metres * scale:.1f}", metres)
