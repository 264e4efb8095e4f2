"""Contests with their stages."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from unionhall.apps.contests.models import Contest, Stage


def with_stages() -> QuerySet[Contest]:
    """All contests, the newest first, with their real stages in order; rehearsals stand at their stage."""
    real = Stage.objects.filter(rehearsal_of=None).order_by("starts_at", "pk")
    return (
        Contest.objects.select_related("organiser").prefetch_related(Prefetch("stages", real)).order_by("-pk")
    )
