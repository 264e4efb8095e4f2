"""Small charts drawn by the server as SVG: no script, sharp in print; the table stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal


@dataclass(frozen=True)
class Mark:
    """One value: how its series is drawn, and where it stands between the edges, as a percentage."""

    form: str
    at: str
    text: str


@dataclass(frozen=True)
class Strip:
    """One line of a chart."""

    label: str
    marks: Sequence[Mark]


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


def strip_chart(series: Sequence[str], rows: Sequence[tuple[str, Sequence[Decimal | None]]]) -> StripChart:
    """A chart of ``rows``, each a label with one value for each series, or None where there is none.

    The axis runs between round numbers around the values, cut at most into six parts; the last series is
    the one that matters and is drawn above the others.
    """
    values = [value for _label, line in rows for value in line if value is not None]
    low, step, parts = _axis(min(values), max(values)) if values else (Decimal(0), Decimal(1), 1)
    width = step * parts

    def percentage(value: Decimal) -> str:
        return f"{(value - low) / width * 100:.2f}%"

    forms = [*(str(n) for n in range(1, len(series))), "main"]
    return StripChart(
        series=list(zip(forms, series, strict=True)),
        ticks=[(percentage(low + step * n), f"{(low + step * n).normalize():f}") for n in range(parts + 1)],
        strips=[
            Strip(
                label,
                [
                    Mark(forms[number], percentage(value), f"{series[number]} {value}")
                    for number, value in enumerate(line)
                    if value is not None
                ],
            )
            for label, line in rows
        ],
    )


def _axis(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal, int]:
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
