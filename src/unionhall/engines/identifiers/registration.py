"""Registration numbers of 15 digits, which enterprises had before the credit code (GS 15-2006)."""

from __future__ import annotations

from unionhall.engines.identifiers.problems import IdentifierError
from unionhall.engines.identifiers.typed import plain


def _carried(carried: int, digit: int) -> int:
    return ((carried + digit) % 10 or 10) * 2 % 11


# What two digits together make of what is carried.
_STEPS = [
    {f"{pair:02}": _carried(_carried(carried, pair // 10), pair % 10) for pair in range(100)}
    for carried in range(11)
]


def registration_check_digit(first14: str) -> str:
    """The last digit that belongs to the first 14: ISO 7064, MOD 11,10."""
    carried = 10
    for place in range(0, 14, 2):
        carried = _STEPS[carried][first14[place : place + 2]]
    return str((11 - carried) % 10)


def read_registration_number(text: str) -> str:
    """The 15 digits as they are kept. Raises IdentifierError: LENGTH, CHARACTERS, CHECK_DIGIT."""
    number = plain(text)
    if len(number) != 15:
        raise IdentifierError("LENGTH", length=len(number))
    if not (number.isascii() and number.isdecimal()):
        raise IdentifierError("CHARACTERS")
    if registration_check_digit(number[:14]) != number[14]:
        raise IdentifierError("CHECK_DIGIT")
    return number
