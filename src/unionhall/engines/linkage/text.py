"""Text as it is compared: one width, one script, one kind of bracket, no ornament.

Everything here works character by character, so a column may be treated as one long text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from unicodedata import normalize

from unionhall.engines.linkage import tables
from unionhall.engines.linkage.memo import Memo

# Dry goods are 干 in simplified script; every other 乾 (乾元, 乾坤) is read qian and stays.
_DRY = re.compile("乾(?=[洗货果燥调菜粉锅拌冰杂湿净])|(?<=[饼豆肉鱼笋])乾")
_OPENING, _CLOSING = "[{〔【〖", "]}〕】〗"
_DASHES = "‐‑‒–—―−─━"


@cache
def _rewriting(dashes: bool) -> tuple[re.Pattern[str], Memo[str]]:
    """A pattern of all that may have to be rewritten, and how it is."""
    table = dict(tables.simplified())
    table |= {chr(point): chr(point - 32) for point in range(ord("a"), ord("z") + 1)}
    table |= dict.fromkeys(_OPENING, "(") | dict.fromkeys(_CLOSING, ")")
    table |= {"(": "(", ")": ")"}
    if dashes:
        table |= dict.fromkeys(_DASHES, "-") | {"-": "-"}

    def rewritten(run: str) -> str:
        """Compatibility forms taken apart, marks and ornament dropped."""
        return "".join(table.get(one, one if one.isalnum() else "") for one in normalize("NFKD", run))

    plain = "".join(chr(point) for point in range(0x4E00, 0xA000) if chr(point) not in table)
    kept = f"0-9A-Z()\n{plain}{'-' if dashes else ''}"
    return re.compile(f"[^{kept}]+"), Memo(rewritten)


def plain_text(text: str, *, dashes: bool = False) -> str:
    """Simplified, half-width, Latin capitals, round brackets; only letters, digits and brackets remain.

    With ``dashes`` those of house numbers remain too. Plain text stays as it is.
    """
    return _plain(text.replace("\n", ""), dashes)


def plain_texts(column: Sequence[str], *, dashes: bool = False) -> list[str]:
    """`plain_text` of a whole column, done as one long text."""
    joined = "\n".join(column)
    if joined.count("\n") >= len(column):
        joined = "\n".join(text.replace("\n", "") for text in column)
    return _plain(joined, dashes).split("\n") if column else []


def _plain(text: str, dashes: bool) -> str:
    pattern, rewritten = _rewriting(dashes)
    text = pattern.sub(lambda found: rewritten[found[0]], text)
    return _DRY.sub("干", text) if "乾" in text else text
