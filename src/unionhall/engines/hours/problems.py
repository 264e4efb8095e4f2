"""What is wrong with hours as they were written."""

from __future__ import annotations


class HoursError(ValueError):
    """A code and the piece of the text that it is about.

    NOT_UNDERSTOOD, NO_TIME (days without hours), NO_DAYS (further hours of unnamed days), TIME_WRONG,
    BACKWARDS (ends before it begins, and is no night), DAY_TWICE, NEVER_OPEN.
    """

    def __init__(self, code: str, piece: str = "") -> None:
        super().__init__(code, piece)
        self.code, self.piece = code, piece
