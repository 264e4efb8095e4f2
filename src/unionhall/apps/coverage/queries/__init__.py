"""What is read of coverage."""

from __future__ import annotations

from unionhall.apps.coverage.queries import enterprises, foundings, points, priority, trades

__all__ = ["enterprises", "foundings", "points", "priority", "trades"]
