"""Figures of joining: frozen ones and their rows, and the live ones of a dashboard."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import QuerySet

from unionhall.apps.membership.models import CategorySet, MembershipEvent, Snapshot, SnapshotRows
from unionhall.apps.membership.queries.counting import LedgerRow, Period, unpacked
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.models import Person

CHUNK = 20_000
FIELDS = ("person_id", "pk", "kind", "union_id", "on", "occupation", "corrects_id")


def period_of(union: Union, starts: date, ends: date, listed: CategorySet) -> Period:
    """A union's period: its rolls are those of the line of command on the period's last day."""
    last = date.fromordinal(ends.toordinal() - 1)
    return Period(subtree([union.pk], last), starts, ends, frozenset(listed.occupations))


def ledger_rows(ends: date) -> Iterator[LedgerRow]:
    """All entries before a day, person by person; those of merged records last, as the one person they are.

    One statement reads them, so that they are one moment's truth.
    """
    roots = _roots()
    touched = set(roots) | set(roots.values())
    rows = MembershipEvent.objects.filter(on__lt=ends).order_by("person_id", "pk").values_list(*FIELDS)
    merged: list[LedgerRow] = []
    for row in rows.iterator(chunk_size=CHUNK):
        read = LedgerRow(*row)
        if read.person in touched:
            root = roots.get(read.person, read.person)
            merged.append(read._replace(person=root, merged=root != read.person))
        else:
            yield read
    yield from sorted(merged, key=lambda row: (row.person, row.key))


def _roots() -> dict[int, int]:
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
        for row in MembershipEvent.objects.filter(pk__in=part).order_by("pk").values_list(*FIELDS):
            yield LedgerRow(*row)


def snapshot_keys(snapshot: Snapshot, figure: str) -> array[int]:
    """The keys of the entries that a frozen figure counts."""
    rows = SnapshotRows.objects.get(snapshot=snapshot, figure=figure)
    return unpacked(bytes(rows.keys))


def entries_behind(keys: Sequence[int]) -> QuerySet[MembershipEvent]:
    """Entries as a page of a list shows them."""
    return (
        MembershipEvent.objects.filter(pk__in=list(keys))
        .select_related("person", "union", "application__attribution")
        .order_by("pk")
    )


def snapshots_of(unions: Sequence[int]) -> QuerySet[Snapshot]:
    """Closed periods of some unions, the newest first."""
    return (
        Snapshot.objects.filter(union__in=unions)
        .select_related("union", "category_set", "closed_by__person")
        .order_by("-ends", "-revision")
    )


def latest_set(code: str) -> CategorySet:
    """The newest version of a list of occupations."""
    return CategorySet.objects.filter(code=code).order_by("-version")[0]
