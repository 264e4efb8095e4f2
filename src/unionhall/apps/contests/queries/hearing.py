"""First speeches that are all heard before any is scored, where the rule book asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from unionhall.apps.contests.codes import EntryState
from unionhall.apps.contests.models import Entry, Stage
from unionhall.apps.contests.queries import rulebooks
from unionhall.engines.scoring import RuleBook


@dataclass(frozen=True)
class Hearing:
    """How many speeches are heard first, and which of them have not been; none left: scores at once."""

    first: int = 0
    left: Sequence[Entry] = ()


def hearing(rulebook: RuleBook, entries: Iterable[Entry]) -> Hearing:
    """How far it is, from all entries of a stage with their boxes."""
    drawn = sorted((e for e in entries if e.number is not None), key=lambda e: e.number or 0)
    first = drawn[: rulebook.deferred]
    left = [e for e in first if e.state == EntryState.REGISTERED and e.box.heard_at is None]
    return Hearing(len(first), left)


def of_stage(stage: Stage) -> Hearing:
    """How far it is, read now."""
    rulebook = rulebooks.in_force(stage)
    if rulebook is None or not rulebook.deferred:
        return Hearing()
    return hearing(rulebook, stage.entries.select_related("box"))
