"""What is read of coverage."""

from __future__ import annotations

from unionhall.apps.coverage.queries import (
    blocks,
    enterprises,
    figures,
    foundings,
    handover,
    names,
    places,
    points,
    priority,
    registers,
    rounds,
    samples,
    shapes,
    sites,
    trades,
    workload,
)

__all__ = [
    "blocks",
    "enterprises",
    "figures",
    "foundings",
    "handover",
    "names",
    "places",
    "points",
    "priority",
    "registers",
    "rounds",
    "samples",
    "shapes",
    "sites",
    "trades",
    "workload",
]
