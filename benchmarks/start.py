"""How long the demo takes to its first page, and the server to stop with streams open."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request

from benchmarks.report import Figure


def run() -> list[Figure]:
    """The first start makes the city; the second finds it."""
    with tempfile.TemporaryDirectory() as folder:
        first = _to_the_first_page(folder)
        second = _to_the_first_page(folder)
    return [
        Figure("demo, first time, to a served page (beside downloads)", first, "s", 90, "lower"),
        Figure("demo, second time", second, "s", 10, "lower"),
    ]


def _to_the_first_page(folder: str) -> float:
    environment = {**os.environ, "UNIONHALL_VAR": folder, "PYTHONUNBUFFERED": "1"}
    environment.pop("DATABASE_URL", None)
    began = time.perf_counter()
    command = [sys.executable, "-m", "unionhall.site.cli", "demo", "--plain", "--port", "0"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    address = server.stdout.readline().strip()
    urllib.request.urlopen(address + "/demo").read()
    taken = time.perf_counter() - began
    server.terminate()
    server.wait(10)
    server.stdout.close()
    return taken
