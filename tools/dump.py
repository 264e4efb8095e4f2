"""Leave the demo's database, with one rehearsed final, as a compressed dump in tests/upgrade.

    python tools/dump.py [postgresql://...]

Run when a version is released: later versions must be able to migrate it forward. The SQLite file is written
always, PostgreSQL's SQL when an address of a server is given (an empty database is made there and dropped).
"""

from __future__ import annotations

import lzma
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DUMPS = ROOT / "tests" / "upgrade"
COMMAND = [sys.executable, "-m", "unionhall.site.cli"]
LIMIT = 300_000


def make_city(url: str, folder: str) -> None:
    """The demo city with one rehearsed final, in the empty database at ``url``."""
    environment = {**os.environ, "DATABASE_URL": url, "UNIONHALL_VAR": folder, "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(
        [*COMMAND, "demo", "--joining", "few", "--plain", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None, "it was asked for"
    try:
        address = server.stdout.readline().strip()
        if not address.startswith("http"):
            sys.exit("The demo did not start; nothing was written.")
        playing = [*COMMAND, "rehearse", "--pace", "0", "--quiet", "--server", address]
        subprocess.run(playing, env=environment, check=True)
    finally:
        server.terminate()
        server.wait()


def write(name: str, content: bytes) -> None:
    """A dump, compressed; too large a one is refused."""
    packed = lzma.compress(content, preset=9)
    if len(packed) > LIMIT:
        sys.exit(f"{name} would have {len(packed)} bytes, more than {LIMIT}.")
    DUMPS.mkdir(exist_ok=True)
    (DUMPS / name).write_bytes(packed)
    sys.stdout.write(f"{name}: {len(packed)} bytes\n")


def sqlite(folder: str) -> bytes:
    """The SQLite file, emptied of free pages."""
    import sqlite3

    path = Path(folder) / "dump.sqlite3"
    make_city(f"sqlite:///{path}", folder)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("VACUUM")
    return path.read_bytes()


def postgresql(server: str, folder: str) -> bytes:
    """Plain SQL that any client can run."""
    import psycopg

    name = "unionhall_dump"
    url = f"{server.rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # a constant name
        try:
            make_city(url, folder)
            dump = ["pg_dump", "--inserts", "--rows-per-insert=500", "--no-owner", "--no-privileges", url]
            made = subprocess.run(dump, check=True, capture_output=True)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    # Lines that begin with a backslash speak to psql alone.
    return b"".join(line for line in made.stdout.splitlines(keepends=True) if not line.startswith(b"\\"))


def main() -> None:
    """Write the dumps of the present version."""
    here = version("unionhall")
    with tempfile.TemporaryDirectory() as folder:
        write(f"{here}.sqlite3.xz", sqlite(folder))
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory() as folder:
            write(f"{here}.sql.xz", postgresql(sys.argv[1], folder))


if __name__ == "__main__":
    main()
