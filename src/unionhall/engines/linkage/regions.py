"""Regions at the beginning of names and addresses: 浙江省杭州市西湖区, 浙江杭州, 杭州 ..."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from unionhall.engines.linkage import tables
from unionhall.engines.linkage.memo import Memo

_BARE_ENDINGS = ("市", "县", "省", "自治区", "自治州", "盟", "地区", "州", "旗", "行政区")
# Zones are no regions by themselves; behind a region they say nothing that its name does not.
ZONES = (
    "经济技术开发区", "高新技术产业开发区", "高新技术开发区", "经济开发区", "高新区", "经开区", "开发区",
    "工业园区", "工业区", "保税区", "自贸试验区", "自贸区",
)  # fmt: skip
_ZONE_STARTS = frozenset(zone[:2] for zone in ZONES)
_TOWN = re.compile(r"\w{1,5}?(?:街道|镇|乡|苏木)(?=\w)")
CHINA = "100000"


class Place(NamedTuple):
    """A region by one of its names; ``bare`` without its 省, 市, 县 or 区, which brands may look like."""

    code: str
    whole: str
    bare: bool


Found = tuple[int, Place]
# By the first two characters, longest first: a name, its length, the place, and what lies in it.
Index = dict[str, tuple[tuple[str, int, Place, Any], ...]]


@cache
def full_names() -> dict[str, str]:
    """The name of each code."""
    return {line[:6]: line[7:] for line in tables.lines("regions.txt")} | {CHINA: "中国"}


@cache
def parents(code: str) -> tuple[str, ...]:
    """The codes above a region, from the province down."""
    above = dict.fromkeys((code[:2] + "0000", code[:4] + "00"))
    return tuple(one for one in above if one != code and one in full_names())


@cache
def whole_name(code: str) -> str:
    """A region with all that it lies in."""
    return "".join(full_names()[one] for one in (*parents(code), code))


@cache
def _suffix() -> re.Pattern[str]:
    """What says of which kind a region is. 内蒙古 keeps its 蒙古, which others drop."""
    peoples = "|".join(word for line in tables.lines("peoples.txt") for word in line.split())
    kinds = "自治[区州县旗]|新区|矿区|特区|林区|地区|[省市区县州盟旗]"
    return re.compile(f"(?:{peoples}|(?<!内)蒙古)*(?:{kinds})$")


def stem(name: str) -> str:
    """A name without what says of which kind it is; all of it where one character would remain."""
    short = _suffix().sub("", name)
    return short if len(short) > 1 else name


def _level(code: str) -> int:
    return 0 if code.endswith("0000") else 1 if code.endswith("00") else 2


def _ways(code: str) -> dict[str, bool]:
    """The name as it is, its stem, and 景宁县 for 景宁畲族自治县; whether it is bare."""
    name = full_names()[code]
    short = stem(name)
    ways = {name: False, short: short != name}
    if "自治" in name and name[-1] in "州县旗":
        ways.setdefault(short + name[-1], False)
    return ways


def _index(places: dict[str, Place], inner: dict[str, Index]) -> Index:
    found: dict[str, list[tuple[str, int, Place, Any]]] = {}
    for name in sorted(places, key=len, reverse=True):
        place = places[name]
        found.setdefault(name[:2], []).append((name, len(name), place, inner.get(place.code)))
    return {start: tuple(them) for start, them in found.items()}


@cache
def anywhere() -> Index:
    """What may stand first. Of districts only 西湖区, never 西湖; of namesakes the highest.

    Namesakes of one level are a region without a code.
    """
    best: dict[str, Place] = {}
    for code, full in full_names().items():
        for name, bare in _ways(code).items():
            if (len(name) < 3 and not bare and code != CHINA) or (bare and not full.endswith(_BARE_ENDINGS)):
                continue
            other = best.get(name)
            if other is None or (other.code and _level(code) < _level(other.code)):
                best[name] = Place(code, whole_name(code), bare)
            elif not other.code or _level(code) == _level(other.code):
                best[name] = Place("", name, bare)
    return _index({name: place for name, place in best.items() if place.code or not place.bare}, within())


@cache
def within() -> dict[str, Index]:
    """What may stand behind a region: all that lies in it, by the region's code."""
    inner: dict[str, dict[str, Place]] = {}
    for code in full_names():
        for name, bare in _ways(code).items():
            for above in parents(code):
                inner.setdefault(above, {})[name] = Place(code, whole_name(code), bare)
    # Prefectures first, so that provinces find them made.
    indices: dict[str, Index] = {}
    for code in sorted(inner, key=lambda code: code[2:] == "0000"):
        indices[code] = _index(inner[code], indices)
    return indices


def prefixes(text: str) -> list[Found]:
    """The regions that a plain text begins with, one in the other; the last is the one meant.

    Each with the place where it ends.
    """
    found: list[Found] = []
    names = anywhere().get(text[:2])
    end = 0
    while names:
        for name, length, place, inner in names:
            # The first two characters are the same already.
            if length == 2 or text.startswith(name, end):
                end += length
                found.append((end, place))
                names = inner.get(text[end : end + 2]) if inner else None
                break
        else:
            break
    return found


@cache
def _heads() -> Memo[Found | None]:
    """The district or county that each head of a text is, if it is wholly that."""

    def work(head: str) -> Found | None:
        found = prefixes(head)
        if found and found[-1][0] == len(head) and found[-1][1].code not in within():
            return found[-1]
        return None

    return Memo(work)


def district(text: str) -> Found | None:
    """The last of `prefixes` by a shorter way, for texts that begin with a 区 or 县 seen before.

    None where the long way must be gone. Behind its 区 or 县 no name goes on, unless it is an 自治区.
    """
    heads = _heads()
    for sign in "区县":
        end = text.find(sign) + 1
        if 2 < end < 16 and (found := heads[text[:end]]):
            return found
    return None


def behind_zone(text: str, start: int) -> int:
    """Where a zone that begins there ends; the same place if none does."""
    if text[start : start + 2] in _ZONE_STARTS and text.startswith(ZONES, start):
        return next(start + len(zone) for zone in ZONES if text.startswith(zone, start))
    return start


def town_after(text: str, start: int, place: Place) -> str:
    """The town or street behind a county or district that is written in full."""
    if place.bare or place.code[4:] == "00" or not ("镇" in text or "街道" in text or "乡" in text):
        return ""
    town = _TOWN.match(text, start)
    return town[0] if town else ""


@cache
def all_names() -> frozenset[str]:
    """What branches are named after: regions with and without their suffix."""
    return frozenset(name for code in full_names() for name in _ways(code))


@cache
def _end_lengths() -> dict[str, tuple[int, ...]]:
    """By the last two characters, how long the names are that end so, longest first."""
    found: dict[str, set[int]] = {}
    for name in all_names():
        found.setdefault(name[-2:], set()).add(len(name))
    return {end: tuple(sorted(lengths, reverse=True)) for end, lengths in found.items()}


def place_at_end(text: str) -> str:
    """The region that a text ends with, or nothing."""
    known = all_names()
    return next((text[-n:] for n in _end_lengths().get(text[-2:], ()) if text[-n:] in known), "")
