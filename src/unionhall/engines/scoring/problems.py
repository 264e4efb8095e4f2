"""What is wrong with a rule book, a sheet or a file: codes and data, never sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing to mend. ``code`` names it, ``data`` says where (criterion, row, limits ...)."""

    code: str
    data: Mapping[str, str | int] = field(default_factory=dict)


class ScoringError(ValueError):
    """Everything that is wrong, at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.code} {dict(p.data)}" for p in self.problems))
