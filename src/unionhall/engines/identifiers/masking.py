"""Numbers as they stand on screens."""

from __future__ import annotations


def masked(number: str) -> str:
    """The first three characters and the last four; of a short number the first and the last two."""
    first, last = (3, 4) if len(number) >= 11 else (1, 2)
    return number[:first] + "*" * (len(number) - first - last) + number[-last:]
