"""The result bundle: one text file with the log of a stage, opened as far as its reader may see.

Canonical JSON with the key, the leaves, the checkpoints and the receipts; only its canonical bytes are a
bundle.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

import fastjsonschema

from unionhall.engines.proof import notes
from unionhall.engines.proof.canonical import canonical, parse
from unionhall.engines.proof.events import PRIVATE, SCHEMAS, SHEETS, committed_again
from unionhall.engines.proof.notes import PublicKey
from unionhall.engines.proof.problems import ProofError

FORMAT: Final = "unionhall-bundle/1"
SCRUTINEER, JUROR, PUBLIC = "SCRUTINEER", "JUROR", "PUBLIC"
TOTALS, BALLOTS = "TOTALS", "BALLOTS"


class Leaf(NamedTuple):
    """A leaf of the log: its commitment, and its event with the salt where it is opened."""

    commitment: bytes
    salt: bytes = b""
    event: dict[str, Any] | None = None


@dataclass(frozen=True)
class Bundle:
    """A bundle that has been read. Checkpoints and receipts are signed notes, not yet verified."""

    disclosure: str
    juror: str
    key: PublicKey
    witnesses: tuple[PublicKey, ...]
    leaves: tuple[Leaf, ...]
    checkpoints: tuple[str, ...]
    receipts: tuple[str, ...]


def origin_of(stage: str) -> str:
    """The name of a stage's log."""
    return f"unionhall/{stage}"


def disclosed(
    leaves: Iterable[Leaf], disclosure: str, *, publishes: str = TOTALS, juror: str = ""
) -> list[Leaf]:
    """The leaves opened as far as a disclosure level allows; of the rest only the commitment stays."""
    return [
        leaf
        if leaf.event is None or may_see(leaf.event, disclosure, publishes=publishes, juror=juror)
        else Leaf(leaf.commitment)
        for leaf in leaves
    ]


def may_see(event: dict[str, Any], disclosure: str, *, publishes: str, juror: str = "") -> bool:
    """Whether an event stands opened in a bundle of this level."""
    if disclosure == SCRUTINEER:
        return True
    if event["kind"] in SHEETS:
        return publishes == BALLOTS or (disclosure == JUROR and event["juror"] == juror)
    return event["kind"] not in PRIVATE


def write_bundle(
    *,
    disclosure: str,
    key: PublicKey,
    leaves: Sequence[Leaf],
    checkpoints: Sequence[str],
    receipts: Sequence[str] = (),
    witnesses: Sequence[PublicKey] = (),
    juror: str = "",
) -> bytes:
    """The bytes of a bundle."""
    return canonical(
        {
            "format": FORMAT,
            "disclosure": disclosure,
            "juror": juror,
            "key": key.vkey,
            "witnesses": [one.vkey for one in witnesses],
            "leaves": [_written(leaf) for leaf in leaves],
            "checkpoints": list(checkpoints),
            "receipts": list(receipts),
        }
    )


def _written(leaf: Leaf) -> dict[str, Any]:
    if leaf.event is None:
        return {"commitment": base64.b64encode(leaf.commitment).decode()}
    return {"salt": base64.b64encode(leaf.salt).decode(), "event": leaf.event}


_B64_32 = {"type": "string", "pattern": "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}
_NOTES = {"type": "array", "items": {"type": "string"}}
BUNDLE_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "format": {"const": FORMAT},
        "disclosure": {"enum": [SCRUTINEER, JUROR, PUBLIC]},
        "juror": {"type": "string", "pattern": "^([A-Z0-9]{12})?$"},
        "key": {"type": "string"},
        "witnesses": {"type": "array", "items": {"type": "string"}},
        "leaves": {"type": "array", "items": {"type": "object"}},
        "checkpoints": {**_NOTES, "minItems": 1},
        "receipts": _NOTES,
    },
    "required": ["format", "disclosure", "juror", "key", "witnesses", "leaves", "checkpoints", "receipts"],
    "additionalProperties": False,
}
_OPENED = {
    "type": "object",
    "properties": {"salt": _B64_32, "event": {"type": "object"}},
    "required": ["salt", "event"],
    "additionalProperties": False,
}
_CLOSED = {
    "type": "object",
    "properties": {"commitment": _B64_32},
    "required": ["commitment"],
    "additionalProperties": False,
}


@cache
def _check(name: str) -> Callable[[Any], object]:
    """The compiled check of a schema: `bundle`, `opened`, `closed`, or a kind of event."""
    own = {"bundle": BUNDLE_SCHEMA, "opened": _OPENED, "closed": _CLOSED}
    check: Callable[[Any], object] = fastjsonschema.compile(own.get(name) or SCHEMAS[name])
    return check


def read_bundle(data: bytes) -> Bundle:
    """The bundle that bytes hold; its shape is checked here, what it claims by `verify`.

    Raises ProofError: what `canonical.parse` raises, SHAPE with the place, KEY_FORM, or KIND_UNKNOWN.
    """
    document = parse(data)
    _must_fit(document, "bundle", "$")
    key = notes.read_vkey(document["key"])
    if key.kind != notes.LOG:
        raise ProofError("KEY_FORM")
    witnesses = tuple(notes.read_vkey(text) for text in document["witnesses"])
    if any(witness.kind != notes.WITNESS for witness in witnesses):
        raise ProofError("KEY_FORM")
    return Bundle(
        disclosure=document["disclosure"],
        juror=document["juror"],
        key=key,
        witnesses=witnesses,
        leaves=tuple(_read(leaf, f"$.leaves[{i}]") for i, leaf in enumerate(document["leaves"])),
        checkpoints=tuple(document["checkpoints"]),
        receipts=tuple(document["receipts"]),
    )


def _read(leaf: dict[str, Any], path: str) -> Leaf:
    if "commitment" in leaf:
        _must_fit(leaf, "closed", path)
        return Leaf(base64.b64decode(leaf["commitment"]))
    _must_fit(leaf, "opened", path)
    event, salt = leaf["event"], base64.b64decode(leaf["salt"])
    if event.get("kind") not in SCHEMAS:
        raise ProofError("KIND_UNKNOWN", path=path, kind=str(event.get("kind"))[:40])
    _must_fit(event, event["kind"], f"{path}.event")
    return Leaf(committed_again(salt, event), salt, event)


def _must_fit(value: Any, schema: str, path: str) -> None:
    try:
        _check(schema)(value)
    except fastjsonschema.JsonSchemaValueException as error:
        inside = str(error.name).removeprefix("data")
        raise ProofError(
            "SHAPE", path=path + inside, why=str(error.message).removeprefix(str(error.name))
        ) from None
