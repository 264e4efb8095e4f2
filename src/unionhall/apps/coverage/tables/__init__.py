"""Lists of coverage: what stands in them, and what they are filtered by."""

from __future__ import annotations

from unionhall.apps.coverage.tables.blocks import BlockFilter, BlockTable, LeadFilter, LeadTable
from unionhall.apps.coverage.tables.enterprises import EnterpriseFilter, EnterpriseTable
from unionhall.apps.coverage.tables.foundings import FoundingFilter, FoundingTable
from unionhall.apps.coverage.tables.frozen import FrozenFilter, frozen_table
from unionhall.apps.coverage.tables.sites import SiteFilter, SiteTable

__all__ = [
    "BlockFilter",
    "BlockTable",
    "EnterpriseFilter",
    "EnterpriseTable",
    "FoundingFilter",
    "FoundingTable",
    "FrozenFilter",
    "LeadFilter",
    "LeadTable",
    "SiteFilter",
    "SiteTable",
    "frozen_table",
]
