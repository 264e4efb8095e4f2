"""A steward's way through the day: whom to see, in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Q

from unionhall.apps.coverage.models import Block, ContactEntry, Enterprise, Office, Site, Stewardship
from unionhall.apps.coverage.queries.enterprises import like
from unionhall.apps.coverage.queries.points import metres_between
from unionhall.apps.coverage.queries.workload import TO_BE_WON
from unionhall.apps.people.models import Account, Person
from unionhall.engines.hours import minute_of, read_hours
from unionhall.engines.linkage import read_code
from unionhall.kernel.clock import CITY

MOST = 15
# Not needed on the way.
HEAVY = ("extra_sealed", "block__geometry")
SOON = timedelta(days=7)
_RUN = re.compile(r"[0-9A-Z]{18,}")
# How pressing a stop is: its day is over or has come; it comes within a week; nobody set one.
DUE, WEEK, ELSE = 0, 1, 2
OPEN, CLOSING, CLOSED = "OPEN", "CLOSING", "CLOSED"
# At a good pace, as the crow flies.
METRES_A_MINUTE = 75


class Opening(NamedTuple):
    """How it stands with the hours of a place: OPEN until a moment, CLOSING then, or CLOSED until then."""

    code: str
    at: datetime
    another_day: bool


class Stop(NamedTuple):
    """One place to go to, how far it is from the one before, where both stand on the map, and its hours."""

    here: Enterprise | Site
    pressing: int
    metres: int | None
    opening: Opening | None = None

    @property
    def is_site(self) -> bool:
        return isinstance(self.here, Site)


def blocks_held(person: Person) -> frozenset[int]:
    """Keys of the blocks that a person looks after."""
    mine = Stewardship.objects.filter(person=person, ends=None, block__closed_on=None)
    return frozenset(mine.values_list("block_id", flat=True))


def route(person: Person, at: datetime) -> list[Stop]:
    """The stops of a day: what is due, then what comes soon, then the most pressing; each time the nearest.

    What has no coordinates follows those of its kind that have; what would be closed when one gets there
    comes last of all.
    """
    now = at.astimezone(CITY)
    on = now.date()
    blocks = blocks_held(person)
    to_be_seen = Q(next_due__isnull=False, next_due__lte=on + SOON)
    here = Enterprise.objects.filter(block__in=blocks, gone="").select_related("block").defer(*HEAVY)
    there = (
        Site.objects.filter(block__in=blocks, closed_on=None).select_related("block").defer("block__geometry")
    )
    found: list[Enterprise | Site] = [
        *here.filter(to_be_seen).order_by("next_due", "-score", "pk")[:MOST],
        *there.filter(to_be_seen).order_by("next_due", "pk")[:MOST],
    ]
    found.sort(key=lambda one: (one.next_due or date.max, one.pk))
    found = found[:MOST]
    if len(found) < MOST:
        others = here.filter(state__in=TO_BE_WON, next_due=None).exclude(last_contact_on=on)
        found += others.order_by("-score", "pk")[: MOST - len(found)]
    return _in_order(found, _start(blocks), now)


def _start(blocks: frozenset[int]) -> tuple[float, float] | None:
    office = Office.objects.filter(union__blocks__in=blocks).order_by("pk").first()
    return (float(office.latitude), float(office.longitude)) if office else None


def _pressing(one: Enterprise | Site, on: date) -> int:
    if one.next_due is None:
        return ELSE
    return DUE if one.next_due <= on else WEEK


def _in_order(
    found: Iterable[Enterprise | Site], start: tuple[float, float] | None, now: datetime
) -> list[Stop]:
    waiting: dict[int, list[Enterprise | Site]] = {DUE: [], WEEK: [], ELSE: []}
    for one in found:
        waiting[_pressing(one, now.date())].append(one)
    walk = _Walk(start, now)
    for pressing, group in waiting.items():
        walk.go(pressing, group, only_open=True)
    for pressing, group in waiting.items():
        walk.go(pressing, group, only_open=False)
    return walk.stops


class _Walk:
    """From stop to stop: where one is, and what time it is then, visits themselves not counted."""

    def __init__(self, start: tuple[float, float] | None, now: datetime) -> None:
        self.began = self.now = now.replace(second=0, microsecond=0)
        self.at = start
        self.stops: list[Stop] = []

    def go(self, pressing: int, group: list[Enterprise | Site], *, only_open: bool) -> None:
        """To places of a group, each time the nearest; those that one went to are taken out of it."""
        while reached := [(one, self._opening(one)) for one in group]:
            if only_open:
                reached = [(one, told) for one, told in reached if told is None or told.code == OPEN]
            if not reached:
                return
            near, told = min(reached, key=self._nearness)
            there, metres = point_of(near), _far(self.at, near)
            self.stops.append(Stop(near, pressing, metres if self.at and there else None, told))
            self.now += _walk(metres)
            self.at = there or self.at
            group.remove(near)

    def _nearness(self, reached: tuple[Enterprise | Site, Opening | None]) -> tuple[bool, int, int]:
        one, _told = reached
        return (False, _far(self.at, one), one.pk) if point_of(one) else (True, 0, 0)

    def _opening(self, one: Enterprise | Site) -> Opening | None:
        """What its hours say of the moment in which one gets there; None where there are none."""
        hours = _hours(one.opening_hours) if one.opening_hours else None
        if hours is None or hours.always:
            return None
        there = self.now + _walk(_far(self.at, one))
        if (left := hours.open_until(minute_of(there))) is not None:
            return self._told(OPEN, there, left)
        if (left := hours.open_until(minute_of(self.began))) is not None:
            return self._told(CLOSING, self.began, left)
        return self._told(CLOSED, self.began, hours.opens_in(minute_of(self.began)))

    def _told(self, code: str, since: datetime, minutes: int) -> Opening:
        at = since + timedelta(minutes=minutes)
        return Opening(code, at, at.date() != self.began.date())


# At every stop all places that are left are looked at; their hours are the same each time.
_hours = lru_cache(maxsize=1024)(read_hours)


def _walk(metres: int) -> timedelta:
    return timedelta(minutes=metres // METRES_A_MINUTE)


def point_of(one: Enterprise | Site) -> tuple[float, float] | None:
    """Where something stands, as (latitude, longitude)."""
    if one.latitude is None or one.longitude is None:
        return None
    return float(one.latitude), float(one.longitude)


def _far(at: tuple[float, float] | None, one: Enterprise | Site) -> int:
    there = point_of(one)
    return metres_between(at, there) if at and there else 0


def noted_today(account: Account, on: date) -> list[ContactEntry]:
    """What an account noted on a day, the latest first."""
    rows = ContactEntry.objects.filter(account=account, on=on).select_related("enterprise", "site")
    return list(rows.defer("enterprise__extra_sealed").order_by("-pk")[:50])


class Looked(NamedTuple):
    """What a steward's search found: the code that was read, and the enterprises."""

    code: str
    rows: list[Enterprise]


def look_up(person: Person, text: str, most: int = 10) -> Looked:
    """Enterprises of the grounds in which a person looks after blocks, by number or by part of the name."""
    code = code_in(text)
    words = code or text.strip()
    if not words:
        return Looked("", [])
    grounds = Block.objects.filter(pk__in=blocks_held(person)).values("ground_id")
    rows = Enterprise.objects.filter(like(words), ground__in=grounds, gone="").select_related("block")
    return Looked(code, list(rows.defer(*HEAVY).order_by("-score", "pk")[:most]))


def code_in(text: str) -> str:
    """The credit code in what a licence's QR code says, or in what was typed; empty where there is none."""
    typed = text.strip().upper()
    if code := read_code(typed).credit:
        return code
    # A licence's QR code is an address of the register that holds the code somewhere.
    for run in _RUN.findall(typed):
        for start in range(len(run) - 17):
            read = read_code(run[start : start + 18])
            if read.credit and not read.problem:
                return read.credit
    return ""
