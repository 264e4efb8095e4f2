"""The tables of the data folder, each read once when it is first wanted."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def lines(name: str) -> list[str]:
    """The lines of a table, remarks left out."""
    text = files("unionhall.engines.linkage").joinpath("data", name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def simplified() -> dict[str, str]:
    """The simplified character of each traditional one."""
    pairs = (line.split(" ") for line in lines("traditional.txt"))
    return {other: simple for simple, others in pairs for other in others}


@cache
def readings() -> dict[str, str]:
    """The syllable of each character, without tone."""
    pairs = (line.split(" ") for line in lines("pinyin.txt"))
    return {one: syllable for syllable, them in pairs for one in them}


@cache
def surnames() -> dict[str, str]:
    """The reading of each surname, and nothing where it is the characters' own."""
    found = {}
    for line in lines("surnames.txt"):
        for entry in line.split():
            surname, _colon, reading = entry.partition(":")
            found[surname] = reading
    return found


@cache
def forms() -> dict[str, str]:
    """What kind of thing each ending of a name stands for."""
    return dict(line.split(" ") for line in lines("forms.txt"))


@cache
def trades() -> frozenset[str]:
    """The words by which names tell a trade."""
    return frozenset(word for line in lines("trades.txt") for word in line.split())
