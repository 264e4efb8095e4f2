"""`unionhall rehearse`: a whole final over HTTP, on a server of its own or on one that runs."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from unionhall.apps.contests.rehearsal import Rehearsal, RehearsalError, one_line, summary


def add_commands(commands: Any) -> None:
    """Add `rehearse` to an argparse subparsers object."""
    rehearse = commands.add_parser("rehearse", help="let simulated jurors score a whole final over HTTP")
    rehearse.add_argument("--jurors", type=int, help="all named jurors; else as many as the stage has")
    rehearse.add_argument("--mass", type=int, default=0, help="unnamed seats of the mass jury")
    rehearse.add_argument("--pace", type=float, default=0.5, help="seconds for a speech; 0 does not wait")
    rehearse.add_argument(
        "--server", default="", help="a running server; else one is started on a scratch database"
    )
    rehearse.add_argument("--stage", default="", help="a rehearsal that was prepared already")
    rehearse.add_argument(
        "--user", default="", help="who signs in where there is no demo (UNIONHALL_PASSWORD)"
    )
    rehearse.add_argument("--bundle", type=Path, help="publish the rehearsed final and leave its bundle here")
    rehearse.add_argument("--json", action="store_true", help="one line, one object")
    rehearse.add_argument("--quiet", action="store_true", help="only the end")
    rehearse.set_defaults(run=run_rehearse)


def run_rehearse(arguments: argparse.Namespace) -> int:
    """Play, and report; 0 when no ballot was lost."""

    def say(text: str) -> None:
        if not arguments.quiet:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()

    try:
        with _server(arguments.server, say) as address:
            rehearsal = Rehearsal(
                address,
                pace=max(0.0, arguments.pace),
                say=say,
                session=os.environ.get("UNIONHALL_SESSION", ""),
                user=arguments.user,
                password=os.environ.get("UNIONHALL_PASSWORD", ""),
            )
            figures = asyncio.run(
                rehearsal.play(
                    stage=arguments.stage,
                    jurors=arguments.jurors,
                    mass=arguments.mass,
                    bundle=arguments.bundle is not None,
                )
            )
        if arguments.bundle:
            arguments.bundle.write_bytes(rehearsal.bundle)
            say(f"{arguments.bundle}: {len(rehearsal.bundle)} bytes; unionhall verify checks it")
    except (RehearsalError, OSError) as error:
        sys.stderr.write(
            f"The rehearsal could not be played to its end: {error}\nThe real stage is untouched.\n"
        )
        return 2
    sys.stdout.write((one_line(figures) if arguments.json else summary(figures)) + "\n")
    return 1 if figures.lost else 0


@contextlib.contextmanager
def _server(address: str, say: Any) -> Iterator[str]:
    """The address of a server: the one named, or one of our own over a scratch database."""
    if address:
        yield address
        return
    with tempfile.TemporaryDirectory(prefix="unionhall-") as folder, _scratch_database(folder) as url:
        environment = {**os.environ, "UNIONHALL_VAR": folder, "DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
        command = [
            sys.executable,
            "-m",
            "unionhall.site.cli",
            "demo",
            "--joining",
            "none",
            "--port",
            "0",
            "--plain",
        ]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
        try:
            assert server.stdout is not None, "its output is a pipe"
            told = server.stdout.readline().strip()
            if not told.startswith("http"):
                raise RehearsalError("the scratch server did not start")
            say(f"a scratch server runs at {told}")
            yield told
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)


@contextlib.contextmanager
def _scratch_database(folder: str) -> Iterator[str]:
    """A database of its own beside the one of DATABASE_URL, dropped afterwards; SQLite when there is none."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith(("postgres://", "postgresql://")):
        yield f"sqlite:///{Path(folder) / 'scratch.sqlite3'}"
        return
    import psycopg

    name = f"unionhall_rehearsal_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            parts = urlsplit(url)
            yield urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
