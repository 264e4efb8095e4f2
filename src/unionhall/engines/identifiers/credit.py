"""Unified social credit codes of GB 32100-2015: who registered it, what it is, where, which organisation."""

from __future__ import annotations

from dataclasses import dataclass

from unionhall.engines.identifiers.organisation import organisation_check_character
from unionhall.engines.identifiers.problems import IdentifierError
from unionhall.engines.identifiers.regions import PROVINCES
from unionhall.engines.identifiers.typed import plain

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
# The digits of Python's int() with the same values, and for all else a full stop, which it refuses.
_DIGITS = bytes(
    ord("0123456789ABCDEFGHIJKLMNOPQRSTU"[_VALUES[chr(byte)]]) if chr(byte) in _VALUES else ord(".")
    for byte in range(256)
)
_REGISTRARS = frozenset("123456789ANY")
_NATIONAL = "10"
# What is read and typed for what; no code holds I, O, S or Z.
_LOOKS_LIKE = str.maketrans("IOSZ", "1052")


@dataclass(frozen=True)
class CreditCode:
    """A code and its parts.

    ``registrar`` is the first character (8: unions), ``kind`` the first two (81: a grass-roots union).
    ``warnings`` are codes: UNKNOWN_REGISTRAR, UNKNOWN_REGION, ORGANISATION_CODE (whose own check digit of
    GB 11714 does not hold).
    """

    code: str
    registrar: str
    kind: str
    region: str
    organisation_code: str
    warnings: tuple[str, ...] = ()


def credit_check_character(first17: str) -> str:
    """The last character that belongs to the first 17.

    The weights are the powers of 3 modulo 31. 34 is 3 modulo 31, so the weighted sum is the text from its
    end, read as a number to the base 34: one conversion in C. Raises ValueError for other characters.
    """
    return _ALPHABET[-int(first17[::-1].encode().translate(_DIGITS), 34) % 31]


def read_credit_code(text: str) -> CreditCode:
    """A code as it is typed or read from paper; letters may stand anywhere (N1, N2, Y1, A1).

    Raises IdentifierError: LENGTH, CHARACTERS, CHECK_CHARACTER; and LOOKS_LIKE with a ``suggestion`` when the
    code is right with 1, 0, 5, 2 for the I, O, S, Z that no code holds. Nothing is corrected silently.
    """
    code = plain(text)
    if len(code) != 18:
        raise IdentifierError("LENGTH", length=len(code))
    wrong = next((place for place, one in enumerate(code) if one not in _VALUES), None)
    if wrong is not None:
        other = code.translate(_LOOKS_LIKE)
        if _holds(other):
            raise IdentifierError("LOOKS_LIKE", suggestion=other)
        raise IdentifierError("CHARACTERS", position=wrong + 1)
    if not _holds(code):
        raise IdentifierError("CHECK_CHARACTER")
    checks = {
        "UNKNOWN_REGISTRAR": code[0] in _REGISTRARS,
        "UNKNOWN_REGION": code[2:4] in PROVINCES | {_NATIONAL} and code[4:8].isdecimal(),
        "ORGANISATION_CODE": organisation_check_character(code[8:16]) == code[16],
    }
    return CreditCode(
        code=code,
        registrar=code[0],
        kind=code[:2],
        region=code[2:8],
        organisation_code=code[8:17],
        warnings=tuple(warning for warning, held in checks.items() if not held),
    )


def _holds(code: str) -> bool:
    return all(one in _VALUES for one in code) and credit_check_character(code[:17]) == code[17]
