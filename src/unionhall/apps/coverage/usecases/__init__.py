"""What changes the ledger, one noun per module."""

from __future__ import annotations
