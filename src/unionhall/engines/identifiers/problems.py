"""What is wrong with a number: a code and data, never a sentence and never the number itself."""

from __future__ import annotations


class IdentifierError(ValueError):
    """A number that cannot be right.

    ``code`` names why and ``data`` says where. The number is not part of it, so that it reaches no log.
    """

    def __init__(self, code: str, **data: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.data = data
