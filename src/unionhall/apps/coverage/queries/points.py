"""How many points an enterprise has, and for what: a pure function of a few facts, a rule and a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

# The rule that ships; a union that publishes its own changes any of these numbers.
SHIPPED: Mapping[str, int] = {
    "many_from": 25,
    "many": 30,
    "large_from": 100,
    "large": 10,
    "funds": 25,
    "new_employment": 20,
    "near_metres": 1000,
    "near": 10,
    "far_metres": 3000,
    "far": 5,
    "waiting_days": 30,
    "waiting": 3,
    "waiting_most": 15,
    "refused": -10,
}
# What counts in a rule, and what only says from where on something counts.
WEIGHTS = ("many", "large", "funds", "new_employment", "near", "far", "waiting", "waiting_most", "refused")
BOUNDS = ("many_from", "large_from", "near_metres", "far_metres", "waiting_days")
EARTH = 6_371_000


@dataclass(frozen=True)
class Facts:
    """What priority goes by. ``open`` is false of whoever is covered, need not found a union, or is gone."""

    open: bool
    headcount: int | None = None
    funds: bool = False
    new_employment: int | None = None
    metres: int | None = None
    last_contact: date | None = None
    refused: bool = False


class Part(NamedTuple):
    """One line of the waterfall: its code, its points, and the figure behind it."""

    code: str
    points: int
    figure: int | None = None


@dataclass(frozen=True)
class Scored:
    """The parts in order, their sum, and the day on which the sum changes by itself."""

    parts: tuple[Part, ...]
    total: int
    until: date | None = None


def score(facts: Facts, rule: Mapping[str, int], on: date) -> Scored:
    """An enterprise's points on a day. Whoever has nothing to be founded has none."""
    if not facts.open:
        return Scored((), 0)
    parts = [*_by_size(facts, rule), *_by_work(facts, rule), *_by_distance(facts, rule)]
    waited, until = _by_waiting(facts, rule, on)
    parts += waited
    if facts.refused:
        parts.append(Part("refused", rule["refused"]))
    return Scored(tuple(parts), sum(part.points for part in parts), until)


def _by_size(facts: Facts, rule: Mapping[str, int]) -> list[Part]:
    count = facts.headcount
    return [
        Part(code, rule[code], count)
        for code in ("many", "large")
        if count is not None and count >= rule[f"{code}_from"]
    ]


def _by_work(facts: Facts, rule: Mapping[str, int]) -> list[Part]:
    parts = [Part("funds", rule["funds"])] if facts.funds else []
    if facts.new_employment:
        # Rounded half up, in whole numbers.
        points = (2 * rule["new_employment"] * facts.new_employment + 100) // 200
        parts.append(Part("new_employment", points, facts.new_employment))
    return parts


def _by_distance(facts: Facts, rule: Mapping[str, int]) -> list[Part]:
    if facts.metres is None:
        return []
    for code in ("near", "far"):
        if facts.metres <= rule[f"{code}_metres"]:
            return [Part(code, rule[code], facts.metres)]
    return []


def _by_waiting(facts: Facts, rule: Mapping[str, int], on: date) -> tuple[list[Part], date | None]:
    """Points for each full span without contact, up to a most; never seen counts as the most."""
    most = rule["waiting_most"]
    if facts.last_contact is None:
        return [Part("never", most)], None
    days = max(0, (on - facts.last_contact).days)
    spans = days // rule["waiting_days"]
    points = min(most, spans * rule["waiting"])
    next_day = facts.last_contact + timedelta(days=(spans + 1) * rule["waiting_days"])
    return ([Part("waiting", points, days)] if points else []), next_day if points < most and rule[
        "waiting"
    ] else None


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> int:
    """The distance of two points given as (latitude, longitude), over the ground."""
    (north, east), (north2, east2) = ((radians(x), radians(y)) for x, y in (a, b))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return round(2 * EARTH * asin(min(1, sqrt(half))))
