"""What other capabilities may hear of joining: ids only, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MemberJoined:
    """A person became a member of a union; public ids."""

    person: str
    union: str


@dataclass(frozen=True)
class PersonsMerged:
    """Two records turned out to be one person; public ids of the one that holds on and of the other."""

    kept: str
    other: str
