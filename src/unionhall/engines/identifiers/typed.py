"""What people type, and what spreadsheets make of it."""

from __future__ import annotations

import unicodedata

_HALF = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
_DASHES = frozenset("-‐‑‒–—―−")


def plain(text: str) -> str:
    """Capitals and half-width characters; no blanks, dashes, invisible characters or apostrophe before."""
    half = text.translate(_HALF)
    kept = (one for one in half if not (one.isspace() or one in _DASHES or unicodedata.category(one) == "Cf"))
    return "".join(kept).removeprefix("'").upper()
