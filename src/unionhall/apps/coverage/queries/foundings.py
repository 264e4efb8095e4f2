"""Foundings: what is under way, what each still lacks, how it came where it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Q, QuerySet

from unionhall.apps.coverage.codes import NEEDED, DocumentKind, Stage
from unionhall.apps.coverage.models import Enterprise, Founding, FoundingDocument, FoundingStep
from unionhall.apps.meetings.codes import MeetingKind
from unionhall.apps.meetings.models import Meeting


def foundings_within(unions: Iterable[int]) -> QuerySet[Founding]:
    """The foundings in some grounds, and those that some unions approve; what is due first comes first."""
    keys = frozenset(unions)
    return (
        Founding.objects.filter(Q(ground__among=keys) | Q(upper__among=keys))
        .select_related("ground", "upper", "owner", "union")
        .order_by(F("due").asc(nulls_last=True), "-pk")
    )


def overdue(on: date) -> Q:
    """Whose stage should have been passed before a day."""
    return Q(due__isnull=False, due__lt=on)


def missing_documents(founding: Founding) -> list[DocumentKind]:
    """Which documents the present stage still needs."""
    filed = set(founding.documents.values_list("kind", flat=True))
    return [kind for kind in NEEDED.get(Stage(founding.stage), ()) if kind not in filed]


def steps(founding: Founding) -> QuerySet[FoundingStep]:
    """A founding's steps, the first first, each with the document that came with it."""
    return (
        founding.steps.select_related("account__person", "document").defer("document__sealed").order_by("pk")
    )


def documents(founding: Founding) -> QuerySet[FoundingDocument]:
    """What was filed, the first first."""
    return founding.documents.defer("sealed").order_by("pk")


def enterprises(founding: Founding) -> QuerySet[Enterprise]:
    """The enterprises that a founding is for."""
    return Enterprise.objects.filter(parts__founding=founding).select_related("ground").order_by("name")


def meetings_for(founding: Founding) -> QuerySet[Meeting]:
    """The founding meetings that may be a founding's members' meeting, the latest first."""
    taken = Founding.objects.exclude(pk=founding.pk).exclude(stage=Stage.GIVEN_UP).exclude(meeting=None)
    return (
        Meeting.objects.filter(union__in=(founding.ground_id, founding.upper_id), kind=MeetingKind.FOUNDING)
        .exclude(pk__in=taken.values("meeting"))
        .order_by("-starts_at")
    )


def of_enterprise(enterprise: Enterprise) -> QuerySet[Founding]:
    """The foundings that an enterprise takes or took part in, the latest first."""
    return Founding.objects.filter(parts__enterprise=enterprise).order_by("-pk")
