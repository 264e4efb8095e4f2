"""A simple random sample by hashes: the same in every language and for ever, as `random.sample` is not."""

from __future__ import annotations

import hashlib
from collections.abc import Collection


def order(seed: str, one: str) -> str:
    """By what an element of a list is ordered: SHA-256 of the seed, a space and the element, in UTF-8."""
    return hashlib.sha256(f"{seed} {one}".encode()).hexdigest()


def drawn(those: Collection[str], size: int, seed: str) -> list[str]:
    """``size`` of those without repetition: the first by `order`. However they are listed, the same ones.

    ValueError where the size is negative or there are not so many.
    """
    distinct = set(those)
    if not 0 <= size <= len(distinct):
        raise ValueError(f"cannot draw {size} of {len(distinct)}")
    return sorted(distinct, key=lambda one: order(seed, one))[:size]
