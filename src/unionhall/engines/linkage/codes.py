"""Numbers of enterprises, told apart by their check digits and never by their length alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from unionhall.engines.identifiers import (
    IdentifierError,
    credit_check_character,
    identity_check_character,
    organisation_check_character,
    read_credit_code,
    registration_check_digit,
)
from unionhall.engines.identifiers.regions import PROVINCES
from unionhall.engines.identifiers.typed import plain

_FLOAT = re.compile(r"[0-9]+(?:\.[0-9]+)?E\+?[0-9]+|[0-9]{16,}\.[0-9]*")
_WHOLE = re.compile(r"([0-9]{1,15})\.0*")
_TITLE = re.compile(r"^[^0-9A-Z]+|[^0-9A-Z]+$")
# What no credit code holds and what is read for 1, 0, 5, 2.
_NEVER = frozenset("IOSZ")
# A character lost or doubled of a credit code.
_ONE_OFF = (17, 19)


class Codes(NamedTuple):
    """The numbers of one enterprise by kind.

    ``organisation`` is the nine characters that credit codes and tax numbers carry. ``problem`` is FLOAT,
    LOOKS_LIKE (read as its likeness), CHECK_CHARACTER, LENGTH, CHARACTERS, PLACEHOLDER, or IDENTITY_NUMBER: a
    person's number, which is not passed on. ``written`` is a number as it stands whose check character does
    not hold or whose length is one off: with one slip mended it may be another record's.
    """

    credit: str = ""
    organisation: str = ""
    tax: str = ""
    registration: str = ""
    problem: str = ""
    written: str = ""


Parts = tuple[str, str, str, str, str, str]
NO_CODES: Parts = ("", "", "", "", "", "")


def read_code(text: str) -> Codes:
    """The number in one cell."""
    return Codes(*code_parts(text))


def read_codes(texts: Iterable[str]) -> Codes:
    """The numbers in all cells of one enterprise; of each kind the first."""
    return Codes(*codes_parts(texts))


def code_parts(text: str) -> Parts:
    """What `read_code` gives, as a bare tuple."""
    if len(text) == 18 and _holds(text):
        return text, text[8:17], "", "", "", ""
    if not text:
        return NO_CODES
    if text.isascii() and text.isalnum() and len(text) in _BY_LENGTH:
        code = text.upper()
        return _BY_LENGTH[len(code)](code) if code.strip("0") else _wrong("PLACEHOLDER")
    code = _TITLE.sub("", plain(text))
    if not code:
        return NO_CODES
    if _FLOAT.fullmatch(code):
        return _wrong("FLOAT")
    whole = _WHOLE.fullmatch(code)
    if whole:
        code = whole[1]
    if not (code.isascii() and code.isalnum()):
        return _wrong("CHARACTERS")
    read = _BY_LENGTH.get(len(code))
    if read is None:
        if _is_identity(code[:18]):
            return _wrong("IDENTITY_NUMBER")
        return _wrong("LENGTH", code if len(code) in _ONE_OFF else "")
    return read(code) if code.strip("0") else _wrong("PLACEHOLDER")


def codes_parts(texts: Iterable[str]) -> Parts:
    """What `read_codes` gives, as a bare tuple."""
    found = NO_CODES
    for text in texts:
        if text:
            one = code_parts(text)
            found = tuple(a or b for a, b in zip(found, one, strict=True))  # type: ignore[assignment]
    if found[0]:
        return (*found[:4], found[4] if found[4] == "LOOKS_LIKE" else "", "")
    return found


def _wrong(problem: str, written: str = "") -> Parts:
    return "", "", "", "", problem, written


def _holds(code: str) -> bool:
    """Whether 18 characters are a credit code as it is written; zeros alone are none."""
    try:
        return credit_check_character(code[:17]) == code[17] and code[0] != "0"
    except ValueError:
        return False


def _eighteen(code: str) -> Parts:
    if _holds(code):
        return code, code[8:17], "", "", "", ""
    if _is_identity(code):
        return _wrong("IDENTITY_NUMBER")
    if not _NEVER.isdisjoint(code):
        try:
            read_credit_code(code)
        except IdentifierError as error:
            if error.code == "LOOKS_LIKE":
                likeness = str(error.data["suggestion"])
                return likeness, likeness[8:17], "", "", "LOOKS_LIKE", ""
    # A slip elsewhere leaves the organisation's own check digit standing.
    inner = code[8:17] if organisation_check_character(code[8:16]) == code[16] else ""
    return "", inner, "", "", "CHECK_CHARACTER", code


def _fifteen(code: str) -> Parts:
    """A tax number or a registration number; one of a hundred or so holds as both and is given as both."""
    as_tax = (
        code[:2] in PROVINCES and code[:6].isdigit() and organisation_check_character(code[6:14]) == code[14]
    )
    as_registration = code.isdigit() and registration_check_digit(code[:14]) == code[14]
    if not (as_tax or as_registration):
        return _wrong("CHECK_CHARACTER", code)
    return "", code[6:] if as_tax else "", code if as_tax else "", code if as_registration else "", "", ""


def _nine(code: str) -> Parts:
    held = organisation_check_character(code[:8]) == code[8]
    return ("", code, "", "", "", "") if held else _wrong("CHECK_CHARACTER", code)


def _is_identity(code: str) -> bool:
    """Sole traders were taxed under their own identity number, a second shop with two digits more."""
    return len(code) == 18 and code[:17].isdigit() and identity_check_character(code[:17]) == code[17]


_BY_LENGTH = {18: _eighteen, 15: _fifteen, 9: _nine}
