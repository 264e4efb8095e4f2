"""What a change would do to ranks and prizes, before it is in force."""

from __future__ import annotations

from dataclasses import dataclass

from unionhall.apps.contests.models import Correction, Entry
from unionhall.apps.contests.queries import counting, rulebooks
from unionhall.engines.scoring import Result, RuleBook, shown


@dataclass(frozen=True)
class Place:
    """An entry's rank, prize and composite in one of the two results."""

    rank: int | None
    joint: bool
    prize: str
    composite: str


@dataclass(frozen=True)
class Consequence:
    """One entry before and after."""

    entry: Entry
    before: Place
    after: Place

    @property
    def moved(self) -> bool:
        """Whether rank or prize would change."""
        return (self.before.rank, self.before.prize) != (self.after.rank, self.after.prize)


@dataclass(frozen=True)
class WhatIf:
    """All entries in the order that would be, and those whose rank or prize would change."""

    lines: list[Consequence]

    @property
    def ranks(self) -> list[Entry]:
        """Entries with another rank."""
        return [one.entry for one in self.lines if one.before.rank != one.after.rank]

    @property
    def prizes(self) -> list[Entry]:
        """Entries with another prize."""
        return [one.entry for one in self.lines if one.before.prize != one.after.prize]


def consequences(change: Correction) -> WhatIf:
    """Every counted entry as it is and as it would be, in the order that would be."""
    entries = counting.counted_entries(change.stage)
    rulebook = rulebooks.in_force(change.stage)
    assert rulebook is not None, "a late change is of a frozen stage"
    of_code = {entry.public_id: entry for entry in entries}
    now = _places(counting.result(change.stage, entries), rulebook)
    then = _places(counting.result(change.stage, entries, supposed=change), rulebook)
    return WhatIf([Consequence(of_code[code], now[code], after) for code, after in then.items()])


def _places(result: Result, rulebook: RuleBook) -> dict[str, Place]:
    names = {prize.code: prize.name for prize in rulebook.prizes}
    return {
        line.entry: Place(
            rank=line.rank,
            joint=line.joint,
            prize=names.get(line.prize or "", ""),
            composite=shown(line.composite, rulebook.rounding.composite) or "",
        )
        for line in result.entries
    }
