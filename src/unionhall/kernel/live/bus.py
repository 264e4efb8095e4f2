"""From a commit to every process: LISTEN/NOTIFY on PostgreSQL, a plain call in the embedded case."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, connection, transaction

log = logging.getLogger(__name__)

CHANNEL = "live"
# A NOTIFY is a commit of its own, with its own fsync: many changes within this time share one.
GATHER = 0.05  # seconds
RETRY = 1.0

_hearers: list[Callable[[str], None]] = []


def announce(subject: str) -> None:
    """Tell all processes, once the transaction has committed, that ``subject`` changed."""
    transaction.on_commit(lambda: _publish(subject))


def _publish(subject: str) -> None:
    if connection.vendor == "postgresql":
        _teller.tell(subject)
        return
    for hearer in _hearers:
        hearer(subject)


def hear(hearer: Callable[[str], None]) -> Callable[[], None]:
    """Have ``hearer`` called, in any thread, for every subject announced in this process; returns its end."""
    _hearers.append(hearer)
    return lambda: _hearers.remove(hearer)


class _Teller:
    """Sends NOTIFY from a thread of its own, so that no ballot waits for it."""

    def __init__(self) -> None:
        self._subjects: set[str] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def tell(self, subject: str) -> None:
        """Have a subject told soon; many at once are told together."""
        with self._changed:
            self._subjects.add(subject)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live-bus", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._subjects:
                    # A connection that nothing needs would keep the database from being dropped or restored.
                    connection.close()
                    self._changed.wait_for(lambda: self._subjects)
                subjects, self._subjects = self._subjects, set()
            try:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT pg_notify(%s, s) FROM unnest(%s::text[]) AS s", [CHANNEL, list(subjects)]
                    )
            except DatabaseError:
                log.warning("the live bus could not tell; trying again", exc_info=True)
                connection.close()
                with self._changed:
                    self._subjects |= subjects
                time.sleep(RETRY)
            time.sleep(GATHER)


_teller = _Teller()
