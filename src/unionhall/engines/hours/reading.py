"""Hours as people write them, in Chinese or by codes: days, then from when until when, as often as needed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from unionhall.engines.hours.problems import HoursError
from unionhall.engines.hours.week import DAY, Hours

CODES = ("mo", "tu", "we", "th", "fr", "sa", "su")
CHINESE = "一二三四五六日"
# A night that ends on the next day is at most so long; “09:00-05:00” means 17:00.
NIGHT = 16 * 60
NOON = 12 * 60
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SETS = {
    **dict.fromkeys(("每天", "每日", "天天", "daily"), range(7)),
    **dict.fromkeys(("工作日", "weekdays"), range(5)),
    **dict.fromkeys(("周末", "双休日", "weekends"), range(5, 7)),
}
_LATER = ("中午", "下午", "傍晚", "晚上", "晚")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−~至到", "-"))
_TOKENS = re.compile(
    r"(?P<all>全天|24\s*小时|24\s*h(?:ours)?|24/7)(?:营业|开放)?"
    r"|(?P<off>不营业|不开放|休息|歇业|closed|off)"
    rf"|(?P<set>{'|'.join(_SETS)})"
    r"|(?P<time>(?P<part>凌晨|早晨|早上|上午|中午|下午|傍晚|晚上|早|晚)?\s*(?P<hour>\d{1,2})\s*"
    r"(?::\s*(?P<minute>\d{2})(?!\d)|[点时](?:\s*(?P<said>\d{1,2})\s*分|(?P<half>半)|整)?))"
    rf"|(?P<name>{'|'.join(_NAMES)}|mon|tues?|wed|thurs?|thu|fri|sat|sun|{'|'.join(CODES)})"
    r"|每?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
    # “周一至五”, “周一、三、五”
    r"|(?P<bare>[一二三四五六日])"
    r"|(?P<dash>-+)|(?P<end>[;。()\n])|(?P<gap>[\s,、:和及]|营业时间|开放时间)"
)


class _Token(NamedTuple):
    """A piece of the text: what it is, and the days or the minute that it names."""

    kind: str
    piece: str
    days: tuple[int, ...] = ()
    minute: int = 0
    later: bool = False


class _Rule(NamedTuple):
    """Hours of some days; of days that are not named; none, where it is closed."""

    days: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    piece: str


def read_hours(text: str) -> Hours:
    """Read hours; raises `HoursError`. Hours of no named day are those of every day.

    “周一至周五 9:00-18:00，周六 10:00-16:00”, “每天 24小时；周日休息”, “Mo-Fr 09:00-12:00, 13:00-18:00”.
    """
    reader = _Reader()
    for token in _tokens(text):
        reader.take(token)
    rules = reader.rules
    if not rules:
        raise HoursError("NOT_UNDERSTOOD", text.strip()[:40])
    nameless = [rule for rule in rules if rule.spans and not rule.days]
    if nameless and any(rule.spans and rule.days for rule in rules):
        raise HoursError("NO_DAYS", nameless[0].piece)
    found = Hours.of(_spans(rules))
    if not found.spans:
        raise HoursError("NEVER_OPEN", text.strip()[:40])
    return found


def _spans(rules: list[_Rule]) -> Iterator[tuple[int, int]]:
    """The spans of the week; what is said to be closed is taken out of “every day”."""
    off = {day for rule in rules if not rule.spans for day in rule.days or range(7)}
    told: set[int] = set()
    for rule in rules:
        if rule.spans and told & set(rule.days):
            raise HoursError("DAY_TWICE", rule.piece)
        if rule.spans:
            told |= set(rule.days)
        for day in set(rule.days or range(7)) - off:
            for start, end in rule.spans:
                yield day * DAY + start, day * DAY + end


def _tokens(text: str) -> Iterator[_Token]:
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).lower()
    at = 0
    while at < len(plain):
        match = _TOKENS.match(plain, at)
        if match is None:
            raise HoursError("NOT_UNDERSTOOD", plain[at : at + 20].strip())
        if not match["gap"]:
            yield _token(match)
        at = match.end()
    yield _Token("end", "")


def _token(match: re.Match[str]) -> _Token:
    piece = match[0].strip()
    if match["time"]:
        return _time(match, piece)
    if match["set"]:
        return _Token("set", piece, tuple(_SETS[match["set"]]))
    if match["name"]:
        return _Token("day", piece, (CODES.index(match["name"][:2]),))
    if sign := match["day"] or match["bare"]:
        return _Token("day", piece, (CHINESE.index(sign.replace("天", "日")),))
    return _Token(next(kind for kind in ("all", "off", "dash", "end") if match[kind]), piece)


def _time(match: re.Match[str], piece: str) -> _Token:
    hour = int(match["hour"])
    minute = 30 if match["half"] else int(match["minute"] or match["said"] or 0)
    later = match["part"] in _LATER
    # 中午11:30 is before noon.
    if later and hour < (11 if match["part"] == "中午" else 12):
        hour += 12
    if minute > 59 or hour * 60 + minute > DAY:
        raise HoursError("TIME_WRONG", piece)
    return _Token("time", piece, minute=hour * 60 + minute, later=later)


class _Reader:
    """Takes piece after piece; a day that follows hours begins another rule."""

    def __init__(self) -> None:
        self.rules: list[_Rule] = []
        self._begin()

    def _begin(self) -> None:
        self.days: list[int] = []
        self.spans: list[tuple[int, int]] = []
        self.start: _Token | None = None
        self.off = False
        self.before = ""
        self.pieces: list[str] = []

    def take(self, token: _Token) -> None:
        """The next piece."""
        if token.kind == "end" or (token.kind in {"day", "set"} and (self.spans or self.off)):
            self._close()
        if token.kind == "end":
            return
        self.pieces.append(token.piece)
        if not self._fits(token.kind):
            raise self._wrong()
        if token.kind == "day" and self.before == "dash":
            last = self.days[-1]
            self.days += [(last + step) % 7 for step in range(1, (token.days[0] - last) % 7 + 1)]
        elif token.kind in {"day", "set"}:
            self.days += token.days
        elif token.kind == "time":
            self._time(token)
        elif token.kind == "all":
            self.spans = [(0, DAY)]
        elif token.kind == "off":
            self.off = True
        self.before = token.kind

    def _fits(self, kind: str) -> bool:
        """Whether a piece may follow the ones before it."""
        whole = self.off or self.spans[-1:] == [(0, DAY)]
        if kind == "dash":
            return self.before == "day" or (self.start is not None and self.before == "time")
        if kind == "day":
            return self.start is None
        if kind == "time":
            return not whole and (self.before == "dash") == (self.start is not None)
        return self.start is None and self.before != "dash" and not (kind != "set" and (whole or self.spans))

    def _time(self, told: _Token) -> None:
        if self.start is None:
            if told.minute == DAY:
                raise HoursError("TIME_WRONG", told.piece)
            self.start = told
            return
        start, end = self.start.minute, told.minute
        if self.start.later and not told.later and start < end + NOON <= DAY:
            # 下午1:30-5:30: both after noon.
            end += NOON
        if end <= start:
            end += DAY
            if end - start > NIGHT:
                raise HoursError("BACKWARDS", f"{self.start.piece}-{told.piece}")
        self.spans.append((start, end))
        self.start = None

    def _wrong(self) -> HoursError:
        return HoursError("NOT_UNDERSTOOD", " ".join(self.pieces)[-40:])

    def _close(self) -> None:
        if self.before == "dash" or self.start is not None:
            raise self._wrong()
        if self.days and not self.spans and not self.off:
            raise HoursError("NO_TIME", " ".join(self.pieces)[-40:])
        if self.spans or self.off:
            piece = " ".join(self.pieces)[-40:]
            self.rules.append(_Rule(tuple(dict.fromkeys(self.days)), tuple(self.spans), piece))
        self._begin()
