"""Forms of the ledger; whether something may be done is for the use cases to say."""

from __future__ import annotations
