"""From a commit to every process: LISTEN/NOTIFY on PostgreSQL, a plain call in the embedded case."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction

CHANNEL = "live"

_hearers: list[Callable[[str], None]] = []


def announce(subject: str) -> None:
    """Tell all processes, once the transaction has committed, that ``subject`` changed."""
    transaction.on_commit(lambda: _publish(subject))


def _publish(subject: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, subject])
        return
    for hearer in _hearers:
        hearer(subject)


def hear(hearer: Callable[[str], None]) -> Callable[[], None]:
    """Have ``hearer`` called, in any thread, for every subject announced in this process; returns its end."""
    _hearers.append(hearer)
    return lambda: _hearers.remove(hearer)
