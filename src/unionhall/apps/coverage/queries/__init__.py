"""What is read of coverage."""

from __future__ import annotations

from unionhall.apps.coverage.queries import (
    enterprises,
    figures,
    foundings,
    places,
    points,
    priority,
    registers,
    sites,
    trades,
)

__all__ = [
    "enterprises",
    "figures",
    "foundings",
    "places",
    "points",
    "priority",
    "registers",
    "sites",
    "trades",
]
