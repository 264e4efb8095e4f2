"""Addresses taken apart: area, town, road, number."""

from __future__ import annotations

import re
from typing import NamedTuple

from unionhall.engines.linkage import regions

_BRACKETS = re.compile(r"\([^()]*\)|[()]")
_TOWNS = r"[^\d-]{1,6}?(?:镇|街道(?:办事处)?|乡(?!镇)|苏木)(?=.)"
_WAY = "[路街巷弄道里坊村]|大[道街]|公路|胡同"
# Hangzhou's streets may be numbered themselves: 6号大街.
_ROAD = re.compile(
    rf"({_TOWNS})?((?:\d+号(?=大街|大道|路|街))?[^\d-]{{0,12}}?(?:{_WAY}|社区|园区|小区|广场|城))"
    r"(?:[东西南北中]段|[东西南北])?"
    r"(?:(\d+(?:-\d+)*)(弄\d+)?|([〇零一二三四五六七八九十百]{1,6})(?=号))"
)
_ROAD_ALONE = re.compile(rf"({_TOWNS})?([^\d-]{{1,12}}?(?:{_WAY}))?")
# What stands behind a word that is no region, though one is called so.
_GOES_ON = re.compile(r"[镇乡村路街巷弄道里坊]|大[道街]|社区|园区|广场")
_NUMBER = re.compile(r"(\d+(?:-\d+)*)(?:号|幢|栋|弄)")
_DIGITS = {one: value for value, one in enumerate("〇一二三四五六七八九")} | {"零": 0}


class AddressParts(NamedTuple):
    """The parts of an address, empty where it has none."""

    area: str = ""
    area_code: str = ""
    town: str = ""
    road: str = ""
    number: str = ""


NOWHERE = ("", "", "", "", "")


def read_address(text: str) -> AddressParts:
    """The parts of a plain address (`plain_text` with dashes)."""
    return AddressParts(*address_parts(text))


def address_parts(text: str) -> tuple[str, ...]:
    """What `read_address` gives, as a bare tuple."""
    if not text:
        return NOWHERE
    if "(" in text or ")" in text:
        text = _BRACKETS.sub("", text)
    area = code = ""
    start = 0
    found = regions.district(text) or _last_region(text)
    if found:
        start, (code, area, _bare) = found
        start = regions.behind_zone(text, start)
    if way := _ROAD.match(text, start):
        town, road, digits, lane, words = way.groups("")
        number = digits + lane if digits else str(_count(words))
    else:
        alone = _ROAD_ALONE.match(text, start)
        town, road = alone.groups("") if alone else ("", "")
        house = _NUMBER.search(text, start)
        number = house[1] if house else ""
    return area, code, town.removesuffix("办事处"), road, number


def _last_region(text: str) -> regions.Found | None:
    """The innermost region in front; 永安镇 and 新兴街道 are no 永安市 and no 新兴县."""
    found = regions.prefixes(text)
    while found and found[-1][1].bare and _GOES_ON.match(text, found[-1][0]):
        found.pop()
    return found[-1] if found else None


def _count(words: str) -> int:
    """一百二十三 is 123, and so is 一二三."""
    if not set(words) & set("十百"):
        return int("".join(str(_DIGITS[one]) for one in words))
    total = digit = 0
    for one in words:
        if one in "十百":
            total += (digit or 1) * (10 if one == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[one]
    return total + digit
