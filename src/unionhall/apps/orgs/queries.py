"""The line of command, read from dated relations."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Command, Employer, Union
from unionhall.kernel.permissions import reach_of


def subtree(unions: Iterable[int], on: date, most: int | None = None) -> frozenset[int]:
    """Keys of ``unions`` and of all that answer to them, directly or not, on a day; in one statement.

    With ``most`` the walk ends at so many.
    """
    roots = list(unions)
    if not roots:
        return frozenset()
    marks = " UNION ALL SELECT CAST(%s AS bigint)" * (len(roots) - 1)
    # UNION (not UNION ALL) ends the walk even if dated lines ever formed a ring.
    sql = (
        f"WITH RECURSIVE under(id) AS (SELECT CAST(%s AS bigint){marks}"  # noqa: S608 - a table's name and marks only
        f" UNION SELECT c.union_id FROM {Command._meta.db_table} c JOIN under u ON c.superior_id = u.id"
        " WHERE c.starts <= %s AND (c.ends IS NULL OR c.ends > %s)) SELECT id FROM under"
        f"{'' if most is None else f' LIMIT {most:d}'}"
    )
    day = connection.ops.adapt_datefield_value(on)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*roots, day, day])
        return frozenset(row[0] for row in cursor.fetchall())


def under(unions: Iterable[int], tops: Iterable[int], on: date) -> frozenset[int]:
    """Of ``unions`` (keys) those that are one of ``tops`` or answer to one on a day; in one statement.

    Looks up from a few where `subtree` walks down through all: a city has tens of thousands of unions, and
    between each and the city stand three or four.
    """
    asked, heads = set(unions), sorted(set(tops))
    if not asked or not heads:
        return frozenset()
    start, params = Union.objects.filter(pk__among=asked).order_by().values("pk").query.sql_with_params()
    marks = ", ".join(["%s"] * len(heads))
    sql = (
        f"WITH RECURSIVE above(id, at) AS (SELECT u.pk, u.pk FROM ({start}) u"  # noqa: S608 - names, marks and a queryset's own
        f" UNION SELECT a.id, c.superior_id FROM {Command._meta.db_table} c JOIN above a ON c.union_id = a.at"
        " WHERE c.starts <= %s AND (c.ends IS NULL OR c.ends > %s))"
        f" SELECT DISTINCT id FROM above WHERE at IN ({marks})"
    )
    day = connection.ops.adapt_datefield_value(on)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, day, day, *heads])
        return frozenset(row[0] for row in cursor.fetchall())


def branches(union: Union, on: date) -> dict[int, int]:
    """For every union under a union on a day (keys) the direct subordinate through which it answers."""
    # As in `subtree`, UNION ends the walk; a union has one line at a time, hence one branch.
    sql = (
        "WITH RECURSIVE under(id, branch) AS ("  # noqa: S608 - a table's name and marks only
        f"SELECT c.union_id, c.union_id FROM {Command._meta.db_table} c WHERE c.superior_id = %s"
        " AND c.starts <= %s AND (c.ends IS NULL OR c.ends > %s)"
        f" UNION SELECT c.union_id, u.branch FROM {Command._meta.db_table} c JOIN under u"
        " ON c.superior_id = u.id WHERE c.starts <= %s AND (c.ends IS NULL OR c.ends > %s))"
        " SELECT id, branch FROM under"
    )
    day = connection.ops.adapt_datefield_value(on)
    with connection.cursor() as cursor:
        cursor.execute(sql, [union.pk, day, day, day, day])
        return dict(cursor.fetchall())


def of_unions(field: str, unions: AbstractSet[int]) -> Q:
    """Rows whose ``field`` is one of some unions: no condition at all when there are no others.

    A list of all unions of a city would keep a database from reading its tables in the order that suits it.
    """
    return Q() if len(unions) == Union.objects.count() else Q(**{f"{field}__among": unions})


def unions_within(keys: Iterable[int]) -> QuerySet[Union]:
    """Unions with the one that each answers to now."""
    superior = Command.objects.filter(union=OuterRef("pk"), ends=None).values("superior__name")[:1]
    return Union.objects.filter(pk__among=keys).annotate(superior_name=Subquery(superior)).order_by("pk")


def unions_in_reach(account: Any, *roles: str) -> QuerySet[Union]:
    """The unions that an account's present posts open, to choose from; without roles any post counts."""
    return Union.objects.filter(pk__among=reach_of(account, *roles))


def line_of_command(union: Union, on: date) -> list[Union]:
    """The unions above a union on a day, the nearest first."""
    line: list[Union] = []
    here: Union | None = union
    while here is not None:
        command = (
            Command.objects.filter(Q(ends=None) | Q(ends__gt=on), union=here, starts__lte=on)
            .select_related("superior")
            .first()
        )
        here = command.superior if command and command.superior not in line else None
        if here is not None:
            line.append(here)
    return line


def subordinates(union: Union, on: date) -> QuerySet[Union]:
    """The unions that answer to a union directly on a day."""
    present = Command.objects.filter(Q(ends=None) | Q(ends__gt=on), superior=union, starts__lte=on)
    return Union.objects.filter(pk__in=present.values("union_id")).order_by("name")


def federation() -> Union | None:
    """The city's federation, above all other unions; None before it was founded."""
    return Union.objects.filter(level=UnionLevel.CITY).order_by("pk").first()


def employers_like(text: str, limit: int = 8) -> list[Employer]:
    """Employers whose name holds ``text`` or whose credit code begins with it; names that begin so first."""
    words = text.strip()
    if len(words) < 2:
        return []
    code = words.upper()
    found = list(Employer.objects.filter(Q(name__startswith=words) | Q(credit_code__startswith=code))[:limit])
    if len(found) < limit:
        inside = Employer.objects.filter(name__contains=words).exclude(pk__in=[one.pk for one in found])
        found += inside[: limit - len(found)]
    return found
