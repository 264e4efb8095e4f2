"""The second count, run as a stranger would run it: another process, alone, given nothing but the bundle."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from typing import Any

SCRIPT = "second_count.py"


def second_script() -> str:
    """The text of the program, which is handed out beside every bundle."""
    return resources.files("unionhall.engines.proof").joinpath(SCRIPT).read_text(encoding="utf-8")


def second_result(data: bytes) -> list[dict[str, Any]] | None:
    """The result lines that the second program counts from a bundle, or None when it finds it wrong.

    It checks tree and count; signatures are left to those who hold openssl.
    """
    # Its text goes in by -c, so that it runs from a wheel as from a folder; -I keeps our packages out.
    command = [sys.executable, "-I", "-c", second_script(), "-", "--count-only", "--json"]
    done = subprocess.run(command, input=data, capture_output=True, check=False)  # noqa: S603 - our own script
    if done.returncode != 0:
        return None
    told = json.loads(done.stdout)
    return list(told["result"]) if told["counted"] else None
