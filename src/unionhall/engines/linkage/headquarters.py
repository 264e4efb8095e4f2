"""Which enterprise on a list a branch belongs to, by its name: it begins with the headquarters' own."""

from __future__ import annotations

from collections.abc import Iterable

from unionhall.engines.linkage.names import NameParts, read_name
from unionhall.engines.linkage.persons import person_in
from unionhall.engines.linkage.text import plain_text


class Headquarters:
    """The enterprises of a list that are no branches, by what their branches' names begin with.

    The list has names and legal representatives, these empty where nobody tells them.
    """

    def __init__(self, listed: Iterable[tuple[str, str]]) -> None:
        self._by_core: dict[tuple[str, ...], dict[str, tuple[str, str, NameParts]]] = {}
        for name, person in listed:
            plain = plain_text(name)
            parts = read_name(plain)
            if not parts.branch_kind and (core := _core(parts)):
                self._by_core.setdefault(core, {}).setdefault(plain, (name, person, parts))

    def of(self, name: str) -> str:
        """The headquarters of a branch as the list names it; empty for no branch, and unless one fits.

        A region in front of a branch's name is that of its headquarters. Where the branch names none, one
        headquarters from wherever it is fits. One whose name names a person (`person_in`) is not told.
        """
        parts = read_name(plain_text(name))
        core = _core(parts)
        if not parts.branch_kind or not core:
            return ""
        fit = [
            (written, person)
            for written, person, other in self._by_core.get(core, {}).values()
            if not parts.region_code or _near(parts.region_code, other.region_code)
        ]
        return fit[0][0] if len(fit) == 1 and not person_in(*fit[0]) else ""


def _core(parts: NameParts) -> tuple[str, ...]:
    """What a branch and its headquarters have in common; nothing where the name says too little."""
    if len(parts.brand) < 2 or not (parts.trade or parts.form):
        return ()
    return (parts.brand, parts.trade, parts.form)


def _near(one: str, other: str) -> bool:
    """Whether one region lies in the other, or is it; a name without region says nothing else."""
    first, second = one.removesuffix("00").removesuffix("00"), other.removesuffix("00").removesuffix("00")
    return not other or first.startswith(second) or second.startswith(first)
