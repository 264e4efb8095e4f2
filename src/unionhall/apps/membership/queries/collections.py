"""Forms that were handed in, and rolls that were taken out."""

from __future__ import annotations

from django.db.models import QuerySet

from unionhall.apps.membership.models import RollExport
from unionhall.apps.orgs.models import Union
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


def last_job(staged: StagedImport) -> Job | None:
    """The job that works on a form, or did so last."""
    return Job.objects.filter(subject=staged.public_id).order_by("-pk").first()


def exports(union: Union, most: int = 20) -> QuerySet[RollExport]:
    """The last exports of a union's roll."""
    return RollExport.objects.filter(union=union).select_related("account__person").order_by("-pk")[:most]
