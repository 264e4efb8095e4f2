"""The line of command, read from dated relations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from unionhall.apps.orgs.models import Command


def subtree(unions: Iterable[int], on: date) -> frozenset[int]:
    """Keys of ``unions`` and of all that answer to them, directly or not, on a day; in one statement."""
    roots = list(unions)
    if not roots:
        return frozenset()
    marks = " UNION ALL SELECT CAST(%s AS bigint)" * (len(roots) - 1)
    # UNION (not UNION ALL) ends the walk even if dated lines ever formed a ring.
    sql = (
        f"WITH RECURSIVE under(id) AS (SELECT CAST(%s AS bigint){marks}"  # noqa: S608 - a table's name and marks only
        f" UNION SELECT c.union_id FROM {Command._meta.db_table} c JOIN under u ON c.superior_id = u.id"
        " WHERE c.starts <= %s AND (c.ends IS NULL OR c.ends > %s)) SELECT id FROM under"
    )
    day = connection.ops.adapt_datefield_value(on)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*roots, day, day])
        return frozenset(row[0] for row in cursor.fetchall())
