"""Where a person stands, read from the entries of the ledger alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from unionhall.apps.membership.codes import EventKind, Standing
from unionhall.apps.membership.models import MembershipEvent
from unionhall.apps.people.models import Person

# What may follow on what. Whoever joined elsewhere enters our ledger by being transferred in.
NEXT: dict[Standing, dict[EventKind, Standing]] = {
    Standing.NONE: {EventKind.JOIN: Standing.MEMBER, EventKind.TRANSFER_IN: Standing.MEMBER},
    Standing.MEMBER: {
        EventKind.TRANSFER_OUT: Standing.MOVING,
        EventKind.RETAIN: Standing.RETAINED,
        EventKind.LEAVE: Standing.ENDED,
        EventKind.REMOVE: Standing.ENDED,
    },
    Standing.MOVING: {EventKind.TRANSFER_IN: Standing.MEMBER},
    Standing.RETAINED: {
        EventKind.RESTORE: Standing.MEMBER,
        EventKind.LEAVE: Standing.ENDED,
        EventKind.REMOVE: Standing.ENDED,
    },
    # Joined once: whoever comes back is restored, and counts as restored.
    Standing.ENDED: {EventKind.RESTORE: Standing.MEMBER},
}


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger, as far as it decides where a person stands."""

    key: int
    kind: EventKind
    union: int
    on: date
    corrects: int | None = None


@dataclass(frozen=True)
class Stand:
    """Where a person stands: with which union (key), since when, and first joined on which day."""

    standing: Standing = Standing.NONE
    union: int | None = None
    since: date | None = None
    joined_on: date | None = None

    def after(self, entry: Entry) -> Stand:
        """Where the person stands after one more entry; ValueError when it may not follow."""
        standing = NEXT[self.standing].get(entry.kind)
        if standing is None:
            raise ValueError(f"{entry.kind} may not follow on {self.standing}")
        if self.since is not None and entry.on < self.since:
            raise ValueError(f"an entry of {entry.on} may not follow on one of {self.since}")
        joined = self.joined_on if entry.kind != EventKind.JOIN else entry.on
        ended = standing in (Standing.ENDED, Standing.MOVING)
        return replace(
            self,
            standing=standing,
            union=None if ended else entry.union,
            since=entry.on,
            joined_on=joined,
        )


def in_force(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that count: neither corrected nor corrections."""
    listed = list(entries)
    corrected = {entry.corrects for entry in listed if entry.kind == EventKind.CORRECT}
    return [entry for entry in listed if entry.kind != EventKind.CORRECT and entry.key not in corrected]


def standing_of(entries: Iterable[Entry]) -> Stand:
    """Where the entries of one person, in the order of their writing, leave that person."""
    stand = Stand()
    for entry in in_force(entries):
        stand = stand.after(entry)
    return stand


def entries_of(person: Person) -> list[Entry]:
    """A person's entries in the order of their writing."""
    rows = MembershipEvent.objects.filter(person=person).order_by("pk")
    return [
        Entry(key, EventKind(kind), union, on, corrects)
        for key, kind, union, on, corrects in rows.values_list("pk", "kind", "union_id", "on", "corrects_id")
    ]
