"""The JSON Schema of a rule book, and the check of a document against it."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

from unionhall.engines.scoring.problems import Problem

FORMAT = "unionhall-rulebook/1"

_DECIMAL = {"type": "string", "pattern": r"^-?[0-9]{1,6}(\.[0-9]{1,6})?$"}
_POSITIVE = {"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,6})?$"}
_FACTOR = {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,2})?$"}
_CODE = {"type": "string", "pattern": r"^[A-Z][A-Z0-9_]{0,19}$"}
_NAME = {"type": "string", "minLength": 1, "maxLength": 60}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 100_000}
_DIGITS = {"type": "integer", "minimum": 0, "maximum": 6}


def _object(required: list[str], **properties: object) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


_ROUNDING = _object(["mode"], mode={"enum": ["HALF_UP", "HALF_EVEN", "DOWN", "NONE"]}, digits=_DIGITS)
_TRIM = _object(
    [],
    highest=_COUNT,
    lowest=_COUNT,
    share=_POSITIVE,
    per={"enum": ["TOTAL", "CRITERION"]},
    none_below=_COUNT,
)


def rulebook_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a rule book. Decimals are strings, so that nothing is rounded."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "unionhall rule book",
        **_object(
            ["format", "title", "criteria", "juries", "rounding", "ties", "prizes"],
            format={"const": FORMAT},
            title={"type": "string", "minLength": 1, "maxLength": 120},
            criteria={
                "type": "array",
                "minItems": 1,
                "maxItems": 20,
                "items": _object(
                    ["code", "name", "max"],
                    code=_CODE,
                    name=_NAME,
                    min=_POSITIVE,
                    max=_POSITIVE,
                    factor=_FACTOR,
                    digits=_DIGITS,
                    step=_POSITIVE,
                ),
            },
            band=_object(["low", "high"], low=_POSITIVE, high=_POSITIVE),
            juries={
                "type": "array",
                "minItems": 1,
                "maxItems": 20,
                "items": _object(
                    ["code", "name", "weight"], code=_CODE, name=_NAME, weight=_POSITIVE, trim=_TRIM
                ),
            },
            rounding=_object(
                ["criterion", "jury", "composite"], criterion=_ROUNDING, jury=_ROUNDING, composite=_ROUNDING
            ),
            ties={
                "type": "array",
                "items": {
                    "oneOf": [
                        _object(["by"], by={"const": "MORE_DECIMALS"}, digits={**_DIGITS, "maximum": 12}),
                        _object(["by", "jury"], by={"const": "JURY"}, jury=_CODE),
                        _object(["by", "criterion"], by={"const": "CRITERION"}, criterion=_CODE),
                        _object(["by"], by={"enum": ["FEWER_PENALTIES", "JOINT"]}),
                    ]
                },
            },
            prizes={
                "type": "array",
                "items": _object(
                    ["code", "name", "quota"],
                    code=_CODE,
                    name=_NAME,
                    quota={"type": "integer", "minimum": 1, "maximum": 1000},
                ),
            },
            line_ties={"enum": ["WIDEN", "NARROW"]},
            special={"enum": ["KEEPS", "YIELDS"]},
            disclosure={"enum": ["TOTALS", "BALLOTS"]},
            deferred={"type": "integer", "minimum": 2, "maximum": 20},
            timing=_object(
                ["longest"],
                shortest=_COUNT,
                longest=_COUNT,
                under=_DECIMAL,
                over={"type": "array", "items": _object(["after", "points"], after=_COUNT, points=_DECIMAL)},
            ),
        ),
    }


_VALIDATOR = Draft202012Validator(rulebook_schema())


def schema_problems(document: object) -> list[Problem]:
    """Where a document does not have the shape of a rule book: one SHAPE problem for each place."""
    return [
        Problem("SHAPE", {"path": error.json_path, "what": error.message})
        for error in sorted(_VALIDATOR.iter_errors(document), key=lambda e: e.json_path)
    ]
