"""The worker as a process of its own: progress across transactions, cancelling, dying, stopping."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from .conftest import Server, scratch_database

PROGRAM = Path(__file__).parent / "worker_program.py"


class House:
    """A migrated database, workers over it, and what stands in it."""

    def __init__(self, folder, url):
        self.folder, self.url = folder, url
        self.environment = {**os.environ, "DATABASE_URL": url, "UNIONHALL_VAR": str(folder)}
        migrate = [sys.executable, "-m", "unionhall.site.cli", "migrate"]
        subprocess.run(migrate, env=self.environment, check=True, capture_output=True)

    def ask(self, *what):
        self._program("ask", *what).check_returncode()

    def work(self, **environment):
        """All that waits, to its end."""
        done = self._program("work", "--once", **environment)
        assert (done.returncode, done.stderr) == (0, "")

    def _program(self, *arguments, **environment):
        return subprocess.run(
            [sys.executable, PROGRAM, *arguments],
            env={**self.environment, **environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    @contextmanager
    def worker(self):
        running = subprocess.Popen([sys.executable, PROGRAM, "work"], env=self.environment)
        try:
            yield running
        finally:
            running.kill()
            running.wait()

    def execute(self, sql):
        """A statement from outside, on a connection of its own."""
        if self.url.startswith("postgres"):
            import psycopg

            with psycopg.connect(self.url, autocommit=True) as connection:
                found = connection.execute(sql)
                return found.fetchone() if found.description else None
        connection = sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=20, isolation_level=None)
        try:
            return connection.execute(sql).fetchone()
        finally:
            connection.close()

    @property
    def job(self):
        """State and progress of the job that was asked for last."""
        return self.execute("SELECT state, done FROM kernel_job ORDER BY id DESC LIMIT 1")

    @property
    def steps(self):
        """How many steps it has written."""
        last = "SELECT public_id FROM kernel_job ORDER BY id DESC LIMIT 1"
        sql = f"SELECT count(*) FROM kernel_auditline WHERE action = 'step' AND subject = ({last})"
        return self.execute(sql)[0]

    def until(self, holds):
        for _look in range(400):
            if holds(self.job):
                return
            time.sleep(0.05)
        pytest.fail(f"the job stays {self.job}")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    with scratch_database(folder) as url:
        yield House(folder, url)


def test_a_worker_does_what_waits_and_ends_when_told_to_do_so_once(house):
    house.ask("STEPS", "3")
    house.work()
    assert (house.job, house.steps) == (("DONE", 3), 3)


def test_progress_is_seen_while_the_works_transaction_is_open(house):
    if not house.url.startswith("postgres"):
        pytest.skip("SQLite has one writer: progress is written between the work's short transactions")
    house.ask("ONE_TRANSACTION")
    with house.worker():
        house.until(lambda job: job == ("RUNNING", 1))
        assert house.steps == 0
        (house.folder / "go").touch()
        house.until(lambda job: job == ("DONE", 1))
    assert house.steps == 1


def test_a_job_at_work_in_another_process_is_cancelled(house):
    house.ask("STEPS", "10000")
    with house.worker():
        house.until(lambda job: job[1] > 2)
        house.execute("UPDATE kernel_job SET cancel_asked_at = heartbeat_at WHERE state = 'RUNNING'")
        house.until(lambda job: job[0] == "CANCELLED")
    assert 2 < house.steps == house.job[1]


def test_a_stopped_worker_gives_its_job_back_and_another_ends_it(house):
    house.ask("STEPS", "40")
    with house.worker() as worker:
        house.until(lambda job: job[1] > 2)
        worker.terminate()
        assert worker.wait(20) == 0
    assert house.job[0] == "QUEUED"
    house.work()
    assert (house.job, house.steps) == (("DONE", 40), 40)


def test_a_killed_workers_job_is_taken_up_and_nothing_is_done_twice(house):
    house.ask("STEPS", "40")
    with house.worker() as worker:
        house.until(lambda job: job[1] > 2)
        worker.send_signal(signal.SIGKILL)
        worker.wait(20)
    assert house.job[0] == "RUNNING"
    house.work()
    assert house.job[0] == "RUNNING", "it may still be at work"
    house.work(SILENCE="0")
    assert (house.job, house.steps) == (("DONE", 40), 40)


def test_several_workers_share_the_jobs(house):
    before = house.execute("SELECT coalesce(max(id), 0) FROM kernel_job")[0]
    house.ask("STEPS", "1", "6")
    commands = [[sys.executable, PROGRAM, "work", "--once"]] * 3
    for running in [subprocess.Popen(command, env=house.environment) for command in commands]:
        assert running.wait(60) == 0
    done = f"SELECT count(*), max(attempts) FROM kernel_job WHERE state = 'DONE' AND id > {before}"
    assert house.execute(done) == (6, 1)


def test_what_is_done_daily_is_asked_for_once_by_many_workers_and_after_a_restart(house):
    commands = [[sys.executable, PROGRAM, "work", "--once"]] * 3
    environment = house.environment | {"DAILY": "1"}
    for running in [subprocess.Popen(command, env=environment) for command in commands]:
        assert running.wait(60) == 0
    house.work(DAILY="1")
    done = "SELECT count(*), max(attempts) FROM kernel_job WHERE state = 'DONE' AND kind = 'OF_THE_DAY'"
    assert house.execute(done) == (1, 1)


def children(process):
    told = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(process)], capture_output=True, text=True, check=False
    ).stdout
    return [int(line.split()[0]) for line in told.splitlines() if " work " in line]


def waited_for(found):
    for _look in range(400):
        if value := found():
            return value
        time.sleep(0.05)
    return pytest.fail("in vain")


def test_the_server_keeps_a_worker_which_does_not_outlive_it(demo_city, tmp_path):
    def gone(process):
        status = Path(f"/proc/{process}/stat")
        return not status.exists() or status.read_text(encoding="utf-8").split()[2] == "Z"

    with demo_city(tmp_path) as url:
        server = Server(tmp_path, url)
        try:
            (first,) = waited_for(lambda: children(server.process.pid))
            os.kill(first, signal.SIGKILL)
            (second,) = waited_for(lambda: [c for c in children(server.process.pid) if c != first])
        finally:
            server.process.kill()
            server.process.wait()
            server.process.stdout.close()
        waited_for(lambda: gone(second))


def test_the_server_takes_its_worker_along_when_it_stops(demo_city, tmp_path):
    with demo_city(tmp_path) as url:
        server = Server(tmp_path, url)
        (worker,) = waited_for(lambda: children(server.process.pid))
        server.stop()
        waited_for(lambda: not Path(f"/proc/{worker}").exists())
