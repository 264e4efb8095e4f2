from __future__ import annotations

import unicodedata


class IdentifierError(ValueError):
    """A number that cannot be right: a code, which the view puts into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def typed(text: str) -> str:
    """What was typed without blanks and dashes, full-width characters as plain ones, in capitals."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(one for one in plain if not one.isspace() and one not in "-‐‑–—").upper()
