from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest


@contextmanager
def scratch_database(folder, template=""):
    """The address of a database: PostgreSQL when the tests run on it, else a file.

    It is empty, or on PostgreSQL a copy of the one at ``template``; a file may lie in the folder already.
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{folder / 'scratch.sqlite3'}"
        return
    import psycopg

    name = f"unionhall_test_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        copied = urlsplit(template).path.removeprefix("/") or "template1"
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copied}"')
        parts = urlsplit(url)
        try:
            yield urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def migrated_house(folder):
    """The environment in which programs find a database with all tables and nothing in them."""
    with scratch_database(folder) as url:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "UNIONHALL_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "unionhall.site.settings",
        }
        migrate = [sys.executable, "-m", "unionhall.site.cli", "migrate"]
        subprocess.run(migrate, env=environment, check=True, capture_output=True)
        yield environment


class Server:
    """A real server in a process of its own over a demo city, which it makes in an empty database."""

    def __init__(self, folder, url, command=("demo", "--plain"), port=0, **environment):
        self.environment = {
            **os.environ,
            **environment,
            "DATABASE_URL": url,
            "UNIONHALL_VAR": str(folder),
            "PYTHONUNBUFFERED": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "unionhall.site.cli", *command, "--port", str(port)],
            env=self.environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.address = self.process.stdout.readline().split()[-1]
        assert self.address.startswith("http://127.0.0.1:")
        self.port = int(self.address.rsplit(":", 1)[1])

    def command(self, *arguments):
        """Another `unionhall` command over the same database."""
        return subprocess.run(
            [sys.executable, "-m", "unionhall.site.cli", *arguments],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def stop(self):
        """SIGTERM; how long it took, in seconds."""
        began = time.monotonic()
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
        return time.monotonic() - began


@pytest.fixture(scope="session")
def demo_city(tmp_path_factory):
    """Copies of one demo city, which is made once, from nothing, by the command that serves it.

    ``demo_city(folder)`` is the address of a copy's database; its keys and files lie in the folder.
    """
    made = tmp_path_factory.mktemp("city")

    @contextmanager
    def copy(folder):
        shutil.copytree(made, folder, dirs_exist_ok=True)
        with scratch_database(folder, template) as url:
            yield url

    with scratch_database(made) as template:
        Server(made, template).stop()
        yield copy


@pytest.fixture(scope="module")
def server(tmp_path_factory, demo_city):
    folder = tmp_path_factory.mktemp("server")
    with demo_city(folder) as url:
        running = Server(folder, url)
        yield running
        running.stop()
