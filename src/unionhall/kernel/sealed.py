"""Personal values at rest: encrypted for one row and column, and found by a keyed index.

A copy of the database alone shows neither, for the keys lie outside it. ``column`` is a name such as
``person.phone``; ``row`` is the row's public id, which is known before it is stored.
"""

from __future__ import annotations

import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidTag

from unionhall.kernel import keyring

# 128 bits: two of three million values agree by chance once in 10^25, and each index takes half the room.
INDEX_LENGTH = 16


class UnsealError(Exception):
    """A value that does not open: KEY_MISSING (its key is not in the ring) or ALTERED (or moved here)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def seal(plain: str, *, row: str, column: str) -> bytes:
    """Encrypt a value; put into another row or column it does not open."""
    return keyring.encrypt(plain.encode(), f"{column}:{row}")


def unseal(sealed: bytes, *, row: str, column: str) -> str:
    """The value that was sealed for this row and column; raises UnsealError."""
    try:
        return keyring.decrypt(bytes(sealed), f"{column}:{row}").decode()
    except (KeyError, UnicodeDecodeError):
        raise UnsealError("KEY_MISSING") from None
    except (InvalidTag, ValueError):
        raise UnsealError("ALTERED") from None


def keyed_index(value: str, *, column: str) -> bytes:
    """What stands for a value where it is looked up; the same value in another column gives another."""
    return hmac.digest(_column_key(keyring.index_key(), column), value.encode(), "sha256")[:INDEX_LENGTH]


@lru_cache(maxsize=64)
def _column_key(key: bytes, column: str) -> bytes:
    return hmac.digest(key, column.encode(), "sha256")
