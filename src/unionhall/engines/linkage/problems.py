"""What is wrong with a register: a code and data, never a sentence."""

from __future__ import annotations


class RegisterError(ValueError):
    """A file that is no register that can be read; ``data`` says where and what."""

    def __init__(self, code: str, **data: str | int) -> None:
        super().__init__(f"{code} {data}")
        self.code = code
        self.data = data
