from __future__ import annotations

import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "final"


@pytest.fixture
def document() -> dict:
    return json.loads((EXAMPLES / "rulebook.json").read_text(encoding="utf-8"))
