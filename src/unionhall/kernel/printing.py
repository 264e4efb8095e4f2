"""Printed pages: a Typst template and its data become a PDF.

The compiler is an extra (`unionhall[pdf]`). A Chinese font travels with us; fonts of the machine come after
it, and before it where a page is ceremonial and the machine has a Song face. Typst prints a box for what no
font has and says nothing, so that is looked up first and refused.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from unionhall.kernel.refusals import Refusal

FONTS = Path(__file__).parent / "fonts"
SHIPPED = "Unionhall Sans SC"
# For ceremony; the first that the machine has is taken.
SONG = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "SimSun")
# Beyond this a sentence would be a list.
MOST_NAMED = 12


def pdf(template: Path, data: dict[str, Any], *, system_fonts: bool = True) -> bytes:
    """The PDF of a template, which reads ``data`` (JSON values) as ``sys.inputs.data``.

    ``system_fonts`` lets the machine's fonts print what ours lacks. Raises Refusal NO_TYPST, or NO_GLYPH with
    the characters that no font has.
    """
    try:
        import fontTools.ttLib  # noqa: F401 - looks into fonts below
        import typst
    except ImportError:
        raise Refusal("NO_TYPST") from None
    if missing := unprintable(_texts(data), system_fonts=system_fonts):
        named = "、".join(f"{one}（U+{ord(one):04X}）" for one in missing[:MOST_NAMED])
        raise Refusal("NO_GLYPH", characters=named + ("…" if len(missing) > MOST_NAMED else ""))
    told = {**data, "fonts": _families(system_fonts=system_fonts)}
    return bytes(
        typst.compile(
            str(template),
            root=str(template.parent),
            font_paths=_fonts(system_fonts=system_fonts),
            sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
        )
    )


def unprintable(texts: Iterable[str], *, system_fonts: bool = True) -> list[str]:
    """The characters of texts that no font has, in their order."""
    wanted = {one for text in texts for one in text if _is_drawn(one)}
    fonts = _fonts(system_fonts=system_fonts).fonts()
    # Ours first: with it all others are hardly ever opened.
    for font in sorted(fonts, key=lambda one: one.family != SHIPPED):
        if not wanted:
            break
        wanted -= _characters(font.path, font.index)
    return sorted(wanted)


def _is_drawn(character: str) -> bool:
    """Whether a character needs a glyph of its own: no controls, joiners or choices of a variant."""
    # A variant that a font does not know is drawn as the plain character.
    chosen = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return not chosen and unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)


@lru_cache(maxsize=2)
def _fonts(*, system_fonts: bool) -> Any:
    """Ours, and the machine's; Typst's own are left out, since nobody could look into them."""
    import typst

    return typst.Fonts(
        include_system_fonts=system_fonts, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


@lru_cache(maxsize=64)
def _characters(path: str, index: int) -> frozenset[str]:
    """What a font file has; nothing, where it cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            return frozenset(map(chr, font.getBestCmap() or {}))
    except (OSError, TTLibError):
        return frozenset()


def _families(*, system_fonts: bool) -> dict[str, list[str]]:
    here = set(_fonts(system_fonts=system_fonts).families())
    return {"song": [*[name for name in SONG if name in here][:1], SHIPPED], "sans": [SHIPPED]}
