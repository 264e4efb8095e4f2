"""Taking turns by name: what is counted before it is added must be counted by one at a time."""

from __future__ import annotations

import hashlib

from django.db import connection


def in_turn(*names: str) -> None:
    """Wait until no other transaction holds one of these names; held until this transaction ends.

    On SQLite every transaction is the only writer already. Names are taken in one order, so that two who
    want the same ones never wait for each other.
    """
    assert connection.in_atomic_block, "a turn ends with its transaction"
    if connection.vendor != "postgresql":
        return
    keys = sorted(
        int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True) for name in names
    )
    with connection.cursor() as cursor:
        # One statement each: within one, the order in which locks are taken is not promised.
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
