"""How names sound: a syllable for each character, without tones.

Columns are read as one long text, as `text.plain_texts` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from unionhall.engines.linkage import tables
from unionhall.engines.linkage.memo import Memo


def pinyin(text: str) -> str:
    """Syllables with blanks between; what is no Chinese character stands for itself."""
    return text.translate(_syllables()).removeprefix(" ")


def name_pinyin(name: str) -> str:
    """A person's name by sound; surnames have readings of their own (单 shan, 仇 qiu)."""
    known = tables.surnames()
    surname = name[:2] if len(name) > 2 and name[:2] in known else name[:1]
    reading = known.get(surname) or pinyin(surname)
    given = pinyin(name[len(surname) :])
    return f"{reading} {given}" if given else reading


def pinyins(column: Sequence[str]) -> list[str]:
    """`pinyin` of a column of plain texts; none of them has a line break."""
    if not column:
        return []
    read = "\n".join(column).translate(_syllables())
    return read.replace("\n ", "\n").removeprefix(" ").split("\n")


def name_pinyins(column: Sequence[str]) -> list[str]:
    """`name_pinyin` of a column of plain texts."""
    read, own = pinyins(column), _own_readings()
    for place, name in enumerate(column):
        if name[:1] in own:
            read[place] = name_pinyin(name)
    return read


@cache
def word_pinyin() -> Memo[str]:
    """`pinyin` of words that come again and again, as trades do."""
    return Memo(pinyin)


class _Syllables(dict[int, str]):
    """What to write for a character: a blank and its syllable, or itself."""

    def __missing__(self, point: int) -> str:
        return f" {chr(point)}"


@cache
def _syllables() -> _Syllables:
    table = _Syllables({ord(one): f" {syllable}" for one, syllable in tables.readings().items()})
    table[ord("\n")] = "\n"
    return table


@cache
def _own_readings() -> frozenset[str]:
    """With what surnames begin that sound otherwise than their characters do."""
    return frozenset(surname[0] for surname, reading in tables.surnames().items() if reading)
