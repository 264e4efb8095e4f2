"""What is read of joining."""

from __future__ import annotations

from unionhall.apps.membership.queries import applications, counting, duplicates, figures, ledger, routing

__all__ = ["applications", "counting", "duplicates", "figures", "ledger", "routing"]
