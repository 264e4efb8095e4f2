"""SQLite for many writers: a write-ahead log, full synchronisation, and a fair queue.

SQLite lets one transaction write at a time, and those who wait poll for their turn: under sixty jurors most
are told "locked", and with a long timeout the unlucky wait for seconds. Here every transaction begins as a
writer (BEGIN IMMEDIATE), and takes a ticket first: who came first goes first. Processes – the server and the
worker beside it – take turns by two locks on files.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from typing import Any

from django.db.backends.sqlite3 import base


class FairLock:
    """A lock that is handed over in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class Turnstile:
    """A lock between processes that nobody takes twice while another waits.

    Whoever waits for the turn holds the gate, so the one who has just given the turn back comes after them.
    The system gives both back when a process dies.
    """

    def __init__(self, database: str) -> None:
        self._gate, self._turn = (
            os.open(f"{database}-{name}", os.O_RDWR | os.O_CREAT, 0o600) for name in ("gate", "turn")
        )

    def acquire(self) -> None:
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._turn, fcntl.LOCK_EX)
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)

    def release(self) -> None:
        fcntl.flock(self._turn, fcntl.LOCK_UN)


class WriteQueue:
    """Who writes next: the threads of this process in turn, and between processes."""

    def __init__(self, database: str) -> None:
        self._threads = FairLock()
        self._processes = Turnstile(database)

    def acquire(self) -> None:
        self._threads.acquire()
        try:
            self._processes.acquire()
        except BaseException:
            self._threads.release()
            raise

    def release(self) -> None:
        self._processes.release()
        self._threads.release()


_queues: dict[str, WriteQueue] = {}
_queues_guard = threading.Lock()


def _queue_of(database: str) -> WriteQueue:
    with _queues_guard:
        if database not in _queues:
            _queues[database] = WriteQueue(database)
        return _queues[database]


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper with safe settings and first come, first served for writers."""

    _holds_turn = False

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        # Another process (a backup, say) may still hold SQLite's own lock: wait for it.
        parameters.setdefault("timeout", 20)
        self.transaction_mode = "IMMEDIATE"
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # SQLite moves the log into the file when it has grown, and lets one commit in eight wait for that.
        # The server does it beside the writers (see checkpoints); this bound is for programs without one.
        connection.execute("PRAGMA wal_autocheckpoint = 20000")
        # Without it INSERT OR REPLACE deletes a row without telling the triggers that refuse deletion.
        connection.execute("PRAGMA recursive_triggers = ON")
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _take_turn(self) -> None:
        if not self._holds_turn and not self.is_in_memory_db():
            _queue_of(str(self.settings_dict["NAME"])).acquire()
            self._holds_turn = True

    def _give_turn(self) -> None:
        if self._holds_turn:
            self._holds_turn = False
            _queue_of(str(self.settings_dict["NAME"])).release()

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()
