"""What may only be added cannot be changed, on either database."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from unionhall.kernel import audit, clock
from unionhall.kernel.audit import SYSTEM, guarded, install_triggers
from unionhall.kernel.models import AuditLine


def triggers() -> set[str]:
    """The names of all triggers in the database."""
    sql = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


def expected() -> set[str]:
    endings = ("rows", "all") if connection.vendor == "postgresql" else ("update", "delete")
    return {f"{model._meta.db_table}_{ending}" for model in guarded() for ending in endings}


def refused(sql: str) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(caught.value).splitlines()[0]


def test_every_guarded_table_has_its_triggers(db):
    assert triggers() == expected()
    assert {m.__name__ for m in guarded()} == {
        "ApplicationStep",
        "Attribution",
        "AuditLine",
        "Award",
        "Ballot",
        "Board",
        "CategorySet",
        "ContactEntry",
        "CoverageSnapshot",
        "DrawnEnterprise",
        "Fact",
        "FoundingDocument",
        "FoundingStep",
        "Headcount",
        "IssueStep",
        "LogCheckpoint",
        "LogCosignature",
        "LogLeaf",
        "MembershipEvent",
        "PairOpinion",
        "PairRecall",
        "PriorityRule",
        "RefusedBallot",
        "Reveal",
        "RollExport",
        "RuleBookVersion",
        "SampleCheck",
        "SiteCount",
        "Snapshot",
        "SnapshotRows",
        "StateEntry",
        "Touch",
    }


def test_update_and_delete_are_refused(city):
    table = AuditLine._meta.db_table
    assert refused(f"UPDATE {table} SET action = 'x'") == f"{table} is append-only"
    assert refused(f"DELETE FROM {table}") == f"{table} is append-only"


def test_replacing_is_refused_too(city):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's; PostgreSQL has TRUNCATE, tested beside")
    table = AuditLine._meta.db_table
    columns = "id, at, actor, action, subject_type, subject, fields, refs"
    assert (
        refused(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}")
        == f"{table} is append-only"
    )


def test_truncating_is_refused_too(city):
    if connection.vendor != "postgresql":
        pytest.skip("TRUNCATE is PostgreSQL's")
    assert refused(f"TRUNCATE {AuditLine._meta.db_table} CASCADE").endswith("is append-only")


def test_altering_a_table_does_not_lose_its_triggers_for_long(db):
    """Django alters a table on SQLite by copying it, which drops triggers; migrating puts them back."""
    before = triggers()
    field = AuditLine._meta.get_field("action")
    wider = models.CharField(max_length=90)
    wider.set_attributes_from_name("action")
    wider.model = AuditLine
    if connection.vendor == "sqlite":
        # Within a test's transaction Django refuses to copy; drop them by hand as the copy would.
        with connection.cursor() as cursor:
            for name in before:
                cursor.execute(f"DROP TRIGGER {name}")
    else:
        with connection.schema_editor() as editor:
            editor.alter_field(AuditLine, field, wider)
    install_triggers("default")
    assert triggers() == before


def test_migrating_installs_them(db):
    with connection.cursor() as cursor:
        for model in guarded():
            for name in [n for n in triggers() if n.startswith(model._meta.db_table)]:
                on = f" ON {model._meta.db_table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
    assert triggers() == set()
    call_command("migrate", verbosity=0)
    assert triggers() == expected()


def test_a_line_holds_ids_and_names_of_fields_only(city):
    for line in AuditLine.objects.all():
        assert "周启明" not in f"{line.fields}{line.refs}{line.subject}{line.actor}"


def test_history_is_newest_first(city):
    actions = list(audit.history(city.stage).values_list("action", flat=True))
    assert (actions[0], actions[-1]) == ("stage.freeze", "stage.create")


def test_a_line_belongs_to_a_transaction(db, django_db_blocker):
    line = audit.line(SYSTEM, "x", AuditLine(pk=1), at=clock.now())
    assert (line.actor, line.subject_type, line.subject) == ("SYSTEM:", "kernel.auditline", "1")
