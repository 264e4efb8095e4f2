"""Forms that were handed in, and rolls that were taken out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from unionhall.apps.membership.codes import ExportState
from unionhall.apps.membership.models import RollExport, RollFile
from unionhall.apps.orgs.models import Union
from unionhall.kernel.codes import UNDER_WAY
from unionhall.kernel.models import Job, StagedImport

KINDS = ("MEMBERS", "UNIONS", "EMPLOYERS")


def staged(public_id: str) -> StagedImport:
    """A form that was handed in."""
    return StagedImport.objects.get(public_id=public_id, kind__in=KINDS)


def handed_in(union: Union, most: int = 20) -> QuerySet[StagedImport]:
    """The last forms that were handed in for a union, without their contents."""
    found = StagedImport.objects.filter(subject=union.public_id, kind__in=KINDS)
    return found.defer("payload", "report").order_by("-pk")[:most]


def of_union(union: Union, public_id: str) -> StagedImport | None:
    """One of them, its contents left until they are asked for."""
    found = StagedImport.objects.filter(subject=union.public_id, kind__in=KINDS, public_id=public_id)
    return found.defer("payload", "report").first()


def last_job(thing: StagedImport | RollExport) -> Job | None:
    """The job that works on a form or an export, or did so last."""
    return Job.objects.filter(subject=thing.public_id).order_by("-pk").first()


class Exported(NamedTuple):
    """An export, what became of it, how long it is, and when it was made."""

    export: RollExport
    state: ExportState
    rows: int
    made_at: datetime | None


def export(public_id: str) -> RollExport:
    """An export that was asked for."""
    return RollExport.objects.select_related("union", "account__person").get(public_id=public_id)


def export_of(union: Union, public_id: str) -> RollExport | None:
    """An export of a union's roll."""
    found = RollExport.objects.filter(union=union, public_id=public_id)
    return found.select_related("union", "account__person").first()


def under_way(**asked: Any) -> RollExport | None:
    """The same export, if a job works on it."""
    jobs = Job.objects.filter(state__in=UNDER_WAY).values("subject")
    return RollExport.objects.filter(public_id__in=jobs, **asked).order_by("-pk").first()


def exports(union: Union, most: int = 20) -> list[Exported]:
    """The last exports of a union's roll."""
    found = RollExport.objects.filter(union=union).select_related("account__person").order_by("-pk")[:most]
    return became(list(found))


def became(exports: list[RollExport]) -> list[Exported]:
    """Exports with what became of them; the workbooks themselves are left where they are."""
    held = ExpressionWrapper(Q(payload__isnull=False), output_field=BooleanField())
    files = RollFile.objects.filter(export__in=exports).defer("payload").annotate(held=held)
    made = {file.export_id: file for file in files}
    at_work = set(
        Job.objects.filter(subject__in=[one.public_id for one in exports], state__in=UNDER_WAY).values_list(
            "subject", flat=True
        )
    )
    told = []
    for one in exports:
        file = made.get(one.pk)
        if file is None:
            state = ExportState.WRITING if one.public_id in at_work else ExportState.STOPPED
            told.append(Exported(one, state, one.rows, None))
        else:
            state = ExportState.READY if file.held else ExportState.DELETED
            told.append(Exported(one, state, file.rows, file.made_at))
    return told
