"""What a stage's log holds: the kinds of events, their fields, and who may see them opened.

`docs/reference/bundle.md` explains each; `SCHEMAS` is the same for machines. Times are UTC to the second.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from unionhall.engines.proof.canonical import canonical, encode

# Events that show who gave which score; the public sees them only where the rule book says so.
SHEETS: Final = frozenset({"ballot", "refusal"})
# Events that speak of single jurors; the public never sees them opened.
PRIVATE: Final = frozenset({"excusal", "excusal-lifted", "correction", "late-points", "juror-withdrawn"})
# After each of these stands a checkpoint, and nowhere else.
SEALED: Final = frozenset({"freeze", "closing", "end", "review", "publication"})

_ID = {"type": "string", "pattern": "^[A-Z0-9]{12}$"}
_TEXT = {"type": "string"}
_WHOLE = {"type": "integer", "minimum": 0}
_DECIMAL = {"type": "string", "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?(/[1-9][0-9]*)?$"}
# A figure of thousands of digits is no figure.
_POINTS = {"type": "string", "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", "maxLength": 20}
_MAYBE_DECIMAL = {"anyOf": [_DECIMAL, {"type": "null"}]}
_SCORES = {"type": "array", "items": _WHOLE, "minItems": 1}
_SOURCE = {"enum": ["PHONE", "FORM", "PAPER", "CORRECTION"]}


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


_LINE = _object(
    entry=_ID,
    rank={"type": ["integer", "null"], "minimum": 1},
    joint={"type": "boolean"},
    prize={"type": ["string", "null"]},
    composite=_MAYBE_DECIMAL,
    exact=_MAYBE_DECIMAL,
    juries={
        "type": "array",
        "items": _object(jury=_TEXT, present=_WHOLE, score=_MAYBE_DECIMAL, exact=_MAYBE_DECIMAL),
    },
)
FIELDS: Final[dict[str, dict[str, Any]]] = {
    "rules": {"stage": _ID, "contest": _TEXT, "name": _TEXT, "rulebook": {"type": "object"}},
    "entries": {
        "entries": {
            "type": "array",
            "items": _object(entry=_ID, number=_WHOLE, name=_TEXT, title=_TEXT, unit=_TEXT),
        }
    },
    "jury": {"jury": _TEXT, "jurors": {"type": "array", "items": _ID}},
    "freeze": {},
    "withdrawal": {"entry": _ID},
    "heard": {"entry": _ID},
    "opening": {"entry": _ID},
    "excusal": {"entry": _ID, "juror": _ID, "why": {"enum": ["RECUSED", "ABSENT"]}},
    "excusal-lifted": {"entry": _ID, "juror": _ID},
    "ballot": {
        "number": _WHOLE, "entry": _ID, "juror": _ID, "revision": _WHOLE, "scores": _SCORES,
        "source": _SOURCE,
    },
    "refusal": {
        "entry": _ID, "juror": _ID, "scores": _SCORES, "source": _SOURCE,
        "reason": {"enum": ["NOT_OPEN", "CLOSED", "RECUSED"]},
    },
    "closing": {"entry": _ID, "ballots": _WHOLE},
    "time": {"entry": _ID, "seconds": _WHOLE},
    "points": {"number": _WHOLE, "entry": _ID, "type": _TEXT, "points": _POINTS},
    "points-withdrawn": {"number": _WHOLE},
    "special": {"entry": _ID, "name": _TEXT, "ground": _TEXT},
    "special-withdrawn": {"entry": _ID},
    "correction": {
        "number": _WHOLE, "replaces": _WHOLE, "reason": _TEXT, "proposed_by": _ID, "confirmed_by": _ID,
    },
    "late-points": {"number": _WHOLE, "reason": _TEXT, "proposed_by": _ID, "confirmed_by": _ID},
    "juror-withdrawn": {"juror": _ID, "reason": _TEXT, "proposed_by": _ID, "confirmed_by": _ID},
    "end": {},
    "review": {"revision": _WHOLE, "result": {"type": "array", "items": _LINE}},
    "reopening": {"revision": _WHOLE, "proposed_by": _ID, "confirmed_by": _ID},
    "publication": {"revision": _WHOLE, "private": _WHOLE},
}  # fmt: skip
_AT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
SCHEMAS: Final = {kind: _object(kind={"const": kind}, at=_AT, **fields) for kind, fields in FIELDS.items()}


def event(kind: str, at: datetime, **fields: Any) -> dict[str, Any]:
    """An event of a kind at a time (aware)."""
    assert set(fields) == set(FIELDS[kind]), f"an event of kind {kind} has other fields"
    return {"kind": kind, "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), **fields}


def commitment(salt: bytes, data: bytes) -> bytes:
    """What stands in the tree for an event: SHA-256 over 32 random bytes and its canonical bytes.

    Without the salt a sheet could be found by trying all sheets.
    """
    return sha256(salt + data).digest()


def committed(salt: bytes, what: dict[str, Any]) -> bytes:
    """The commitment to an event, checked to be fit for a log. Raises what `canonical` raises."""
    return commitment(salt, canonical(what))


def committed_again(salt: bytes, what: dict[str, Any]) -> bytes:
    """The commitment to an event that was read from canonical bytes."""
    return commitment(salt, encode(what))
