"""Telephone numbers as they are compared: digits only, with the area code where it is told."""

from __future__ import annotations

import re
from unicodedata import normalize

_MOBILE = re.compile("1[3-9][0-9]{9}")
_AREA = "(?:10|2[0-9]|[3-9][0-9]{2})"
_USUAL = re.compile(f"1[3-9][0-9]{{9}}|0{_AREA}-?[2-9][0-9]{{6,7}}")
_LANDLINE = re.compile(f"0{_AREA}[2-9][0-9]{{6,7}}|[2-9][0-9]{{6,7}}|[48]00[0-9]{{7}}")
_WITHOUT_ZERO = re.compile(f"(?![48]00){_AREA}[2-8][0-9]{{6,7}}")
_PART = re.compile(r"[/、,;\n]|转|或|\s{2,}")
_WHOLE = re.compile(r"([0-9]{7,15})\.0*")
_FLOAT = re.compile(r"[0-9.]+[Ee]\+?[0-9]+")
_COUNTRY = re.compile(r"^\+86|^0086|^86(?=1[3-9][0-9]{9}$)")
_EXTENSION = re.compile(r"[-(x#][0-9]{1,6}\)?$")


def read_phone(text: str) -> str:
    """The first number of a cell that can be one: mobile, landline, or a service number of 400 and 800.

    The extension is left out. A landline whose leading 0 a spreadsheet has eaten gets it back.
    """
    if _USUAL.fullmatch(text):
        return text.replace("-", "")
    if not text:
        return ""
    return next((number for part in _PART.split(normalize("NFKC", text)) if (number := _read(part))), "")


def _read(part: str) -> str:
    part = part.strip()
    whole = _WHOLE.fullmatch(part)
    if whole:
        part = whole[1]
    elif _FLOAT.fullmatch(part):
        return ""
    digits = _digits(part)
    if len(digits) > 12 or (len(digits) > 11 and _MOBILE.match(digits)):
        digits = digits[:11] if _MOBILE.match(digits) else _digits(_EXTENSION.sub("", part))
    if _MOBILE.fullmatch(digits):
        return digits
    if len(digits) in (10, 11) and _WITHOUT_ZERO.fullmatch(digits):
        return f"0{digits}"
    return digits if _LANDLINE.fullmatch(digits) else ""


def _digits(part: str) -> str:
    return re.sub("[^0-9]", "", _COUNTRY.sub("", re.sub("[^0-9+]", "", part)))
