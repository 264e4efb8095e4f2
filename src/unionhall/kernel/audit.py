"""The audit trail: one line for each change, written by the use case that makes it, never altered.

Lines hold ids and field names only. Database triggers refuse UPDATE and DELETE on the trail and on every
table that `guard_append_only` names; they are put in place after each migration, since changing a table on
SQLite silently drops its triggers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections, models, transaction
from django.utils.functional import Promise

from unionhall.kernel.models import AuditLine


class Actor(NamedTuple):
    """Who acts: an account, a juror's seat, or the system itself; by public id."""

    kind: str
    id: str

    @property
    def actor(self) -> Actor:
        """Itself: a use case is told who acts as an account or, from the command line, as SYSTEM."""
        return self

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @staticmethod
    def named(text: str) -> Actor:
        """The actor whose text this is."""
        kind, _, public_id = text.partition(":")
        return Actor(kind, public_id)


SYSTEM = Actor("SYSTEM", "")


def line(
    actor: Actor,
    action: str,
    subject: models.Model,
    *,
    at: datetime,
    fields: Iterable[str] = (),
    refs: Mapping[str, str | int] | None = None,
) -> AuditLine:
    """An unsaved line; ``fields`` are names of what changed, ``refs`` ids of what else took part."""
    return AuditLine(
        at=at,
        actor=str(actor),
        action=action,
        subject_type=subject._meta.label_lower,
        subject=str(getattr(subject, "public_id", subject.pk)),
        fields=list(fields),
        refs=dict(refs or {}),
    )


def record(
    actor: Actor,
    action: str,
    subject: models.Model,
    *,
    at: datetime,
    fields: Iterable[str] = (),
    refs: Mapping[str, str | int] | None = None,
) -> None:
    """Write one line in the transaction of the change it tells of."""
    record_all([line(actor, action, subject, at=at, fields=fields, refs=refs)])


def record_all(lines: Iterable[AuditLine]) -> None:
    """Write many lines in one statement, in the transaction of the changes they tell of."""
    assert transaction.get_connection().in_atomic_block, "an audit line belongs to its change's transaction"
    AuditLine.objects.bulk_create(lines)


def history(subject: models.Model) -> models.QuerySet[AuditLine]:
    """The lines about a row, newest first."""
    return AuditLine.objects.filter(
        subject_type=subject._meta.label_lower,
        subject=str(getattr(subject, "public_id", subject.pk)),
    ).order_by("-id")


_names: dict[str, str | Promise] = {}


def name_actions(names: Mapping[str, str | Promise]) -> None:
    """Say what actions are called on pages; called when an app is ready."""
    _names.update(names)


def action_name(action: str) -> str:
    """What an action is called in the present language; its code while nobody has named it."""
    return str(_names.get(action, action))


_guarded: list[type[models.Model]] = [AuditLine]


def guard_append_only(*tables: type[models.Model]) -> None:
    """Name models whose rows may be added but never changed or deleted; called when an app is ready."""
    _guarded.extend(table for table in tables if table not in _guarded)


def guarded() -> tuple[type[models.Model], ...]:
    """All models that are append-only."""
    return tuple(_guarded)


def install_triggers(using: str = "default", **_signal: Any) -> None:
    """Put the refusing triggers in place on every guarded table that exists; safe to repeat."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    statements = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_REFUSE)
        for model in _guarded:
            if model._meta.db_table in present:
                for statement in statements:
                    cursor.execute(statement.format(table=model._meta.db_table))


_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRESQL = (
    """CREATE OR REPLACE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE OR REPLACE TRIGGER {table}_all BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)
_SQLITE = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {{table}}_{event.lower()} BEFORE {event} ON {{table}}"
    " BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for event in ("UPDATE", "DELETE")
)
