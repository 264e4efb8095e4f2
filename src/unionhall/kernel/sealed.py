"""Personal values at rest: encrypted for one row and column, and found by a keyed index.

A copy of the database alone shows neither: keys lie in the key ring outside it. The index is an HMAC, so that
equal values of one column can be found and held unique, while nobody without the key can try all numbers.
"""

from __future__ import annotations

import hmac
from functools import lru_cache

from unionhall.kernel import keyring


def seal(plain: str, *, row: str, column: str) -> bytes:
    """Encrypt a value for one row (its public id) and column; put elsewhere, it does not open."""
    return keyring.encrypt(plain.encode(), f"{column}:{row}")


def unseal(sealed: bytes, *, row: str, column: str) -> str:
    """The value; KeyError for a key that the ring has not, InvalidTag for what was altered or moved."""
    return keyring.decrypt(sealed, f"{column}:{row}").decode()


def keyed_index(value: str, *, column: str) -> bytes:
    """32 bytes under which a value of a column is found; the same value gives others in another column."""
    return hmac.digest(_column_key(keyring.index_key(), column), value.encode(), "sha256")


@lru_cache(maxsize=64)
def _column_key(key: bytes, column: str) -> bytes:
    return hmac.digest(key, column.encode(), "sha256")


def masked(plain: str) -> str:
    """A number as it stands on screens: the first three characters and the last four."""
    if len(plain) < 8:
        return "*" * len(plain)
    return plain[:3] + "*" * (len(plain) - 7) + plain[-4:]
