"""One row of an office's ledger, read: what it tells, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from unionhall.apps.coverage.codes import Funds
from unionhall.apps.coverage.usecases.contacts import phone_of
from unionhall.apps.coverage.usecases.enterprises import Told, hours_of
from unionhall.apps.coverage.usecases.sheet.columns import FORMS, FUNDS, LEDGER, PARTIES, STATES, meant
from unionhall.engines.linkage import read_code
from unionhall.kernel.imports.sheets import Row
from unionhall.kernel.refusals import Refusal

_DAY = re.compile(r"(20\d\d|19\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})")
_MONTH = re.compile(r"(20\d\d|19\d\d)\s*[-./年]\s*(\d{1,2})")
_COUNT = re.compile(r"(\d[\d,，]*)(?:\.0+)?\s*(?:人|名)?")
_MONEY = re.compile(r"([\d,，]+)(?:\.(\d{1,2}))?\s*元?")
_SHARE = re.compile(r"(\d{1,3})(?:\.\d+)?\s*[%％]?")
# How long a text may be in its column of the table.
LENGTHS = {"name": 160, "address": 200, "trade": 80, "next_step": 200, "steward": 40, "contact": 40}

# Whoever is reached by a number that stands there without a name; the words of a sheet are Chinese.
NAMELESS = "（未留姓名）"
# A day, and what it is the day of.
PAIRS = (("next_due", "next_step"), ("state_on", "state"), ("headcount_on", "headcount"))

Note = tuple[str, str, dict[str, str | int]]


@dataclass
class Read:
    """What a row tells. ``notes`` with what is wrong: a code, the column, data."""

    row: Row
    told: Told
    contact: str = ""
    phone: str = ""
    visits: str = ""
    visited_on: date | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def read(row: Row, today: date) -> Read:
    """Read a row; nothing is looked up."""
    return _Reader(row, today).read()


class _Reader:
    def __init__(self, row: Row, today: date) -> None:
        self.row, self.today = row, today
        self.notes: list[Note] = []

    def read(self) -> Read:
        if self.row.spoilt:
            self._wrong(self.row.spoilt, self.row.spoilt_in)
        name, contact = self._text("name"), self._text("contact")
        if not name:
            self._wrong("MISSING", "name")
        fen = self._money()
        told = Told(
            name=name,
            # Whoever is asked for there and gives the shop its name runs it.
            person=contact if contact in name else "",
            codes=self._codes(),
            address=self._text("address"),
            headcount=self._count(),
            headcount_on=self._past("headcount_on"),
            trade=self._text("trade"),
            legal_form=self._word("legal_form", FORMS),
            party=self._word("party", PARTIES),
            state=self._word("state", STATES),
            state_on=self._past("state_on"),
            funds=self._funds(fen),
            funds_fen=fen,
            new_employment=self._share(),
            opening_hours=self._hours(),
            next_step=self._text("next_step"),
            next_due=self._day("next_due"),
            steward_words=self._text("steward"),
        )
        self._must_be_whole()
        visits, phone = self._cell("visits"), self._phone()
        days = [day for day in map(_day_of, _DAY.finditer(visits)) if day and day <= self.today]
        return Read(
            self.row,
            told,
            contact=contact or (NAMELESS if phone else ""),
            phone=phone,
            visits=visits,
            visited_on=max(days, default=None),
            extra=dict(self.row.others),
            notes=self.notes,
        )

    def _wrong(self, code: str, column: str, **data: str | int) -> None:
        self.notes.append((code, column, data))

    def _cell(self, column: str) -> str:
        text = self.row.values.get(column, "").strip()
        return "" if text in {"/", "-", "—", "——", "无数据"} else text

    def _text(self, column: str) -> str:
        text = self._cell(column)
        if len(text) > LENGTHS[column]:
            self._wrong("TOO_LONG", column, most=LENGTHS[column])
        return text

    def _codes(self) -> tuple[str, ...]:
        text = self._cell("code")
        if not text:
            return ()
        problem = read_code(text).problem
        if problem and problem != "LOOKS_LIKE":
            self._wrong(f"CODE_{problem}", "code")
            return ()
        return (text,)

    def _word(self, column: str, words: Mapping[str, str]) -> str:
        text = self._cell(column)
        if not text:
            return ""
        code = meant(words, text)
        if code is None:
            self._wrong("NOT_UNDERSTOOD", column, words="、".join(list(words)[:8]))
        return code or ""

    def _funds(self, fen: int | None) -> str:
        """Whether funds are collected; an amount alone says so, and one where they are not is at odds."""
        told = self._word("funds", FUNDS)
        if fen and told in (Funds.NO, Funds.UNKNOWN):
            self._wrong("FUNDS_AT_ODDS", "funds_yuan")
        return told or (Funds.YES if fen else "")

    def _must_be_whole(self) -> None:
        """A day says nothing without that of which it is the day."""
        for column, other in PAIRS:
            if self._cell(column) and not self._cell(other):
                self._wrong("ALONE", column, other=LEDGER.column(other).titles[0])

    def _count(self) -> int | None:
        text = self._cell("headcount")
        found = _COUNT.fullmatch(text)
        if text and (found is None or len(found[1]) > 9):
            self._wrong("NOT_A_NUMBER", "headcount")
            return None
        return int(re.sub(r"[,，]", "", found[1])) if found else None

    def _money(self) -> int | None:
        text = self._cell("funds_yuan")
        found = _MONEY.fullmatch(text)
        if text and (found is None or len(found[1]) > 14):
            self._wrong("NOT_A_NUMBER", "funds_yuan")
            return None
        if not found:
            return None
        return int(re.sub(r"[,，]", "", found[1]) or 0) * 100 + int((found[2] or "").ljust(2, "0"))

    def _share(self) -> int | None:
        text = self._cell("new_employment")
        found = _SHARE.fullmatch(text)
        if text and (found is None or int(found[1]) > 100):
            self._wrong("NOT_A_SHARE", "new_employment")
            return None
        return int(found[1]) if found else None

    def _day(self, column: str) -> date | None:
        text = self._cell(column)
        if not text:
            return None
        found = _DAY.search(text)
        month = _MONTH.search(text)
        day = _day_of(found) if found else _first_of(month) if month else None
        if day is None:
            self._wrong("NOT_A_DAY", column)
        return day

    def _past(self, column: str) -> date | None:
        day = self._day(column)
        if day is not None and day > self.today:
            self._wrong("DAY_AHEAD", column)
            return None
        return day

    def _hours(self) -> str:
        try:
            return hours_of(self._cell("hours"))
        except Refusal as refusal:
            self._wrong("HOURS", "hours", **refusal.data)
            return ""

    def _phone(self) -> str:
        text = self._cell("phone")
        # Masked as it was given out: nothing new is told.
        if not text or "*" in text:
            return ""
        try:
            return phone_of(text)
        except Refusal:
            self._wrong("PHONE", "phone")
            return ""


def _day_of(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _first_of(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None
