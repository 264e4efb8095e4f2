"""SQLite under many writers: everybody gets a turn, in the order of asking."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection

from unionhall.kernel.sqlite.base import DatabaseWrapper, FairLock


@pytest.fixture
def file_database(tmp_path, django_db_blocker):
    """Settings of a database in a file, as the server uses it."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's backend is tested where the tests run on SQLite")
    with django_db_blocker.unblock():
        yield {**connection.settings_dict, "NAME": str(tmp_path / "x.sqlite3"), "OPTIONS": {}}


def write(settings, work):
    """Run ``work(connection)`` with a connection of its own, in a transaction."""
    own = DatabaseWrapper(settings, alias="default")
    try:
        own.ensure_connection()
        own.set_autocommit(True)
        own._start_transaction_under_autocommit()
        own.in_atomic_block = True
        try:
            work(own)
        except Exception:
            own.in_atomic_block = False
            own._rollback()
            raise
        own.in_atomic_block = False
        own._commit()
    finally:
        own.close()


def test_the_settings_are_safe(file_database):
    own = DatabaseWrapper(file_database, alias="default")
    with own.cursor() as cursor:
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys")
        ]
    own.close()
    assert found == ["wal", 2, 1, 1]


def test_sixty_writers_all_succeed(file_database):
    write(file_database, lambda c: c.cursor().execute("CREATE TABLE t (n integer)"))
    errors = []

    def add(n):
        try:
            write(file_database, lambda c: c.cursor().execute("INSERT INTO t VALUES (%s)", [n]))
        except DatabaseError as error:
            errors.append(error)

    threads = [threading.Thread(target=add, args=(n,)) for n in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    own = DatabaseWrapper(file_database, alias="default")
    with own.cursor() as cursor:
        count = cursor.execute("SELECT count(*) FROM t").fetchone()[0]
    own.close()
    assert (errors, count) == ([], 60)


def test_a_failed_transaction_gives_its_turn_back(file_database):
    write(file_database, lambda c: c.cursor().execute("CREATE TABLE t (n integer)"))
    with pytest.raises(Exception, match="no such table"):
        write(file_database, lambda c: c.cursor().execute("INSERT INTO nowhere VALUES (1)"))
    write(file_database, lambda c: c.cursor().execute("INSERT INTO t VALUES (1)"))


def test_turns_are_given_in_the_order_of_asking():
    lock, order, started = FairLock(), [], []
    lock.acquire()

    def wait(n):
        started.append(n)
        lock.acquire()
        order.append(n)
        lock.release()

    threads = []
    for n in range(20):
        thread = threading.Thread(target=wait, args=(n,))
        thread.start()
        threads.append(thread)
        while len(lock._waiting) <= n:  # it stands in the queue before the next one asks
            pass
    lock.release()
    for thread in threads:
        thread.join()
    assert order == list(range(20))
