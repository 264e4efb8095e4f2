"""Hours written again: whatever is written here is read as what it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from unionhall.engines.hours.reading import CHINESE, NIGHT
from unionhall.engines.hours.week import DAY, Hours


@dataclass(frozen=True)
class _Style:
    days: Sequence[str]
    to: str
    between_days: str
    every_day: str
    dash: str
    between_spans: str
    between_rules: str
    all_day: str


_CODES = _Style(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), "-", ",", "", "-", ",", "; ", "00:00-24:00")
_CHINESE = _Style([f"周{one}" for one in CHINESE], "至", "、", "每天", "–", "、", "；", "24小时")


def in_codes(hours: Hours) -> str:
    """By codes of the days, as it is kept: ``Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-16:00``."""
    return _written(hours, _CODES)


def in_chinese(hours: Hours) -> str:
    """As it stands in a sheet and on pages: 周一至周五 09:00–12:00、13:00–18:00；周六 10:00–16:00."""
    return _written(hours, _CHINESE)


def _written(hours: Hours, style: _Style) -> str:
    days = _by_day(hours)
    groups: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for day, spans in enumerate(days):
        if spans:
            groups.setdefault(tuple(spans), []).append(day)
    rules = []
    for told, those in groups.items():
        times = style.between_spans.join(
            style.all_day if span == (0, DAY) else f"{_clock(span[0])}{style.dash}{_clock(span[1])}"
            for span in told
        )
        named = style.every_day if len(those) == len(days) else _days(those, style)
        rules.append(f"{named} {times}".strip())
    return style.between_rules.join(rules)


def _by_day(hours: Hours) -> list[list[tuple[int, int]]]:
    """The spans of each day; one that runs through a night stays whole, a longer one is cut at midnight."""
    days: list[list[tuple[int, int]]] = [[] for _day in range(7)]
    for start, end in hours.spans:
        at = start
        while at < end:
            midnight = (at // DAY + 1) * DAY
            night = end - at <= NIGHT and end - midnight < DAY and at % DAY and end > midnight
            until = end if night else min(end, midnight)
            days[at // DAY % 7].append((at % DAY, until - at + at % DAY))
            at = until
    return [sorted(one) for one in days]


def _days(days: Sequence[int], style: _Style) -> str:
    """Neighbouring days from three on as a run."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    name: Callable[[int], str] = style.days.__getitem__
    return style.between_days.join(
        f"{name(run[0])}{style.to}{name(run[-1])}"
        if len(run) > 2
        else style.between_days.join(map(name, run))
        for run in runs
    )


def _clock(minute: int) -> str:
    return (
        f"{minute // 60:02}:{minute % 60:02}"
        if minute <= DAY
        else f"{(minute - DAY) // 60:02}:{minute % 60:02}"
    )
