"""A sample that anybody can draw again, and between what a share lies that a sample shows."""

from __future__ import annotations

from unionhall.engines.sampling.drawing import drawn, order
from unionhall.engines.sampling.intervals import Interval, wilson

__all__ = ["Interval", "drawn", "order", "wilson"]
