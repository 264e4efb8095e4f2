"""SQLite under many writers: everybody gets a turn, in the order of asking."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import threading

import pytest
from django.db import DatabaseError, connection

from unionhall.kernel.sqlite.base import DatabaseWrapper, FairLock, Turnstile


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


def held(descriptor) -> bool:
    """Whether somebody holds a lock on a file; asked with a descriptor of one's own."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def test_who_gives_the_turn_back_comes_after_who_waits(tmp_path):
    """A job that writes without a pause would otherwise leave ballots waiting for minutes."""
    path, order = str(tmp_path / "x.sqlite3"), []
    ours, other, looking = Turnstile(path), Turnstile(path), Turnstile(path)
    ours.acquire()

    def wait():
        other.acquire()
        order.append("other")
        other.release()

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not held(looking._gate):
        pass
    ours.release()
    ours.acquire()
    order.append("ours")
    ours.release()
    waiting.join()
    assert order == ["other", "ours"]


def test_a_killed_process_gives_its_turn_back(tmp_path):
    path = str(tmp_path / "x.sqlite3")
    program = (
        "import sys, time\n"
        "from unionhall.kernel.sqlite.base import Turnstile\n"
        "turn = Turnstile(sys.argv[1])\n"
        "turn.acquire()\n"
        "print('held', flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        ours = Turnstile(path)
        assert held(ours._turn)
        other.kill()
    ours.acquire()
    ours.release()


def test_two_processes_are_never_in_the_turnstile_together(tmp_path):
    path, shared = str(tmp_path / "x.sqlite3"), tmp_path / "count"
    shared.write_text("0", encoding="ascii")
    add = (
        "import sys, pathlib\n"
        "from unionhall.kernel.sqlite.base import Turnstile\n"
        "turn, shared = Turnstile(sys.argv[1]), pathlib.Path(sys.argv[2])\n"
        "for _ in range(500):\n"
        "    turn.acquire()\n"
        "    shared.write_text(str(int(shared.read_text()) + 1))\n"
        "    turn.release()\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", add, path, str(shared)]) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert shared.read_text(encoding="ascii") == "1500"
