"""The one place that tells the time, so that tests and drills can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")

_set: ContextVar[datetime | None] = ContextVar("set_time", default=None)


def now() -> datetime:
    """The present moment in UTC, or the moment that `set_to` holds."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in the city."""
    return now().astimezone(CITY).date()


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Hold the clock at ``moment`` (aware) inside the block."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
