"""Names of enterprises taken apart: region, brand 字号, trade, legal form, branch, a sole trader's person.

Everything here reads plain text (`plain_text`), so it knows one script, one width and one kind of bracket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from unionhall.engines.linkage import regions, tables
from unionhall.engines.linkage.memo import Memo
from unionhall.engines.linkage.regions import CHINA, Place

_BRANCHES = (
    "项目经理部", "分公司", "分理处", "营业部", "营业厅", "营业所", "办事处", "代表处", "联络处", "项目部",
    "分中心", "分店", "门店", "分部", "分厂", "分行", "支行", "分社", "分院", "分校", "分所", "网点",
)  # fmt: skip
_BRANCH_ENDS = frozenset(kind[-2:] for kind in _BRANCHES)
_HEADQUARTERS = re.compile(".{2,}(?:公司|事务所|合作社|合伙企业|集团|银行|医院|学校|厂|店|馆|超市|酒楼|社)")
_UNION = re.compile(r"(?<=.{4})(?:基层)?(?:联合)?工会(?:委员会|联合会)?$")
_SOLE_TRADER = ("个体工商户", "个体经营户", "个体户")
# What a bracket adds to a name without being part of it.
_REMARKS = frozenset(
    ("筹", "筹建", "筹备", "注销", "已注销", "吊销", "停业", "总部", "本部", "个体", "暂定名", "公章", "盖章")
)
_BRACKETED = re.compile(r"(\([^()]*\))")
_FORMER = ("原", "曾用名", "更名", "现更名")
_GROUP = "集团"


class NameParts(NamedTuple):
    """The parts of a name, empty where it has none."""

    region: str = ""
    region_code: str = ""
    origin: str = ""
    brand: str = ""
    trade: str = ""
    form: str = ""
    group: str = ""
    branch: str = ""
    branch_kind: str = ""
    person: str = ""


class _Brackets(NamedTuple):
    """A name without its brackets, and what they said."""

    text: str
    place: Place | None = None
    form: str = ""
    group: str = ""
    branch: str = ""
    person: str = ""


_NO_BRACKETS = _Brackets("")
# What has no other form may be a person's name alone.
_PERSONS = frozenset(("", "SOLE_TRADER"))


class _Words:
    """The words of names, laid out for looking at the end of a text."""

    def __init__(self) -> None:
        self.forms = tables.forms()
        self.trades = tables.trades()
        # How long the words are that end so, longest first: trades by their last two characters, forms by
        # the last four of long ones and by all of a short one.
        self.trade_lengths = _lengths(self.trades, 2)
        self.form_lengths = _lengths(self.forms, 4)
        # Each trade without the shop: 烧烤 for 烧烤店, but 饭店 itself.
        shorter = {word: word[: len(word) - len(_form_at_end(word, self))] for word in self.trades}
        self.trade = {word: short if short in self.trades else word for word, short in shorter.items()}


def _lengths(words: Iterable[str], count: int) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for word in words:
        found.setdefault(word[-count:], set()).add(len(word))
    return {end: tuple(sorted(lengths, reverse=True)) for end, lengths in found.items()}


@cache
def _words() -> _Words:
    return _Words()


def _form_at_end(text: str, words: _Words) -> str:
    """The longest form that the text ends with while two characters remain, or nothing."""
    most = len(text) - 2
    for end in (4, 3, 2, 1):
        for length in words.form_lengths.get(text[-end:], ()):
            if length <= most and text[-length:] in words.forms:
                return text[-length:]
    return ""


def _trade_at_end(text: str, words: _Words) -> str:
    """The longest trade that the text ends with while two characters remain, or nothing."""
    most = len(text) - 2
    if most > 1:
        for length in words.trade_lengths.get(text[-2:], ()):
            if length <= most and text[-length:] in words.trades:
                return text[-length:]
    return ""


def is_person(text: str) -> bool:
    """Whether a text may be a Chinese person's name: a surname and one or two characters more."""
    known = tables.surnames()
    length = len(text)
    return (length in (2, 3) and text[0] in known) or (length in (3, 4) and text[:2] in known)


def read_name(text: str) -> NameParts:
    """The parts of a plain name."""
    return NameParts(*name_parts(text))


def name_parts(text: str) -> tuple[str, ...]:
    """What `read_name` gives, as a bare tuple, of which columns are made."""
    words = _words()
    brackets = _NO_BRACKETS
    if "(" in text or ")" in text:
        brackets = _read_brackets(text)
        text = brackets.text
    if "工会" in text:
        text = _UNION.sub("", text)
    form = brackets.form
    if text[:2] == "个体" and text.startswith(_SOLE_TRADER):
        form = "SOLE_TRADER"
        text = next(text[len(start) :] for start in _SOLE_TRADER if text.startswith(start))
    if len(text) < 3 or text in words.forms:
        return _short_name(text, form, brackets)
    branch = kind = ""
    if text[-2:] != "公司" or text[-3] == "分":
        text, branch, kind = _cut_branch(text)
    if brackets.branch:
        branch, kind = _split_branch(brackets.branch)
    text, ending, group, trade = _cut_form(text, words)
    form = form or ending
    region, code, town, brand, more = _region_brand_trade(text, words)
    trade = more + trade
    origin = ""
    if brackets.place:
        region, code, origin = _places(region, code, brackets.place)
    person = brackets.person
    if form in _PERSONS and not (person or trade or branch) and is_person(brand):
        person = brand
    return region + town, code, origin, brand, trade, form, group or brackets.group, branch, kind, person


def _cut_form(text: str, words: _Words) -> tuple[str, str, str, str]:
    """A name without its form, the form's code, whether it is a group, and a shop's trade (烧烤店)."""
    ending = _form_at_end(text, words)
    form = ""
    if ending:
        form = words.forms[ending]
        shop = _trade_at_end(text, words) if len(ending) < 4 else ""
        if len(shop) >= len(ending):
            return text[: -len(shop)], form, "", words.trade[shop]
        text = text[: -len(ending)]
    if ending[:2] == _GROUP:
        return text, form, _GROUP, ""
    if text[-2:] == _GROUP and len(text) > 3:
        return text[:-2], form, _GROUP, ""
    return text, form, "", ""


def _short_name(text: str, form: str, brackets: _Brackets) -> tuple[str, ...]:
    """A name of two characters at most, or one that is nothing but a form."""
    form = form or tables.forms().get(text, "")
    brand = "" if text in tables.forms() else text
    person = brackets.person or (brand if form in _PERSONS and is_person(brand) else "")
    region, code, origin = _places("", "", brackets.place) if brackets.place else ("", "", "")
    return region, code, origin, brand, "", form, brackets.group, "", "", person


def _region_brand_trade(text: str, words: _Words) -> tuple[str, str, str, str, str]:
    """Region, its code, a town, brand and trade of a name whose form is cut off.

    A bare 东方 is a city only if a brand is left behind it: 东方科技 has the brand 东方.
    """
    district = regions.district(text)
    found = [district] if district and not district[1].bare else regions.prefixes(text)
    while found:
        start, place = found.pop()
        start = regions.behind_zone(text, start)
        town = regions.town_after(text, start, place)
        brand, trade = _brand_and_trade(text[start + len(town) :], words)
        if not place.bare or not (len(brand) < 2 or brand in words.trades or brand[1:] in words.trades):
            return place.whole, place.code, town, brand, trade
    return "", "", "", *_brand_and_trade(text, words)


def _brand_and_trade(text: str, words: _Words) -> tuple[str, str]:
    trade = ""
    while word := _trade_at_end(text, words):
        trade = words.trade[word] + trade
        text = text[: -len(word)]
    return text, trade


def _cut_branch(text: str) -> tuple[str, str, str]:
    """The headquarters' name, what the branch is called, and what kind it is."""
    if text[-2:] in _BRANCH_ENDS and text.endswith(_BRANCHES):
        kind = next(one for one in _BRANCHES if text.endswith(one))
        rest = text[: -len(kind)]
        parent = _HEADQUARTERS.match(rest)
        if parent:
            return parent[0], rest[parent.end() :], kind
        place = regions.place_at_end(rest)
        if len(rest) - len(place) < 2:
            place = ""
        return (rest[: -len(place)] if place else rest), place, kind
    end = text.rfind("公司") + 2
    if 4 < end < len(text) and text[end:] != _GROUP:
        return text[:end], *_split_branch(text[end:])
    if text[-1] == "店" and len(text) > 4 and not _trade_at_end(text, _words()):
        place = regions.place_at_end(text[:-1])
        if place and len(text) - len(place) > 2:
            return text[: -len(place) - 1], place, "店"
    return text, "", ""


def _split_branch(text: str) -> tuple[str, str]:
    """西湖分公司 is 西湖 and 分公司."""
    kind = next((one for one in _BRANCHES if text.endswith(one)), "")
    if not kind:
        kind = _form_at_end(f"  {text}", _words())
    return text[: len(text) - len(kind)], kind


def _places(whole: str, code: str, bracket: Place) -> tuple[str, str, str]:
    """Region, its code, and where a name comes from that names two regions: 杭州甲（上海）有限公司."""
    if not whole or code == CHINA or _lies_in(bracket.code, code):
        return bracket.whole, bracket.code, ""
    if bracket.code == CHINA or _lies_in(code, bracket.code):
        return whole, code, ""
    return bracket.whole, bracket.code, whole


def _lies_in(code: str, other: str) -> bool:
    return bool(code and other) and (code == other or other in regions.parents(code))


def _read_brackets(text: str) -> _Brackets:
    """What stands in brackets, each by its meaning; what means nothing known stays where it is."""
    form = group = branch = person = ""
    place: Place | None = None
    kept: list[str] = []
    for piece in _BRACKETED.split(text):
        if piece[:1] != "(" or piece[-1:] != ")":
            kept.append(piece.replace("(", "").replace(")", ""))
            continue
        inner = piece[1:-1]
        meaning = _meanings()[inner]
        if meaning == "PLACE":
            found = _place_in_brackets(inner, text)
            place = place or found
            if not found:
                kept.append(inner)
        elif meaning == "GROUP":
            group = _GROUP
        elif meaning == "BRANCH":
            branch = branch or inner
        elif meaning == "PERSON" and "公司" not in text:
            person = person or inner
        elif meaning in ("PERSON", "KEPT"):
            kept.append(inner)
        else:
            form = form or meaning
    return _Brackets("".join(kept), place, form, group, branch, person)


@cache
def _meanings() -> Memo[str]:
    """What a bracket's content means: PLACE, GROUP, BRANCH, PERSON, KEPT, a form's code, or nothing."""
    forms, places = tables.forms(), regions.all_names()

    def work(inner: str) -> str:
        if not inner or inner in _REMARKS or inner.startswith(_FORMER):
            return ""
        if inner in (_GROUP, "集团公司"):
            return "GROUP"
        if inner in forms and len(inner) > 1:
            return forms[inner]
        if inner in places or _whole_place(inner):
            return "PLACE"
        if inner.endswith((*_BRANCHES, "店")):
            return "BRANCH"
        return "PERSON" if is_person(inner) else "KEPT"

    return Memo(work)


def _place_in_brackets(inner: str, text: str) -> Place | None:
    """The region that a bracket names, looked for in the region in front too."""
    front = regions.prefixes(text)
    if front:
        for name, _length, place, _within in regions.within().get(front[-1][1].code, {}).get(inner[:2], ()):
            if inner == name:
                return place
    return _whole_place(inner)


def _whole_place(inner: str) -> Place | None:
    found = regions.prefixes(inner)
    return found[-1][1] if found and found[-1][0] == len(inner) else None
