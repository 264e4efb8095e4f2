"""The unified social credit code of GB 32100-2015: who registered it, what it is, where, which organisation.

Letters and digits may stand at any place; the register may be that of rural collectives (N1, N2, N3), of
others (Y1) or of the military (A1) as well as the usual 91, 11, 52 and 81.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from unionhall.engines.identifiers.problems import IdentifierError, typed

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_REGISTRARS = frozenset("123456789ANY")
# What is often read or typed for what: the alphabet leaves I, O, S, V and Z out.
_LOOKS_LIKE = str.maketrans("IOSZ", "1052")


@dataclass(frozen=True)
class CreditCode:
    """A code and its parts. ``warnings`` are codes: UNKNOWN_REGISTRAR, UNKNOWN_REGION."""

    code: str
    registrar: str
    kind: str
    region: str
    organisation: str
    warnings: tuple[str, ...] = ()


def credit_check_character(first17: str) -> str:
    """The last character for the first 17 of a code (mod 31, weights are powers of three)."""
    total = sum(_ALPHABET.index(one) * weight for one, weight in zip(first17, _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]


def read_credit_code(text: str) -> CreditCode:
    """A code as typed.

    Raises IdentifierError: LENGTH, CHARACTERS, CHECK_DIGIT; and LOOKS_LIKE when it would be right with
    1, 0, 5, 2 for an I, O, S or Z that no code has.
    """
    code = typed(text)
    if len(code) != 18:
        raise IdentifierError("LENGTH")
    if not re.fullmatch(f"[{_ALPHABET}]{{18}}", code):
        other = code.translate(_LOOKS_LIKE)
        right = (
            re.fullmatch(f"[{_ALPHABET}]{{18}}", other) and credit_check_character(other[:17]) == other[17]
        )
        raise IdentifierError("LOOKS_LIKE" if right else "CHARACTERS")
    if credit_check_character(code[:17]) != code[17]:
        raise IdentifierError("CHECK_DIGIT")
    warnings = []
    if code[0] not in _REGISTRARS:
        warnings.append("UNKNOWN_REGISTRAR")
    if not code[2:8].isdecimal():
        warnings.append("UNKNOWN_REGION")
    return CreditCode(code, code[0], code[:2], code[2:8], code[8:17], tuple(warnings))
