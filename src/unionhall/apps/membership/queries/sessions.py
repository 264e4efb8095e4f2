"""Outreach sessions with what came of them, and the question bank."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from unionhall.apps.meetings.models import Issue
from unionhall.apps.membership.codes import SESSION, ApplicationState
from unionhall.apps.membership.models import (
    Application,
    Attribution,
    CheckIn,
    OutreachSession,
    Question,
    SourceCode,
)


def _number(rows: QuerySet[Any], key: str) -> Coalesce:
    counted = rows.filter(**{key: OuterRef("pk")}).order_by().values(key).annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")[:1], output_field=IntegerField()), Value(0))


def within(unions: Iterable[int]) -> QuerySet[OutreachSession]:
    """Sessions of some unions, the newest first, with how many came, applied and joined through each."""
    sent_in = Application.objects.exclude(state=ApplicationState.DRAFT)
    return (
        OutreachSession.objects.filter(union__among=unions)
        .select_related("union", "meeting")
        .annotate(
            came=_number(CheckIn.objects.all(), "session"),
            applied=_number(sent_in, "source__session"),
            joined=_number(Attribution.objects.all(), "session"),
        )
        .order_by("-starts_at", "-pk")
    )


def codes_of(session: OutreachSession) -> QuerySet[SourceCode]:
    """The codes that were printed for a session, with how many forms came through each."""
    return (
        SourceCode.objects.filter(session=session)
        .annotate(applied=Count("applications", filter=~Q(applications__state=ApplicationState.DRAFT)))
        .order_by("pk")
    )


def standing_codes(unions: Iterable[int]) -> QuerySet[SourceCode]:
    """Codes that belong to no session: stations, posters, workshops."""
    return (
        SourceCode.objects.filter(union__among=unions, session=None)
        .select_related("union")
        .annotate(applied=Count("applications", filter=~Q(applications__state=ApplicationState.DRAFT)))
        .order_by("-pk")
    )


def issues_of(session: OutreachSession) -> QuerySet[Issue]:
    """Issues that were raised at a session, and what became of them."""
    return (
        Issue.objects.filter(source=SESSION, source_id=session.public_id)
        .select_related("owner")
        .order_by("pk")
    )


def question_bank(text: str = "") -> QuerySet[Question]:
    """Published questions with their answers, the newest first; with ``text`` those in which it stands."""
    published = Question.objects.exclude(published_at=None).order_by("-published_at", "-pk")
    for word in text.split():
        published = published.filter(Q(text__icontains=word) | Q(answer__icontains=word))
    return published


def code_to_join(session: OutreachSession) -> SourceCode | None:
    """The code under which whoever came to a session is led to the form."""
    return SourceCode.objects.filter(session=session, closed_at=None).order_by("pk").first()


def open_questions(unions: Iterable[int]) -> QuerySet[Question]:
    """Questions without an answer, the oldest first."""
    return (
        Question.objects.filter(union__among=unions, answer="")
        .select_related("union", "session")
        .order_by("asked_at", "pk")
    )
