"""The generator's own lists. None of them is read by the engine, and none is read from it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"


def lines(name: str) -> list[list[str]]:
    """The words of each line, remarks left out."""
    text = (DATA / f"{name}.txt").read_text("utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def array(words: list[str] | str) -> np.ndarray:
    """Words, or a text of them, as a column of Python texts, which indexing and adding leave as they are."""
    words = words.split() if isinstance(words, str) else words
    column = np.empty(len(words), dtype=object)
    column[:] = words
    return column


def zipf(count: int, slope: float, offset: float = 3.0) -> np.ndarray:
    """How likely the first, second ... of so many is drawn."""
    weights = 1.0 / (np.arange(count) + offset) ** slope
    return weights / weights.sum()


class Drawn:
    """Words with the chance of each, drawn by the thousand."""

    def __init__(self, words: list[str] | str, chances: np.ndarray) -> None:
        self.words = array(words)
        self.edges = np.cumsum(chances / chances.sum())

    def indices(self, rng: np.random.Generator, count: int) -> np.ndarray:
        found = np.searchsorted(self.edges, rng.random(count), side="right")
        return np.minimum(found, len(self.words) - 1)

    def __call__(self, rng: np.random.Generator, count: int) -> np.ndarray:
        return self.words[self.indices(rng, count)]


@cache
def characters(name: str, slope: float) -> Drawn:
    """The characters of a list, the frequent ones first, each once."""
    once = list(dict.fromkeys("".join(word for line in lines(name) for word in line)))
    return Drawn(once, zipf(len(once), slope))


@cache
def popular() -> Drawn:
    """Brands that many strangers share."""
    once = list(dict.fromkeys(word for line in lines("popular") for word in line))
    return Drawn(once, zipf(len(once), 0.9))


@cache
def surnames() -> Drawn:
    (words,) = lines("surnames")
    return Drawn(words[::2], np.array(words[1::2], dtype=float))


@cache
def industries(name: str) -> tuple[Drawn, np.ndarray, dict[str, np.ndarray]]:
    """Trades (or shops) of all industries, the industry of each, and the words of each industry."""
    rows = [(line[0], word, rank) for line in lines(name) for rank, word in enumerate(line[1:])]
    # Each industry weighs by the root of its size; within it the first words are the frequent ones.
    chances = np.array([1.0 / (rank + 3.0) ** 0.8 for _industry, _word, rank in rows])
    drawn = Drawn([word for _industry, word, _rank in rows], chances)
    return (
        drawn,
        array([industry for industry, _word, _rank in rows]),
        {line[0]: array(line[1:]) for line in lines(name)},
    )


@cache
def kinds_of_roads() -> dict[str, np.ndarray]:
    """What roads, villages, towns and parks are named after."""
    return {line[0]: array(list(dict.fromkeys(line[1:]))) for line in lines("roads")}


@cache
def others(name: str) -> dict[str, str]:
    """For each character those that are written for it."""
    found: dict[str, str] = {}
    for line in lines(name):
        for group in line:
            for one in group:
                rest = "".join(other for other in group if other != one)
                if rest:
                    found[one] = found.get(one, "") + rest
    return found


@cache
def traditional() -> dict[int, str]:
    """The traditional character of each simplified one, for `str.translate`."""
    pairs = (pair for line in lines("traditional") for pair in line)
    return {ord(pair[0]): pair[1] for pair in reversed(list(pairs))}
