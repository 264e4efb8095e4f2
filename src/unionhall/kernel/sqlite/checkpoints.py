"""Moves SQLite's write-ahead log into the database beside the writers, so that no commit waits for it."""

from __future__ import annotations

import threading

from django.db import DatabaseError, connection

EVERY = 1.0  # seconds


class Checkpoints:
    """A thread that checkpoints once a second until it is stopped; a passive one never blocks a writer."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the checkpoint that may be running."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            try:
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            except DatabaseError:
                # Whatever it was, the log is kept and the next second tries again.
                connection.close()
        connection.close()
