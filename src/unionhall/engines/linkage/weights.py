"""The stored parameters of linking: a weight of evidence for each answer, our own schema for every backend.

A weight is in bits: +10 makes a pair a thousand times likelier to be one enterprise. Splink's own saved
models do not load across backends; from these its settings are made for any.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from unionhall.engines.linkage.comparisons import COMPARISONS
from unionhall.engines.linkage.preparing import KEYS

SCHEMA = 1
# Splink wants the shares of an answer among same and among strange pairs; only their ratio counts.
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Weights:
    """``answers``: by comparison, bits for each answer. ``nobody``: bits for having no partner at all.

    ``calibration``: pairs of a raw probability and how many of a hundred such pairs are right, rising.
    """

    answers: Mapping[str, Mapping[str, float]]
    nobody: float
    calibration: tuple[tuple[float, float], ...]

    def settings(self, keys: Sequence[str] = tuple(KEYS), *, answers: bool = False) -> dict[str, Any]:
        """Splink's settings for linking two prepared registers whose records meet by these keys."""
        return {
            "link_type": "link_only",
            "unique_id_column_name": "n",
            "probability_two_random_records_match": 0.5,
            "retain_matching_columns": answers,
            "retain_intermediate_calculation_columns": False,
            "blocking_rules_to_generate_predictions": [
                {"blocking_rule": f"l.key_{key} = r.key_{key}"} for key in keys
            ],
            "comparisons": [
                {
                    "output_column_name": comparison.name,
                    "comparison_levels": [
                        {
                            "sql_condition": comparison.unknown,
                            "label_for_charts": "UNKNOWN",
                            "is_null_level": True,
                        },
                        *(
                            {
                                "sql_condition": answer.condition,
                                "label_for_charts": answer.code,
                                **self._ratio(comparison.name, answer.code),
                            }
                            for answer in comparison.answers
                        ),
                        {
                            "sql_condition": "ELSE",
                            "label_for_charts": "OTHER",
                            **self._ratio(comparison.name, "OTHER"),
                        },
                    ],
                }
                for comparison in COMPARISONS
            ],
        }

    def bits(self, comparison: str, answer: str) -> float:
        """What an answer weighs; nothing where nothing is known."""
        return self.answers[comparison].get(answer, 0.0)

    def _ratio(self, comparison: str, answer: str) -> dict[str, float]:
        bits = self.bits(comparison, answer)
        strange = _SHARE / 2**bits if bits > 0 else _SHARE
        return {"m_probability": strange * 2**bits, "u_probability": strange}

    def calibrated(self) -> str:
        """SQL that turns ``raw`` into a probability, straight between the points of the calibration."""
        points = self.calibration
        whens = [
            f"WHEN raw < {x2!r} THEN {y1!r} + (raw - {x1!r}) * {(y2 - y1) / (x2 - x1)!r}"
            for (x1, y1), (x2, y2) in pairwise(points)
        ]
        return f"CASE {' '.join(whens)} ELSE {points[-1][1]!r} END"


def read_weights(path: Path | None = None) -> Weights:
    """The weights in a file, or those shipped. Raises ValueError when they are not of this schema."""
    return _shipped() if path is None else _read(path.read_text("utf-8"))


@cache
def _shipped() -> Weights:
    return _read(files("unionhall.engines.linkage").joinpath("data", "weights.json").read_text("utf-8"))


def _read(text: str) -> Weights:
    told = json.loads(text)
    if told.get("schema") != SCHEMA:
        raise ValueError(f"weights of schema {told.get('schema')} cannot be used, only {SCHEMA}")
    return Weights(told["answers"], told["nobody"], tuple(map(tuple, told["calibration"])))
