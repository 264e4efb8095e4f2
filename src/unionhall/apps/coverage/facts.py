"""What other capabilities may hear of coverage: ids only, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnionFounded:
    """A founding ended with a union; public ids of the union and of the founding."""

    union: str
    founding: str


@dataclass(frozen=True)
class EnterpriseCovered:
    """An enterprise joined a union that was there; public ids of that union and of the employer."""

    union: str
    employer: str
