"""Templates keep to the strict content policy: no inline script, style or handler, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "unionhall"
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "inline style": re.compile(r"<style|\sstyle=", re.IGNORECASE),
    "inline handler": re.compile(r"\son[a-z]+=|hx-on", re.IGNORECASE),
    "foreign address": re.compile(r"(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE),
}


def offences(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.html")), ids=lambda p: p.name)
def test_template(path):
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("planted", "what"),
    [
        ("<script>go()</script>", "inline script"),
        ('<p style="color:red">', "inline style"),
        ('<a onclick="go()">', "inline handler"),
        ('<img src="//elsewhere/x.png">', "foreign address"),
    ],
)
def test_planted_offences_are_found(planted, what):
    assert offences(planted) == [what]
