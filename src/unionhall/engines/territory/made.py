"""A division of one tract, with how it was made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Made:
    """Who has what, how it was made, and what the solver knows of it."""

    owner: list[int]
    by: tuple[str, ...]
    optimal: bool = False
    everywhere: bool = False
    gap: float | None = None
