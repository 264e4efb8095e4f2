"""What is wrong with a proof, as a code and data; whoever shows it speaks the language."""

from __future__ import annotations


class ProofError(Exception):
    """Something does not hold. ``code`` says what, ``data`` where; `report.sentence` puts it in English."""

    def __init__(self, code: str, **data: str | int) -> None:
        super().__init__(f"{code} {data}" if data else code)
        self.code = code
        self.data = data
