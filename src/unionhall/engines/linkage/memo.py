"""What was worked out once for a word that comes again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

_MOST = 1 << 18


class Memo(dict[str, Value]):
    """A function of text that remembers. It forgets all when it has grown too large."""

    def __init__(self, work: Callable[[str], Value]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, key: str) -> Value:
        if len(self) >= _MOST:
            self.clear()
        value = self[key] = self._work(key)
        return value
