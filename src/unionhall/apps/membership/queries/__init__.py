"""What is read of joining."""

from __future__ import annotations

from unionhall.apps.membership.queries import (
    applications,
    collections,
    counting,
    duplicates,
    figures,
    kept,
    ledger,
    live,
    members,
    printing,
    reminders,
    rolls,
    routing,
    sessions,
)

__all__ = [
    "applications",
    "collections",
    "counting",
    "duplicates",
    "figures",
    "kept",
    "ledger",
    "live",
    "members",
    "printing",
    "reminders",
    "rolls",
    "routing",
    "sessions",
]
