"""The figures of joining as they stand now: the definition of `counting`, counted by the database.

However many members and entries there are, the number of statements is the same.
"""

from __future__ import annotations

from unionhall.apps.membership.queries.live.cohorts import cohorts
from unionhall.apps.membership.queries.live.dashboard import Dashboard, dashboard
from unionhall.apps.membership.queries.live.entries import entries, members, through
from unionhall.apps.membership.queries.live.scope import Scope, scope_of

__all__ = ["Dashboard", "Scope", "cohorts", "dashboard", "entries", "members", "scope_of", "through"]
