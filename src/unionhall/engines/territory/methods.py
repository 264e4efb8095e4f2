"""Which of the optional packages are here, imported when first wanted."""

from __future__ import annotations

from importlib.util import find_spec


def has_metis() -> bool:
    """Whether pymetis is installed."""
    return find_spec("pymetis") is not None


def has_solver() -> bool:
    """Whether OR-Tools is installed."""
    return find_spec("ortools") is not None
