"""`unionhall begin`: from an empty database to an administrator who can sign in."""

from __future__ import annotations

import os
import subprocess
import sys

from .conftest import Server, scratch_database


def test_a_new_city_begins_once_and_its_first_administrator_signs_in(tmp_path):
    with scratch_database(tmp_path) as url:
        environment = {**os.environ, "DATABASE_URL": url, "UNIONHALL_VAR": str(tmp_path)}

        def begin(password):
            return subprocess.run(
                [sys.executable, "-m", "unionhall.site.cli", "begin", "--union", "江城市总工会",
                 "--name", "张立", "--user", "zhangli", "--password-stdin"],
                env=environment, input=password, capture_output=True, text=True, check=False,
            )  # fmt: skip

        weak, right, again = begin("short\n"), begin("江城秋天-2026-甲\n"), begin("江城秋天-2026-甲\n")
        assert [weak.returncode, right.returncode, again.returncode] == [1, 0, 1]
        assert "Nothing was changed" in weak.stderr
        assert "Nothing was changed" in again.stderr
        server = Server(tmp_path, url, ("serve",))
        try:
            played = subprocess.run(
                [sys.executable, "-m", "unionhall.site.cli", "rehearse", "--server", server.address,
                 "--user", "zhangli", "--pace", "0"],
                env={**environment, "UNIONHALL_PASSWORD": "江城秋天-2026-甲"},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        finally:
            server.stop()
        # Signed in, and told that there is nothing to rehearse yet.
        assert played.returncode == 2
        assert "oversees no stage" in played.stderr
