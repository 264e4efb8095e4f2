"""Figures of joining: frozen ones and their rows, and the live ones of a dashboard."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from unionhall.apps.membership.models import CategorySet, MembershipEvent, Snapshot, SnapshotRows
from unionhall.apps.membership.queries.counting import FIGURES, LedgerRow, Period, unpacked
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import of_unions, subtree
from unionhall.apps.people.models import Person

CHUNK = 20_000
FIELDS = ("person_id", "pk", "kind", "union_id", "on", "occupation", "corrects_id")


def period_of(union: Union, starts: date, ends: date, listed: CategorySet) -> Period:
    """A union's period: its rolls are those of the line of command on the period's last day."""
    last = date.fromordinal(ends.toordinal() - 1)
    return Period(subtree([union.pk], last), starts, ends, frozenset(listed.occupations))


def ledger_rows(period: Period) -> Iterator[LedgerRow]:
    """All entries before a period's end that can matter to its unions, person by person; those of merged
    records last, as the one person they are.

    One statement reads them, so that they are one moment's truth. Whoever never stood on one of the period's
    rolls is in none of its figures and is not read, unless records were merged.
    """
    roots = merged_roots()
    touched = set(roots) | set(roots.values())
    before = MembershipEvent.objects.filter(on__lt=period.ends)
    ever = of_unions("union", period.unions)
    if ever:
        persons = before.filter(ever).order_by().values("person").union(merging_persons())
        before = before.filter(person__in=persons)
    merged: list[LedgerRow] = []
    for row in before.order_by("person_id", "pk").values_list(*FIELDS).iterator(chunk_size=CHUNK):
        if row[0] in touched:
            root = roots.get(row[0], row[0])
            merged.append(LedgerRow(*row)._replace(person=root, merged=root != row[0]))
        else:
            yield LedgerRow(*row)
    yield from sorted(merged, key=lambda row: (row.person, row.key))


def merging_persons() -> Any:
    """Keys of all records that were merged, and of those that hold on; as a statement."""
    merged = Person.objects.filter(merged_into__isnull=False).order_by()
    return merged.values(person=F("pk")).union(merged.values(person=F("merged_into")))


def merged_roots() -> dict[int, int]:
    """For every merged record the one that holds on, at the end of however many merges."""
    into = dict(
        Person.objects.exclude(merged_into=None)
        .values_list("pk", "merged_into_id")
        .iterator(chunk_size=CHUNK)
    )
    roots = {}
    for key in into:
        root: int = key
        while root in into:
            root = into[root]
        roots[key] = root
    return roots


def rows_of(keys: Sequence[int]) -> Iterator[LedgerRow]:
    """Entries by their ascending keys, as they were written."""
    for begin in range(0, len(keys), CHUNK):
        part = list(keys[begin : begin + CHUNK])
        for row in MembershipEvent.objects.filter(pk__among=part).order_by("pk").values_list(*FIELDS):
            yield LedgerRow(*row)


def snapshot_keys(snapshot: Snapshot, figure: str) -> array[int]:
    """The keys of the entries that a frozen figure counts."""
    rows = SnapshotRows.objects.get(snapshot=snapshot, figure=figure)
    return unpacked(bytes(rows.keys))


def entries_behind(keys: Sequence[int]) -> QuerySet[MembershipEvent]:
    """Entries as a page of a list shows them."""
    return (
        MembershipEvent.objects.filter(pk__in=list(keys))
        .select_related("person__membership", "union", "application__attribution")
        .order_by("pk")
    )


@dataclass
class Change:
    """Of one figure what a restatement counts newly and what no more, with the entries that are shown."""

    figure: str
    new_count: int
    gone_count: int
    new: list[MembershipEvent]
    gone: list[MembershipEvent]


def changes_between(former: Snapshot, later: Snapshot, most: int = 100) -> list[Change]:
    """What differs between two revisions, figure by figure; figures that count the same are left out."""
    found: list[tuple[str, list[int], list[int]]] = []
    before, after = ({rows.figure: rows for rows in one.rows.all()} for one in (former, later))
    for figure in FIGURES:
        if before[figure].digest != after[figure].digest:
            old, now = (set(unpacked(bytes(rows[figure].keys))) for rows in (before, after))
            found.append((figure, sorted(now - old), sorted(old - now)))
    shown = {key for _figure, new, gone in found for key in (*new[:most], *gone[:most])}
    entries = {one.pk: one for one in entries_behind(sorted(shown))}
    return [
        Change(
            figure,
            len(new),
            len(gone),
            [entries[key] for key in new[:most]],
            [entries[key] for key in gone[:most]],
        )
        for figure, new, gone in found
    ]


def revisions_of(snapshot: Snapshot) -> QuerySet[Snapshot]:
    """All revisions of a period, the newest first."""
    same = Snapshot.objects.filter(union=snapshot.union, starts=snapshot.starts, ends=snapshot.ends)
    return same.select_related("closed_by__person", "category_set").order_by("-revision")


def former_revision(snapshot: Snapshot) -> Snapshot | None:
    """The revision before."""
    return revisions_of(snapshot).filter(revision=snapshot.revision - 1).first()


def snapshots_of(unions: Collection[int]) -> QuerySet[Snapshot]:
    """Closed periods of some unions, the newest first."""
    return (
        Snapshot.objects.filter(union__among=unions)
        .select_related("union", "category_set", "closed_by__person")
        .order_by("-ends", "-revision")
    )


def all_lists() -> QuerySet[CategorySet]:
    """All lists of occupations with all their versions, the newest of each first."""
    return CategorySet.objects.select_related("union").order_by("union_id", "-code", "-version")


def lists_for(unions: Sequence[Union]) -> list[CategorySet]:
    """The present version of each list by which some unions can count: the official ones, then their own.

    The newest official one comes first.
    """
    newest: dict[str, CategorySet] = {}
    for one in CategorySet.objects.filter(Q(union=None) | Q(union__in=unions)).order_by("version"):
        newest[one.code] = one
    own = sorted((one for one in newest.values() if one.union_id), key=lambda one: one.code)
    official = sorted((one for one in newest.values() if not one.union_id), key=lambda one: one.at)
    return [*reversed(official), *own]


def own_list(union: Union) -> CategorySet | None:
    """The present version of a district's own list."""
    return CategorySet.objects.filter(union=union).order_by("-version").first()
