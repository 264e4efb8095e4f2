"""Reads of contests, one noun per module."""

from __future__ import annotations

from unionhall.apps.contests.queries import boards, counting, intake, parts, readiness, rulebooks

__all__ = ["boards", "counting", "intake", "parts", "readiness", "rulebooks"]
