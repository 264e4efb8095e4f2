"""The week as a circle of minutes, and the spans of it in which a shop is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DAY = 24 * 60
WEEK = 7 * DAY


def minute_of(moment: datetime) -> int:
    """The minute of the week, from Monday 00:00, of a moment by the clock on the wall."""
    return moment.weekday() * DAY + moment.hour * 60 + moment.minute


@dataclass(frozen=True)
class Hours:
    """Spans of a week, from a minute until before another, in order and apart from each other.

    The last may run on into the next week; one that is always open is a single span of a week.
    """

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> Hours:
        """Of spans in any order; what touches or overlaps becomes one."""
        pieces: list[tuple[int, int]] = []
        for start, end in spans:
            begins = start % WEEK
            ends = begins + min(end - start, WEEK)
            pieces.append((begins, min(ends, WEEK)))
            if ends > WEEK:
                pieces.append((0, ends - WEEK))
        joined: list[tuple[int, int]] = []
        for start, end in sorted(pieces):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        if len(joined) > 1 and joined[0][0] == 0 and joined[-1][1] == WEEK:
            # Over the end of the week.
            (_zero, end), (start, _week) = joined.pop(0), joined.pop()
            joined.append((start, WEEK + end))
        return cls(tuple(joined))

    @property
    def always(self) -> bool:
        """Whether it never closes."""
        return self.spans == ((0, WEEK),)

    def open_until(self, minute: int) -> int | None:
        """In how many minutes it closes; None while it is closed. One that never closes: a week."""
        for start, end in self.spans:
            if (since := (minute - start) % WEEK) < end - start:
                return WEEK if self.always else end - start - since
        return None

    def opens_in(self, minute: int) -> int:
        """In how many minutes it opens; 0 while it is open."""
        if self.open_until(minute) is not None:
            return 0
        return min((start - minute) % WEEK for start, _end in self.spans)
