"""Why two records are one enterprise, or not: the answer to each question and its weight, a waterfall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from unionhall.engines.linkage import tables
from unionhall.engines.linkage.comparisons import COMPARISONS
from unionhall.engines.linkage.weights import Weights

# What each question looks at, as it is shown beside the answer.
SHOWN = {
    "number": "coalesce(credit_{0}, organisation_{0}, registration_{0}, written_{0})",
    "name": "name_{0}",
    "branch": "branch_{0}",
    "form": "form_{0}",
    "person": "person_{0}",
    "place": "coalesce(place_{0}, road_{0})",
    "area": "coalesce(district_{0}, city_{0})",
    "phone": "phone_{0}",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One question: what either record says, the answer by its code, and the bits it adds or takes."""

    question: str
    answer: str
    bits: float
    left: str
    right: str

    def words(self) -> str:
        """The answer in Chinese."""
        return _words()[self.question, self.answer]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A pair by its records' ids, the steps, and the bits that make it as likely as no partner."""

    a: str
    b: str
    steps: tuple[Step, ...]
    needed: float

    @property
    def bits(self) -> float:
        """What all steps come to."""
        return sum(step.bits for step in self.steps)


@cache
def _words() -> dict[tuple[str, str], str]:
    rows = (line.split(" ", 2) for line in tables.lines("answers.txt"))
    return {(question, answer): words for question, answer, words in rows}


def waterfalls(connection: Any, weights: Weights, pairs: str, left: str, right: str) -> Iterator[Waterfall]:
    """Each pair of the table ``pairs`` (a, b by ``n``) of two prepared tables explained, in its order."""
    columns = [row[0] for row in connection.execute(f"DESCRIBE {left}").fetchall()]
    sides = ", ".join(f'l."{one}" AS {one}_l, r."{one}" AS {one}_r' for one in columns)
    asked = ", ".join(
        f"{one.case()}, {SHOWN[one.name].format('l')}, {SHOWN[one.name].format('r')}" for one in COMPARISONS
    )
    rows = connection.execute(
        f"SELECT id_l, id_r, {asked} FROM (SELECT {sides} FROM {pairs} AS pairs "
        f"JOIN {left} AS l ON l.n = pairs.a JOIN {right} AS r ON r.n = pairs.b) ORDER BY n_l, n_r"
    )
    while portion := rows.fetchmany(1000):
        for a, b, *told in portion:
            steps = (
                Step(one.name, answer, weights.bits(one.name, answer), said or "", other or "")
                for one, answer, said, other in zip(
                    COMPARISONS, told[::3], told[1::3], told[2::3], strict=True
                )
            )
            yield Waterfall(a, b, tuple(steps), weights.nobody)
