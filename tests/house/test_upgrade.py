"""Databases that former versions left are brought up to this one, with everything that was in them."""

from __future__ import annotations

import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import scratch_database

DUMPS = Path(__file__).parent.parent / "upgrade"
ON_POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")
# Counts the held final anew by this version's engine and compares it with the board that was frozen then.
RECOUNT = """
from unionhall.apps.contests.models import Ballot, Board
from unionhall.apps.contests.queries import boards
from unionhall.kernel.models import AuditLine
board = Board.objects.select_related("stage__contest").get()
print(boards.document(board.stage)["result"] == board.document["result"], Ballot.objects.count())
try:
    AuditLine.objects.all().delete()
except Exception as error:
    print("append-only" in str(error))
"""


def restore(dump, url):
    content = lzma.decompress(dump.read_bytes())
    if ON_POSTGRESQL:
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(content)
    else:
        Path(url.removeprefix("sqlite:///")).write_bytes(content)


@pytest.mark.parametrize(
    "dump", sorted(DUMPS.glob("*.sql.xz" if ON_POSTGRESQL else "*.sqlite3.xz")), ids=lambda dump: dump.stem
)
def test_a_former_versions_database_is_brought_up(dump, tmp_path):
    with scratch_database(tmp_path) as url:
        restore(dump, url)
        environment = {**os.environ, "DATABASE_URL": url, "UNIONHALL_VAR": str(tmp_path)}
        command = [sys.executable, "-m", "unionhall.site.cli"]
        subprocess.run([*command, "demo", "--prepare-only"], env=environment, check=True)
        asked = subprocess.run(
            [*command, "manage", "shell", "-v", "0", "-c", RECOUNT],
            env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        assert asked.stdout.split() == ["True", "462", "True"]
    assert dump.stat().st_size < 300_000
