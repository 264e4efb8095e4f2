"""Entries and jurors from workbooks: what each row would do, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unionhall.apps.contests import rules
from unionhall.apps.contests.codes import Admission
from unionhall.apps.contests.models import Jury, Stage
from unionhall.apps.contests.usecases.stages import register_entry, seat_jurors
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.models import Account, Person
from unionhall.apps.people.usecases import register_person
from unionhall.kernel import clock
from unionhall.kernel.imports import Column, Outcome, commit_import, stage_import, table_of
from unionhall.kernel.imports.sheets import Row
from unionhall.kernel.models import StagedImport
from unionhall.kernel.permissions import require

ENTRIES = (
    Column("name", ("选手", "姓名", "speaker")),
    Column("title", ("作品名称", "题目", "title")),
    Column("unit", ("单位", "unit")),
    Column("trade", ("工种", "岗位", "trade")),
    Column("sent_by", ("选送单位", "选送工会", "sent by")),
)
JURORS = (
    Column("jury", ("评审组", "jury")),
    Column("label", ("席位", "显示名", "seat")),
    Column("name", ("评委", "姓名", "juror"), required=False),
)
COLUMNS = {"ENTRIES": ENTRIES, "JURORS": JURORS}
LENGTHS = {"name": 80, "title": 120, "unit": 120, "trade": 60, "label": 40}
SPOILT = {
    "FORMULA": gettext_lazy("holds a formula; enter the value itself"),
    "NUMBER_TOO_LONG": gettext_lazy(
        "holds a number too long for a cell; format the column as text and enter it again"
    ),
}


def stage_sheet(
    *, by: Account, at: datetime, stage: Stage, kind: str, name: str, data: bytes
) -> StagedImport:
    """Take a file of ENTRIES or JURORS for its dry run. Raises SheetError."""
    require(rules.organises, by, stage)
    return stage_import(
        by=by.actor, at=at, kind=kind, subject=stage.public_id, name=name, data=data, columns=COLUMNS[kind]
    )


def plan(staged: StagedImport, stage: Stage) -> list[Outcome]:
    """What each row would do now."""
    rows = table_of(staged, COLUMNS[staged.kind]).rows
    judge = _judge_entries(stage) if staged.kind == "ENTRIES" else _judge_jurors(stage)
    return [_outcome(row, COLUMNS[staged.kind], judge) for row in rows]


Judge = Callable[[Row], tuple[str, str]]


def _outcome(row: Row, columns: Sequence[Column], judge: Judge) -> Outcome:
    if row.spoilt:
        return Outcome(row, "ERROR", str(SPOILT[row.spoilt]))
    blank = [c.titles[0] for c in columns if c.required and not row.values.get(c.name)]
    if blank:
        return Outcome(row, "ERROR", _("%(columns)s: fill in") % {"columns": "、".join(blank)})
    long = [c.titles[0] for c in columns if len(row.values.get(c.name, "")) > LENGTHS.get(c.name, 120)]
    if long:
        return Outcome(row, "ERROR", _("%(columns)s: too long, shorten it") % {"columns": "、".join(long)})
    return Outcome(row, *judge(row))


def _judge_entries(stage: Stage) -> Judge:
    ground = subtree([stage.contest.organiser_id], clock.today())
    unions = set(Union.objects.filter(pk__in=ground).values_list("name", flat=True))
    entered = set(stage.entries.values_list("person__name", "unit"))
    seen: set[tuple[str, str]] = set()

    def judge(row: Row) -> tuple[str, str]:
        who = row.values["name"], row.values["unit"]
        if row.values["sent_by"] not in unions:
            return "ERROR", _("No union “%(name)s” answers to the organiser; write its full name") % {
                "name": row.values["sent_by"]
            }
        if who in seen:
            return "ERROR", _("This speaker stands twice in the file; remove one row")
        seen.add(who)
        return ("SAME", _("is entered already")) if who in entered else ("ADD", "")

    return judge


def _judge_jurors(stage: Stage) -> Judge:
    juries = {key: jury for jury in stage.juries.all() for key in (jury.code, jury.name)}
    taken = {
        (jury.pk, label)
        for jury in stage.juries.all()
        for label in jury.jurors.values_list("label", flat=True)
    }
    seen: set[tuple[int, str]] = set()

    def judge(row: Row) -> tuple[str, str]:
        jury = juries.get(row.values["jury"])
        if jury is None:
            return "ERROR", _("There is no jury “%(name)s”; form it first") % {"name": row.values["jury"]}
        if jury.admission == Admission.OPEN:
            return "ERROR", _("%(name)s is open and has no list") % {"name": jury.name}
        seat = jury.pk, row.values["label"]
        if seat in seen:
            return "ERROR", _("This seat stands twice in the file; remove one row")
        seen.add(seat)
        return ("SAME", _("sits there already")) if seat in taken else ("ADD", "")

    return judge


@transaction.atomic
def commit_sheet(*, by: Account, at: datetime, stage: Stage, staged: StagedImport) -> int:
    """Do what the dry run showed, all of it or nothing; returns the number of rows added."""
    require(rules.organises, by, stage)

    def add_entry(row: Row) -> object:
        union = Union.objects.get(name=row.values["sent_by"])
        person = Person.objects.filter(name=row.values["name"], union=union, merged_into=None).first()
        if person is None:
            person = register_person(
                by=by, at=at, name=row.values["name"], union=union, trade=row.values["trade"]
            )
        return register_entry(
            by=by,
            at=at,
            stage=stage,
            person=person,
            sent_by=union,
            title=row.values["title"],
            unit=row.values["unit"],
            trade=row.values["trade"],
        )

    def add_juror(row: Row) -> object:
        jury = Jury.objects.select_related("stage__contest").get(
            stage=stage,
            code__in=[j.code for j in stage.juries.all() if row.values["jury"] in (j.code, j.name)],
        )
        name = row.values.get("name", "")
        organiser = stage.contest.organiser
        person = register_person(by=by, at=at, name=name, union=organiser) if name else None
        return seat_jurors(by=by, at=at, jury=jury, labels=[row.values["label"]], persons=[person])

    return commit_import(
        by=by.actor,
        at=at,
        staged=staged,
        plan=lambda: plan(staged, stage),
        add=add_entry if staged.kind == "ENTRIES" else add_juror,
    )
