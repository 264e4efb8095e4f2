"""What is read of coverage."""

from __future__ import annotations

from unionhall.apps.coverage.queries import (
    blocks,
    enterprises,
    foundings,
    handover,
    places,
    points,
    priority,
    rounds,
    shapes,
    sites,
    trades,
    workload,
)

__all__ = [
    "blocks",
    "enterprises",
    "foundings",
    "handover",
    "places",
    "points",
    "priority",
    "rounds",
    "shapes",
    "sites",
    "trades",
    "workload",
]
