"""The one way by which a name enters the ledger: masked where it names a person, whole only while needed.

What is kept of such a name besides is a keyed index, by which the next register, sheet or search finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from unionhall.apps.coverage.codes import COVERED, Source
from unionhall.apps.coverage.models import Enterprise, EnterpriseName, WholeName
from unionhall.apps.coverage.queries.names import SEALED, index_of
from unionhall.apps.coverage.usecases.contacts import KEPT
from unionhall.engines.linkage import masked_name, person_in
from unionhall.kernel.clock import CITY
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.sealed import seal


class Written(NamedTuple):
    """The columns of a name: as it may stand in the open; the whole one's index where it names a person."""

    name: str
    name_index: bytes | None
    name_guessed: bool

    def of(
        self, enterprise: Enterprise, source: Source, at: datetime, since: date | None = None
    ) -> EnterpriseName:
        """A row of the history, not yet stored."""
        return EnterpriseName(
            enterprise=enterprise,
            name=self.name,
            name_index=self.name_index,
            name_guessed=self.name_guessed,
            source=source,
            at=at,
            since=since,
        )


class ToldName(NamedTuple):
    """A name told of an enterprise, with the legal representative where a register has one."""

    enterprise: Enterprise
    name: str
    person: str


def written(name: str, person: str = "") -> Written:
    """How a name is written; ``person`` is the legal representative, or empty where nobody tells."""
    found = person_in(name, person)
    if not found:
        return Written(name.strip(), None, name_guessed=False)
    return Written(masked_name(name, found), index_of(name), name_guessed=not person)


def keep_whole(told: Iterable[tuple[EnterpriseName, str]], at: datetime) -> None:
    """Keep some whole names that name a person, sealed, where somebody may be sent to."""
    wanted = [
        (row, name)
        for row, name in told
        if row.name_index is not None and not row.enterprise.gone and row.enterprise.state not in COVERED
    ]
    if not wanted:
        return
    until = (at + KEPT).astimezone(CITY).date()
    WholeName.objects.filter(of__in=[row.pk for row, _name in wanted]).delete()
    rows = []
    for row, name in wanted:
        public_id = new_public_id()
        sealed = seal(name.strip(), row=public_id, column=SEALED)
        rows.append(WholeName(public_id=public_id, of=row, name_sealed=sealed, keep_until=until))
    WholeName.objects.bulk_create(rows, batch_size=200)


def tell_again(told: Sequence[ToldName], at: datetime) -> list[Enterprise]:
    """Names that the ledger has, told once more: whole ones are kept anew.

    Where a representative is told it is masked by that; open again is only what was masked for how it
    reads, for a shop may have changed hands. Which enterprises may be written otherwise now; the caller
    saves ``name``.
    """
    by_key = {one.enterprise.pk: one for one in told}
    changed: list[EnterpriseName] = []
    whole: list[tuple[EnterpriseName, str]] = []
    for row in EnterpriseName.objects.filter(enterprise__in=list(by_key)).order_by("pk"):
        one = by_key[row.enterprise_id]
        row.enterprise = one.enterprise
        if row.name_index is None:
            name = row.name
        elif bytes(row.name_index) == index_of(one.name):
            name = one.name
        else:
            continue
        if one.person and (row.name_index is None or row.name_guessed):
            now = written(name, one.person)
            if now != (row.name, row.name_index, row.name_guessed):
                row.name, row.name_index, row.name_guessed = now
                changed.append(row)
        if row.name_index is not None:
            whole.append((row, name))
    EnterpriseName.objects.bulk_update(changed, ["name", "name_index", "name_guessed"], batch_size=100)
    WholeName.objects.filter(of__in=[row.pk for row in changed]).delete()
    keep_whole(whole, at)
    present = [row for row in changed if not row.former]
    for row in present:
        row.enterprise.name = row.name
    return [row.enterprise for row in present]
