"""What is wrong with blocks or staff: codes and data, never sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing to mend or to know. ``code`` names it, ``data`` says where (row, block, steward ...)."""

    code: str
    data: Mapping[str, str | int | float] = field(default_factory=dict)


class TerritoryError(ValueError):
    """Everything that is wrong, at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.code} {dict(p.data)}" for p in self.problems))
