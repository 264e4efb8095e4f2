"""How names sound: a syllable for each character, without tones."""

from __future__ import annotations

from functools import cache

from unionhall.engines.linkage import tables
from unionhall.engines.linkage.memo import Memo


def pinyin(text: str) -> str:
    """Syllables with blanks between; what is no Chinese character stands for itself."""
    return sounds()[text]


def name_pinyin(name: str) -> str:
    """A person's name by sound; surnames have readings of their own (单 shan, 仇 qiu)."""
    return name_sounds()[name]


@cache
def sounds() -> Memo[str]:
    """What `pinyin` remembers."""
    read = tables.readings().get

    def work(text: str) -> str:
        return " ".join(map(read, text, text))

    return Memo(work)


@cache
def name_sounds() -> Memo[str]:
    """What `name_pinyin` remembers."""
    known, read = tables.surnames(), sounds()

    def work(name: str) -> str:
        surname = name[:2] if len(name) > 2 and name[:2] in known else name[:1]
        reading = known.get(surname) or read[surname]
        given = read[name[len(surname) :]]
        return f"{reading} {given}" if given else reading

    return Memo(work)
