"""Mobile numbers of the mainland, as they are typed."""

from __future__ import annotations

import re

from unionhall.engines.identifiers.problems import IdentifierError, typed


def read_mobile(text: str) -> str:
    """The 11 digits of a mobile number; +86, 0086, blanks and dashes may stand around and in it.

    Every number that begins with 13 to 19 may be given out one day, so no block is refused. Raises
    IdentifierError PHONE.
    """
    number = re.sub(r"^(\+|00)?86(?=1[3-9][0-9]{9}$)", "", re.sub(r"[()]", "", typed(text)))
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise IdentifierError("PHONE")
    return number
