"""Registers that offices give: taken in, read, linked, decided, written to the ledger."""

from __future__ import annotations
