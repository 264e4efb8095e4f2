"""When a shop is open: hours as people write them, read, written again, and asked at a moment."""

from __future__ import annotations

from unionhall.engines.hours.problems import HoursError
from unionhall.engines.hours.reading import read_hours
from unionhall.engines.hours.week import DAY, WEEK, Hours, minute_of
from unionhall.engines.hours.writing import in_chinese, in_codes

__all__ = ["DAY", "WEEK", "Hours", "HoursError", "in_chinese", "in_codes", "minute_of", "read_hours"]
