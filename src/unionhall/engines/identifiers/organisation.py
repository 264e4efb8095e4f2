"""Organisation codes of GB 11714 (nine characters), which live on within credit codes and old tax numbers."""

from __future__ import annotations

from unionhall.engines.identifiers.problems import IdentifierError
from unionhall.engines.identifiers.typed import plain

_CHARACTERS = "0123456789X"


def organisation_check_character(first8: str) -> str:
    """The last character that belongs to the first eight digits and capitals.

    The weights 3, 7, 9, 10, 5, 8, 4, 2 are falling powers of 2 modulo 11. 35 is 2 modulo 11, so the weighted
    sum is twice the text read as a number to the base 35: one conversion in C. Only a Z, which is 35 itself,
    is no digit there: it is read as a Y and one more. Raises ValueError for other characters.
    """
    total = int(first8.replace("Z", "Y"), 35)
    if "Z" in first8:
        total += sum(35 ** (7 - place) for place, one in enumerate(first8) if one == "Z")
    return _CHARACTERS[-2 * total % 11]


def read_organisation_code(text: str) -> str:
    """The nine characters as they are kept, without the dash.

    Raises IdentifierError: LENGTH, CHARACTERS, CHECK_CHARACTER.
    """
    code = plain(text)
    if len(code) != 9:
        raise IdentifierError("LENGTH", length=len(code))
    if not (code.isascii() and code.isalnum()):
        raise IdentifierError("CHARACTERS")
    if organisation_check_character(code[:8]) != code[8]:
        raise IdentifierError("CHECK_CHARACTER")
    return code
