"""What this capability tells those above it, after it has happened; ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ContestResultsPublished:
    """A revision of a stage's board became public, and with it the awards; the stage by its public id."""

    stage: str
    revision: int
