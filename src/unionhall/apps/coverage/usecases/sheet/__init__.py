"""The ledger as the sheet that offices keep: in from last year's workbook, and out in the same layout."""

from __future__ import annotations
