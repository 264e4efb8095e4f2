"""Identity numbers of GB 11643-1999, residence permits included, and the numbers of other documents.

The last character is that of ISO 7064, MOD 11-2: one mistyped digit or two neighbours exchanged never pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from unionhall.engines.identifiers.problems import IdentifierError
from unionhall.engines.identifiers.regions import PROVINCES
from unionhall.engines.identifiers.typed import plain

ID_CARD, FOREIGN_PERMIT, PASSPORT = "ID_CARD", "FOREIGN_PERMIT", "PASSPORT"

_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHARACTERS = "10X98765432"
_EARLIEST = date(1900, 1, 1)
# Foreigners' permits were three letters and twelve digits; since 2023 they are built like identity numbers.
_FORMER_PERMIT = re.compile(r"[A-Z]{3}[0-9]{12}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")


@dataclass(frozen=True)
class Identity:
    """A number as it is kept, and what it says by itself.

    Passports and former permits say nothing: ``birth`` is None, ``region`` and ``sex`` are empty.
    ``warnings`` are codes: UNKNOWN_REGION.
    """

    number: str
    region: str = ""
    birth: date | None = None
    sex: str = ""
    warnings: tuple[str, ...] = ()


def identity_check_character(first17: str) -> str:
    """The last character that belongs to the first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return _CHARACTERS[total % 11]


def read_identity(text: str, *, on: date = date.max) -> Identity:
    """The 18-digit number of an identity card or residence permit; nobody is born after the day ``on``.

    Raises IdentifierError: OLD_NUMBER (the 15 digits of before 1999, which are not converted: nobody knows
    whether that is the number on the present card), LENGTH, CHARACTERS, BIRTH_DATE, CHECK_DIGIT (the right
    one is not told, for it would help only whoever invents a number).
    """
    number = plain(text)
    if re.fullmatch(r"[0-9]{15}", number):
        raise IdentifierError("OLD_NUMBER")
    if len(number) != 18:
        raise IdentifierError("LENGTH", length=len(number))
    wrong = re.search(r"[^0-9]", number[:17]) or re.search(r"[^0-9X]", number)
    if wrong:
        raise IdentifierError("CHARACTERS", position=wrong.start() + 1)
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdentifierError("BIRTH_DATE") from None
    if not _EARLIEST <= birth <= on:
        raise IdentifierError("BIRTH_DATE")
    if identity_check_character(number[:17]) != number[17]:
        raise IdentifierError("CHECK_DIGIT")
    return Identity(
        number=number,
        region=number[:6],
        birth=birth,
        sex="MALE" if int(number[16]) % 2 else "FEMALE",
        warnings=() if number[:2] in PROVINCES else ("UNKNOWN_REGION",),
    )


def read_document(text: str, kind: str = ID_CARD, *, on: date = date.max) -> Identity:
    """The number of a document of any kind: ID_CARD, FOREIGN_PERMIT, PASSPORT.

    Raises what `read_identity` raises, and SHAPE for what no document of that kind looks like.
    """
    number = plain(text)
    if kind == PASSPORT:
        if not _PASSPORT.fullmatch(number):
            raise IdentifierError("SHAPE")
        return Identity(number)
    if kind == FOREIGN_PERMIT:
        if _FORMER_PERMIT.fullmatch(number):
            return Identity(number)
        if not number.startswith("9"):
            raise IdentifierError("SHAPE")
        # Behind the 9 stand the province that issued the permit and the holder's country, not a district.
        read = read_identity(number, on=on)
        return Identity(number, birth=read.birth, sex=read.sex)
    return read_identity(number, on=on)
