"""What becomes of an enterprise's record in a register that is kept by hand."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from benchmarks.linkage import codes, words
from benchmarks.linkage.places import Places, addresses, written
from benchmarks.linkage.rates import CARE, Rates
from benchmarks.linkage.words import array
from benchmarks.linkage.world import (
    BRANCH,
    CHAIN,
    COMPANY,
    FACTORY,
    INSTITUTION,
    SOLE_TRADER,
    World,
    persons,
    phones,
)  # fmt: skip

_FULL_WIDTH = {point: point + 0xFEE0 for point in range(0x21, 0x7F)}
_UNION_ENDS = array(["工会委员会"] * 5 + ["工会"] * 3 + ["工会联合会", "基层工会委员会"])
_LIKE = str.maketrans("0125", "OIZS")
_NUMERALS = "〇一二三四五六七八九"


class Spoiling:
    """One register's rows of some enterprises, spoilt column by column; ``cases`` tells what was done to each."""

    def __init__(
        self, rng: np.random.Generator, ground: Places, made: World, rows: np.ndarray, rates: Rates
    ) -> None:
        self.rng, self.ground, self.made, self.rows, self.rates = rng, ground, made, rows, rates
        self.draw = random.Random(int(rng.integers(1 << 62)))
        self.count = len(rows)
        shares, factors = zip(*CARE, strict=True)
        self.care = np.array(factors)[
            np.minimum(np.searchsorted(np.cumsum(shares), rng.random(self.count)), len(CARE) - 1)
        ]
        self.cases: dict[str, np.ndarray] = {}
        self.kind = made.kind[rows]

    def some(self, case: str, rate: float | np.ndarray) -> np.ndarray:
        """A row of the careless is met more often."""
        return self._met(case, self.rng.random(self.count) < rate * self.care)

    def one_of(self, *cases: tuple[str, float]) -> list[np.ndarray]:
        """Whichever of these befalls a row, or none."""
        lot, found, edge = self.rng.random(self.count), [], np.zeros(self.count)
        for case, rate in cases:
            upper = edge + rate * self.care
            found.append(self._met(case, (lot >= edge) & (lot < upper)))
            edge = upper
        return found

    def _met(self, case: str, mask: np.ndarray) -> np.ndarray:
        if case:
            self.cases[case] = self.cases.get(case, np.zeros(self.count, dtype=bool)) | mask
        return mask

    def each(self, column: np.ndarray, mask: np.ndarray, change: Callable[[str], str]) -> np.ndarray:
        """Change the rows of a mask one by one; which of them really changed."""
        changed = np.zeros(self.count, dtype=bool)
        for row in np.flatnonzero(mask):
            after = change(column[row])
            changed[row] = after != column[row]
            column[row] = after
        return changed

    def names(self) -> np.ndarray:
        """The name as this register has it."""
        made, rows, rates, rng = self.made, self.rows, self.rates, self.rng
        front, brand, trade = made.front[rows], made.brand[rows].copy(), made.trade[rows]
        bracket, form, tail = made.bracket[rows], made.form[rows], made.tail[rows]
        front, bracket = self._regions(front, bracket)
        trade = self._trades(trade)
        form = self._forms(form)
        self._met("REGION", front + bracket != made.front[rows] + made.bracket[rows])
        self._met("TRADE", trade != made.trade[rows])
        self._met("FORM", form != made.form[rows])
        called = (self.kind != SOLE_TRADER) | (brand != made.person[rows])
        renamed = self._met("RENAME", (rng.random(self.count) < rates.renamed) & called)
        brand[renamed] = made.older_brand[rows[renamed]]
        for case, rate, table in (
            ("HOMOPHONE", rates.homophone, "homophones"),
            ("NEAR_SOUND", rates.near_sound, "near"),
            ("LOOK_ALIKE", rates.look_alike, "shapes"),
        ):
            hit = self.some("", rate) & ~renamed & called
            self._met(
                case, self.each(brand, hit, lambda text, table=table: _replaced(self.draw, text, table))
            )
        name = front + brand + trade + bracket + form + tail
        self._whole(name, front, brand, trade, form, renamed)
        return name

    def _regions(self, front: np.ndarray, bracket: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        made, rows, rates, ground, rng = self.made, self.rows, self.rates, self.ground, self.rng
        county = made.county[rows]
        dropped, changed, bracketed = self.one_of(
            ("", rates.region_dropped), ("", rates.region_changed), ("", rates.region_bracketed)
        )
        # A branch bears its headquarters' region.
        county = np.where(self.kind == BRANCH, made.county[made.head[rows]], county)
        city, stem, own = ground.city[county], ground.city_stem[county], ground.county[county]
        style = rng.integers(0, 5, self.count)
        province = np.where(ground.province[county] == city, "", ground.province[county])
        other = np.select(
            [style == 0, style == 1, style == 2, style == 3],
            [stem, city, province + city, stem + own],
            city + own,
        )
        known = (front != "") & ~((self.kind == BRANCH) & (made.head[rows] == rows))
        front = np.where(changed & known, other, np.where(dropped | bracketed, "", front))
        to_bracket = bracketed & known & (bracket == "") & (self.kind == COMPANY)
        bracket = np.where(to_bracket, "（" + stem + "）", np.where(dropped, "", bracket))
        return front, bracket

    def _trades(self, trade: np.ndarray) -> np.ndarray:
        rates, trade = self.rates, trade.copy()
        dropped, shortened, changed = self.one_of(
            ("", rates.trade_dropped), ("", rates.trade_shortened), ("", rates.trade_changed)
        )
        firm = np.isin(self.kind, (COMPANY, BRANCH, FACTORY))
        trade[dropped & firm] = ""
        self.each(trade, shortened & firm, lambda text: text[:2] if len(text) > 3 else text)
        for row in np.flatnonzero(changed & (self.kind != INSTITUTION)):
            table = "shops" if self.kind[row] in {SOLE_TRADER, CHAIN} else "trades"
            beside = words.industries(table)[2].get(self.made.industry[self.rows[row]])
            if beside is not None and trade[row]:
                trade[row] = self.draw.choice(beside)
        return trade

    def _forms(self, form: np.ndarray) -> np.ndarray:
        rates, form = self.rates, form.copy()
        short, dropped, changed = self.one_of(
            ("", rates.form_short), ("", rates.form_dropped), ("", rates.form_changed)
        )
        company = np.isin(self.kind, (COMPANY, BRANCH))
        form[short & company] = "公司"
        form[dropped & (company | (form == "（个体工商户）"))] = ""
        swap = changed & company
        form[swap] = np.where(form[swap] == "有限公司", "有限责任公司", "有限公司")
        return form

    def _whole(
        self,
        name: np.ndarray,
        front: np.ndarray,
        brand: np.ndarray,
        trade: np.ndarray,
        form: np.ndarray,
        renamed: np.ndarray,
    ) -> None:
        made, rows, rates, rng = self.made, self.rows, self.rates, self.rng
        trader = np.isin(self.kind, (SOLE_TRADER, FACTORY))
        sign_rate = np.where(trader, rates.shop_sign_of_traders, rates.shop_sign)
        sign = self._met("SHOP_SIGN", (rng.random(self.count) < sign_rate) & (self.kind != BRANCH))
        name[sign] = made.sign[rows[sign]]
        plain = ~sign & ~renamed
        short = self.some("", rates.abbreviated) & plain & (self.kind == COMPANY)
        self._met("ABBREVIATION", short)
        for row in np.flatnonzero(short):
            name[row] = _abbreviated(self.draw, front[row], brand[row], trade[row])
        former = self.some("", rates.former_name) & ~sign & (self.kind == COMPANY)
        self._met("FORMER_NAME", former)
        for row in np.flatnonzero(former):
            older = (
                front[row]
                + (made.brand if renamed[row] else made.older_brand)[rows[row]]
                + trade[row]
                + form[row]
            )
            name[row] += self.draw.choice(("（曾用名：{}）", "（原{}）", "(原名:{})")).format(older)
        union = self._met("UNION_SUFFIX", rng.random(self.count) < rates.union_suffix)
        name[union] = name[union] + _UNION_ENDS[rng.integers(0, len(_UNION_ENDS), int(union.sum()))]
        self._met(
            "TYPING", self.each(name, self.some("", rates.typing), lambda text: _mistyped(self.draw, text))
        )
        old = self.each(
            name, self.some("", rates.traditional), lambda text: text.translate(words.traditional())
        )
        self._met("TRADITIONAL", old)
        wide = self.some("", rates.full_width)
        self._met("FULL_WIDTH", self.each(name, wide, lambda text: _other_width(self.draw, text)))
        self._met(
            "BLANKS", self.each(name, self.some("", rates.blanks), lambda text: _with_blanks(self.draw, text))
        )

    def numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """The number in whatever style, and whether it still leads to the enterprise."""
        made, rows, rates, rng = self.made, self.rows, self.rates, self.rng
        credit = codes.texts(made.credit[rows])
        number, usable = credit.copy(), np.ones(self.count, dtype=bool)
        lot, edge = rng.random(self.count), 0.0
        tax = codes.texts(made.credit[rows][:, 2:17])
        for case, rate, style in (
            ("NO_CODE", rates.code_missing, None),
            ("OLD_CODE", rates.code_tax, tax),
            ("OLD_CODE", rates.code_organisation, array([one[6:] for one in tax])),
            ("OLD_CODE", rates.code_registration, made.registration[rows]),
            ("FLOAT_CODE", rates.code_float, None),
            ("WRONG_CODE", rates.code_mistyped, None),
        ):
            hit = (lot >= edge) & (lot < edge + rate)
            edge += rate
            if case == "OLD_CODE":
                hit &= style != ""
                number[hit] = style[hit]
            elif case == "NO_CODE":
                number[hit], usable[hit] = "", False
            elif case == "FLOAT_CODE":
                hit = self.each(number, hit, _as_float)
                usable[hit] = False
            else:
                for row in np.flatnonzero(hit):
                    number[row], usable[row] = _mistyped_code(self.draw, credit[row])
            self._met(case, hit)
        dash = (np.array(list(map(len, number))) == 9) & (rng.random(self.count) < 0.4)
        self.each(number, dash, lambda text: f"{text[:8]}-{text[8:]}")
        branch = (
            (self.kind == BRANCH) & (made.head[rows] != rows) & (rng.random(self.count) < rates.code_of_head)
        )
        for one in ("NO_CODE", "OLD_CODE", "FLOAT_CODE", "WRONG_CODE"):
            self.cases[one] &= ~branch
        self._met("HEAD_OFFICE_CODE", branch)
        number[branch], usable[branch] = codes.texts(made.credit[made.head[rows[branch]]]), False
        return number, usable

    def bosses(self) -> np.ndarray:
        """The person in charge as this register has it."""
        rates, person = self.rates, self.made.person[self.rows].copy()
        missing, changed, sound = self.one_of(
            ("NO_PERSON", rates.person_missing),
            ("OTHER_PERSON", rates.person_changed),
            ("PERSON_HOMOPHONE", rates.person_homophone),
        )
        changed &= self.kind != SOLE_TRADER
        self.cases["OTHER_PERSON"] = changed
        person[changed] = persons(self.rng, int(changed.sum()))
        self.each(person, sound, lambda text: text[0] + _replaced(self.draw, text[1:], "homophones"))
        person[missing] = ""
        return person

    def addresses(self) -> np.ndarray:
        """The address, perhaps another, in this register's style."""
        made, rows, rates, ground, rng = self.made, self.rows, self.rates, self.ground, self.rng
        where = made.address.take(rows)
        missing, moved = self.one_of(("NO_ADDRESS", rates.address_missing), ("MOVED", rates.address_moved))
        gone = np.flatnonzero(moved)
        county = where.county[gone]
        # One of five moves out of the county, within the city where it can.
        away = rng.random(len(gone)) < 0.2
        beside = np.clip(county + rng.integers(-3, 4, len(gone)), 0, len(ground.city) - 1)
        county = np.where(away & (ground.city_index[beside] == ground.city_index[county]), beside, county)
        where.put(gone, addresses(rng, ground, county, np.zeros(len(gone), dtype=bool)))
        without = self.some("", rates.address_without_area)
        short = self.some("", rates.address_short)
        text = written(ground, where, without, short, rng)
        styled = self.some("", rates.address_other_style)
        self.each(text, styled, lambda text: _other_address(self.draw, text))
        text[missing] = ""
        return text

    def phones(self) -> np.ndarray:
        made, rows, rates, ground, rng = self.made, self.rows, self.rates, self.ground, self.rng
        phone = made.phone[rows].copy()
        missing, other, styled = self.one_of(
            ("NO_PHONE", rates.phone_missing),
            ("OTHER_PHONE", rates.phone_other),
            ("", rates.phone_other_style),
        )
        phone[other] = phones(rng, ground, made.county[rows[other]])
        self.each(phone, styled, lambda text: _other_phone(self.draw, text))
        phone[missing] = ""
        return phone


def _replaced(draw: random.Random, text: str, table: str) -> str:
    """One character for which the table has another."""
    others = words.others(table)
    places = [place for place, one in enumerate(text) if one in others]
    if not places:
        return text
    place = draw.choice(places)
    return text[:place] + draw.choice(others[text[place]]) + text[place + 1 :]


def _abbreviated(draw: random.Random, front: str, brand: str, trade: str) -> str:
    return draw.choice(
        (brand, front[:2] + brand, brand + trade[:2], front[:1] + brand[:1] + trade[:2], brand + "公司")
    )


def _mistyped(draw: random.Random, text: str) -> str:
    """A character dropped, doubled, swapped or read for one that looks like it."""
    if len(text) < 4:
        return text
    place, kind = draw.randrange(len(text) - 1), draw.randrange(4)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place] + text[place:]
    if kind == 2:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return _replaced(draw, text, "shapes")


def _other_width(draw: random.Random, text: str) -> str:
    if "（" in text and draw.random() < 0.7:
        return text.replace("（", "(").replace("）", ")")
    return (
        text.translate(_FULL_WIDTH)
        if text.isascii() or any("!" <= one <= "~" for one in text)
        else f"　{text}"
    )


def _with_blanks(draw: random.Random, text: str) -> str:
    place = draw.randrange(len(text) + 1)
    return text[:place] + draw.choice((" ", "　", "\u00a0", "  ")) + text[place:]


def _as_float(text: str) -> str:
    """What a spreadsheet leaves of a number; one with letters it leaves alone."""
    return f"{float(text):.2E}" if text.isdigit() else text


def _mistyped_code(draw: random.Random, code: str) -> tuple[str, bool]:
    """One slip, and whether the organisation code within still stands."""
    kind = draw.random()
    if kind < 0.3:
        one = draw.choice([one for one in "0125" if one in code] or ["0"])
        return code.replace(one, one.translate(_LIKE)), True
    place = draw.randrange(18)
    if kind < 0.6:
        place = min(place, 16)
        other = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    elif kind < 0.9:
        other = code[:place] + draw.choice("0123456789".replace(code[place], "")) + code[place + 1 :]
    else:
        other = code[:place] + code[place + 1 :]
    return other, len(other) == 18 and other[8:17] == code[8:17]


def _other_address(draw: random.Random, text: str) -> str:
    kind = draw.randrange(4)
    if kind == 0:
        return text.replace("号", "#", 1)
    if kind == 1:
        return "".join(_NUMERALS[int(one)] if one.isdigit() else one for one in text)
    if kind == 2:
        return text.replace("幢", "-").replace("号楼", "-").replace("室", "")
    return text.replace("省", "").replace("市", "", 1)


def _other_phone(draw: random.Random, text: str) -> str:
    if "-" in text:
        return draw.choice(
            (
                text.replace("-", ""),
                text.split("-")[1],
                f"({text.replace('-', ')')}",
                f"{text}-80{draw.randrange(10)}",
            )
        )
    return draw.choice(
        (f"{text[:3]} {text[3:7]} {text[7:]}", f"+86{text}", f"{text[:3]}-{text[3:7]}-{text[7:]}", f"0{text}")
    )
