"""Numbers that hold, made for tests; what they say of anybody is invented."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from unionhall.engines.identifiers import credit_check_character, identity_check_character

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DIGITS = "0123456789X"


def identity(region: str, birth: str, order: str = "001") -> str:
    first17 = region + birth + order
    return first17 + identity_check_character(first17)


identities = st.builds(
    identity,
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.dates(date(1900, 1, 1), date(2026, 12, 31)).map(lambda day: day.strftime("%Y%m%d")),
    st.from_regex(r"[0-9]{3}", fullmatch=True),
)
credit_codes = st.text(LETTERS, min_size=17, max_size=17).map(
    lambda text: text + credit_check_character(text)
)


def typing_errors(number: str, characters: str):
    """Every number with one other character, and every one with two neighbours exchanged."""
    for place, present in enumerate(number):
        for other in characters:
            if other != present:
                yield number[:place] + other + number[place + 1 :]
    for place in range(len(number) - 1):
        first, second = number[place], number[place + 1]
        if first != second:
            yield number[:place] + second + first + number[place + 2 :]
