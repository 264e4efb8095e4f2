"""Where the storeys are joined: scopes for permissions, frames for live pages."""

from __future__ import annotations

from unionhall.apps.contests.queries.parts import duties
from unionhall.apps.people.queries import reach
from unionhall.kernel.permissions import supply_scopes


def join() -> None:
    """Join the house; called once when Django is ready."""
    supply_scopes(reach=reach, duties=duties)
