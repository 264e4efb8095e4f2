"""Work that is stopped ends in the middle of a statement, with what stopped it and nothing else."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading

import duckdb
import pytest

from unionhall.engines.linkage import preparing
from unionhall.engines.linkage.duck import Limits, database, stoppable
from unionhall.engines.linkage.runs import link_files

# Hours of work.
LONG = "SELECT count(*) FROM range(10_000_000_000_000) AS t(i) WHERE i * i % 7 = 3"
HEADING = "企业名称,统一社会信用代码\n"


class EnoughError(BaseException):
    """No `except Exception` takes it for a fault."""


class Stopped:
    """Gives something from the third time on that it is asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self):
        self.asked += 1
        return EnoughError() if self.asked > 2 else None


def watchers():
    return [one for one in threading.enumerate() if one.name == "stopping"]


def test_a_long_statement_is_broken_off_and_the_next_is_not(tmp_path):
    stopped = Stopped()
    with database(tmp_path, Limits()) as connection:
        connection.execute("CREATE TABLE begun AS SELECT 1")
        with pytest.raises(EnoughError) as raised, stoppable(connection, stopped):
            connection.execute(LONG)
        assert isinstance(raised.value.__cause__, duckdb.InterruptException)
        assert (stopped.asked >= 3, watchers()) == (True, [])
        assert connection.execute("FROM begun").fetchall() == [(1,)]


def test_while_nobody_stops_it_faults_come_out_as_they_are(tmp_path):
    with database(tmp_path, Limits()) as connection:
        with pytest.raises(duckdb.CatalogException), stoppable(connection, lambda: None):
            connection.execute("FROM nowhere")
        with stoppable(connection, lambda: None):
            assert connection.execute("SELECT 1").fetchall() == [(1,)]
        assert watchers() == []


def test_an_interruption_that_somebody_swallows_does_not_pass_for_success(tmp_path):
    with (
        database(tmp_path, Limits()) as connection,
        pytest.raises(EnoughError),
        stoppable(connection, Stopped()),
        contextlib.suppress(duckdb.Error),
    ):
        connection.execute(LONG)


def two(tmp_path):
    paths = [tmp_path / "market.csv", tmp_path / "union.csv"]
    for path in paths:
        path.write_text(f"{HEADING}杭州云栖信息技术有限公司,\n", encoding="utf-8")
    return paths


def test_a_run_is_stopped_inside_splink_and_leaves_nothing(tmp_path):
    from splink import DuckDBAPI

    stopped, work, inside = Stopped(), tmp_path / "work", []
    work.mkdir()

    def score(connection, _weights, _keys):
        stopped.asked = 0
        inside.append(1)
        # Splink wraps whatever goes wrong.
        api = DuckDBAPI(connection)
        api._log_and_run_sql_execution(f"CREATE TABLE long AS {LONG}", "long", "long")

    with pytest.raises(EnoughError) as raised:
        link_files(
            two(tmp_path), work / "links.csv", score=score, work=work, stopped=lambda: inside and stopped()
        )
    assert type(raised.value.__cause__).__name__ == "SplinkException"
    # Registers made ready stay in the folder that is given; nothing else does.
    assert sorted(one.name for one in work.iterdir()) == ["0.parquet", "1.parquet"]


def test_a_register_that_is_made_ready_is_left_and_its_process_ended(tmp_path, monkeypatch):
    started, source = [], tmp_path / "market.csv"
    # Nobody writes into it, so that whoever reads it waits.
    os.mkfifo(source)

    class Noted(subprocess.Popen):
        def __init__(self, *given, **how):
            super().__init__(*given, **how)
            started.append(self)

    monkeypatch.setattr(preparing.subprocess, "Popen", Noted)
    with pytest.raises(EnoughError):
        preparing.prepare_apart(source, tmp_path / "ready.parquet", {}, Stopped())
    assert [one.returncode for one in started] == [-signal.SIGTERM]
    assert not (tmp_path / "ready.parquet").exists()


def test_a_run_that_nobody_stops_is_as_ever(tmp_path):
    paths, asked = two(tmp_path), []
    link_files(paths, tmp_path / "plain.csv")
    link_files(paths, tmp_path / "asked.csv", stopped=lambda: asked.append(1))
    assert asked
    assert (tmp_path / "asked.csv").read_bytes() == (tmp_path / "plain.csv").read_bytes()
