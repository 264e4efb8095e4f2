"""A server over a scratch database with thousands of seats and every box open."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from urllib.parse import urlsplit, urlunsplit

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
SEATS = 3000
PYTHON = (sys.executable, "-W", "ignore")

# Run in a process of its own, since Django is set up once for each database.
PREPARE = """
import django, json, sys
django.setup()
from unionhall.apps.contests.models import BallotBox, Juror, Pass, Stage
from unionhall.apps.contests.usecases import rehearsals
from unionhall.apps.contests.usecases.passes import hashed
from unionhall.apps.people.models import Account
from unionhall.kernel import clock
from unionhall.kernel.live import live_url
now = clock.now()
by = Account.objects.get(username="scrutineer")
stage = rehearsals.prepare_rehearsal(by=by, at=now, stage=Stage.objects.get(), mass=int(sys.argv[1]) - 21)
jurors = list(Juror.objects.filter(jury__stage=stage))
passes = Pass.objects.bulk_create(
    Pass(juror=j, code_hash=hashed(f"c{j.pk}"), issued_at=now, bound_at=now, device_hash=hashed("secret")) for j in jurors
)
Stage.objects.filter(pk=stage.pk).update(state="OPEN", current_cue=stage.cues.filter(entry__isnull=False).first())
BallotBox.objects.filter(entry__stage=stage).update(state="OPEN", opened_at=now)
print(json.dumps({
    "stage": stage.public_id,
    "hall": live_url("hall", f"stage:{stage.public_id}"),
    "cookies": [f"{p.public_id}.secret" for p in passes],
    "boxes": list(BallotBox.objects.filter(entry__stage=stage).values_list("public_id", flat=True)),
}))
"""


@contextlib.contextmanager
def database(vendor: str, folder: str):
    """The address of an empty database."""
    if vendor == "SQLite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    import psycopg

    name = f"unionhall_bench_{os.getpid()}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        parts = urlsplit(POSTGRESQL)
        try:
            yield urlunsplit((parts.scheme, parts.netloc, f"/{name}", "", ""))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def city(vendor: str):
    """(folder, environment) of an empty demo city, for programs of their own."""
    with tempfile.TemporaryDirectory() as folder, database(vendor, folder) as url:
        environment = {**os.environ, "DATABASE_URL": url, "UNIONHALL_VAR": folder, "PYTHONUNBUFFERED": "1"}
        environment["DJANGO_SETTINGS_MODULE"] = "unionhall.site.settings"
        subprocess.run(
            [*PYTHON, "-m", "unionhall.site.cli", "demo", "--joining", "none", "--prepare-only"],
            env=environment,
            check=True,
        )
        yield folder, environment


@contextlib.contextmanager
def house(vendor: str, serve=("-m", "unionhall.site.cli", "serve", "--port", "0")):
    """(port, what was prepared, database address) of a running server."""
    with city(vendor) as (_folder, environment):
        made = subprocess.run(
            [*PYTHON, "-c", PREPARE, str(SEATS)], env=environment, check=True, capture_output=True, text=True
        )
        prepared = json.loads(made.stdout)
        server = subprocess.Popen([*PYTHON, *serve], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            address = server.stdout.readline().split()[-1]
            yield int(address.rsplit(":", 1)[1]), prepared, environment["DATABASE_URL"]
        finally:
            server.terminate()
            server.wait(15)
            server.stdout.close()
