"""The assets of others that travel with us: version, licence, and a hash that `make check` holds.

Beside each large one lies the same compressed, which whitenoise sends to whoever takes it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "vendor"


def changed_assets(folder: Path = FOLDER) -> list[str]:
    """Files of ``folder`` that are missing, not listed, or not as listed in its manifest."""
    listed = {
        item["file"]: item["sha256"] for item in json.loads((folder / "manifest.json").read_text("utf-8"))
    }
    found = {path.name: path for path in folder.iterdir() if path.name != "manifest.json"}
    wrong = set(listed) ^ set(found)
    for name in set(listed) & set(found):
        if hashlib.sha256(found[name].read_bytes()).hexdigest() != listed[name]:
            wrong.add(name)
    return sorted(wrong)
