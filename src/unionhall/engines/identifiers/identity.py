"""Identity documents: the 18-digit number of GB 11643-1999, residence permits included, and passports.

The last character is that of ISO 7064, MOD 11-2. It catches every single mistyped digit and every exchange of
two neighbours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from unionhall.engines.identifiers.problems import IdentifierError, typed

_LENGTH = 18
_EARLIEST = date(1900, 1, 1)
# Powers of two modulo 11, for the first 17 digits.
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHARACTERS = "10X98765432"
# GB/T 2260 by province; 81, 82 and 83 are the residence permits of Hong Kong, Macao and Taiwan.
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)


class DocumentKind(StrEnum):
    """Which document a number stands on."""

    ID_CARD = "ID_CARD"
    FOREIGN_PERMIT = "FOREIGN_PERMIT"
    PASSPORT = "PASSPORT"


# The permanent residence permit of foreigners: three letters and twelve digits, since 2023 18 digits from 9.
_FOREIGN = re.compile(r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]")
_PASSPORT = re.compile(r"[A-Z0-9]{6,12}")


@dataclass(frozen=True)
class Document:
    """A number as it is stored, and what it says by itself. ``warnings`` are codes: UNKNOWN_REGION."""

    kind: DocumentKind
    number: str
    birth: date | None = None
    sex: str = ""
    region: str = ""
    warnings: tuple[str, ...] = ()


def identity_check_character(first17: str) -> str:
    """The last character for the first 17 digits of a number."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return _CHARACTERS[total % 11]


def read_document(text: str, kind: str = DocumentKind.ID_CARD, *, on: date | None = None) -> Document:
    """The number of a document, as typed. ``on`` is the present day, after which nobody was born.

    Raises IdentifierError: LENGTH, OLD_NUMBER (15 digits), CHARACTERS, CHECK_DIGIT, BIRTH_DATE.
    """
    number = typed(text)
    if kind == DocumentKind.PASSPORT:
        return _shaped(number, DocumentKind.PASSPORT, _PASSPORT)
    if kind == DocumentKind.FOREIGN_PERMIT:
        found = _shaped(number, DocumentKind.FOREIGN_PERMIT, _FOREIGN)
        if len(number) == _LENGTH:
            _must_check(number)
            return Document(found.kind, number, _birth(number, on), _sex(number))
        return found
    if len(number) == 15 and number.isascii() and number.isdecimal():
        raise IdentifierError("OLD_NUMBER")
    if len(number) != _LENGTH:
        raise IdentifierError("LENGTH")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise IdentifierError("CHARACTERS")
    birth = _birth(number, on)
    _must_check(number)
    known = number[:2] in _PROVINCES
    return Document(
        kind=DocumentKind.ID_CARD,
        number=number,
        birth=birth,
        sex=_sex(number),
        region=number[:6],
        warnings=() if known else ("UNKNOWN_REGION",),
    )


def _shaped(number: str, kind: DocumentKind, shape: re.Pattern[str]) -> Document:
    if not shape.fullmatch(number):
        raise IdentifierError("LENGTH" if re.fullmatch(r"[A-Z0-9]*", number) else "CHARACTERS")
    return Document(kind, number)


def _must_check(number: str) -> None:
    if identity_check_character(number[:17]) != number[17]:
        raise IdentifierError("CHECK_DIGIT")


def _birth(number: str, on: date | None) -> date:
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise IdentifierError("BIRTH_DATE") from error
    if birth < _EARLIEST or (on is not None and birth > on):
        raise IdentifierError("BIRTH_DATE")
    return birth


def _sex(number: str) -> str:
    return "MALE" if int(number[16]) % 2 else "FEMALE"
