"""Mobile numbers of the mainland."""

from __future__ import annotations

import re

from unionhall.engines.identifiers.problems import IdentifierError
from unionhall.engines.identifiers.typed import plain

_MOBILE = re.compile(r"(?:(?:\+|00)?86)?\(?(1[3-9][0-9]{9})\)?")


def read_mobile(text: str) -> str:
    """The 11 digits of a mobile number; +86, 0086, blanks, dashes and brackets may stand around or in it.

    Which ranges are given out changes every year, so none is judged (docs/adr/0010). Raises IdentifierError:
    LENGTH, CHARACTERS, NOT_MOBILE.
    """
    typed = plain(text)
    found = _MOBILE.fullmatch(typed)
    if found:
        return found[1]
    wrong = re.search(r"[^0-9+()]", typed)
    if wrong:
        raise IdentifierError("CHARACTERS", position=wrong.start() + 1)
    if len(typed) != 11:
        raise IdentifierError("LENGTH", length=len(typed))
    raise IdentifierError("NOT_MOBILE")
