"""Reads of contests, one noun per module."""

from __future__ import annotations

from unionhall.apps.contests.queries import (
    advice,
    boards,
    calibration,
    contests,
    corrections,
    counting,
    floor,
    hearing,
    intake,
    log,
    parts,
    printing,
    readiness,
    rulebooks,
    screen,
    seats,
    whatif,
)

__all__ = [
    "advice",
    "boards",
    "calibration",
    "contests",
    "corrections",
    "counting",
    "floor",
    "hearing",
    "intake",
    "log",
    "parts",
    "printing",
    "readiness",
    "rulebooks",
    "screen",
    "seats",
    "whatif",
]
