"""Canonical JSON (RFC 8785), narrowed to what leaves no doubt.

Numbers are integers of at most 2^53 - 1, strings are NFC without half characters, no name stands twice.
Decimals are written as strings.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import rfc8785

from unionhall.engines.proof.problems import ProofError

LARGEST = 2**53 - 1
DEEPEST = 64


def canonical(value: Any) -> bytes:
    """The one sequence of bytes that stands for a JSON value.

    Raises ProofError: NOT_AN_INTEGER, TOO_LARGE, NOT_NFC, HALF_CHARACTER or TOO_DEEP, each with its path.
    """
    _check(value, "$", 0)
    return encode(value)


def encode(value: Any) -> bytes:
    """The canonical bytes of a value that is known to be sound, such as one that `parse` returned."""
    # Where all names are ASCII, sorting by characters and by UTF-16 is the same, and the standard library's
    # encoder gives RFC 8785's bytes five times as fast; a property test holds the two against each other.
    return _encoder.encode(value).encode() if _plain(value) else rfc8785.dumps(value)


_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> bool:
    """Whether every name in a value is ASCII."""
    if isinstance(value, dict):
        return all(name.isascii() and _plain(item) for name, item in value.items())
    return not isinstance(value, list) or all(map(_plain, value))


def parse(data: bytes) -> Any:
    """The value of canonical bytes; any other bytes are refused.

    Raises ProofError: NOT_UTF8, NOT_JSON (with the line and column), NAME_TWICE, what `canonical` raises,
    or NOT_CANONICAL with the first byte that differs.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ProofError("NOT_UTF8", byte=error.start) from None
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float)
    except json.JSONDecodeError as error:
        raise ProofError("NOT_JSON", line=error.lineno, column=error.colno, why=error.msg) from None
    except RecursionError:
        raise ProofError("TOO_DEEP", path="$") from None
    except ValueError:  # an integer of thousands of digits
        raise ProofError("TOO_LARGE", path="$") from None
    again = canonical(value)
    if again != data:
        same = next((i for i, (a, b) in enumerate(zip(again, data, strict=False)) if a != b), None)
        raise ProofError("NOT_CANONICAL", byte=min(len(again), len(data)) if same is None else same)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ProofError("NAME_TWICE", name=name)
        found[name] = value
    return found


def _no_float(text: str) -> Any:
    raise ProofError("NOT_AN_INTEGER", path="$", value=text[:40])


def _check(value: Any, path: str, depth: int) -> None:
    if depth > DEEPEST:
        raise ProofError("TOO_DEEP", path=path)
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise ProofError("TOO_LARGE", path=path)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            _check(item, f"{path}[{i}]", depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_text(name, path)
            _check(item, f"{path}.{name}", depth + 1)
    else:
        raise ProofError("NOT_AN_INTEGER", path=path, value=str(value)[:40])


def _check_text(text: str, path: str) -> None:
    if text.isascii():
        return
    if not unicodedata.is_normalized("NFC", text):
        raise ProofError("NOT_NFC", path=path)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ProofError("HALF_CHARACTER", path=path)
