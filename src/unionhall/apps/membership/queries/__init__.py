"""What is read of joining."""

from __future__ import annotations

from unionhall.apps.membership.queries import (
    applications,
    counting,
    duplicates,
    figures,
    kept,
    ledger,
    live,
    members,
    printing,
    rolls,
    routing,
    sessions,
)

__all__ = [
    "applications",
    "counting",
    "duplicates",
    "figures",
    "kept",
    "ledger",
    "live",
    "members",
    "printing",
    "rolls",
    "routing",
    "sessions",
]
