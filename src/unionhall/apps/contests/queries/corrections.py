"""Late changes of a stage."""

from __future__ import annotations

from django.db.models import QuerySet

from unionhall.apps.contests.models import Correction, Stage


def late_changes(stage: Stage) -> QuerySet[Correction]:
    """All of them with whom and what they concern, the newest first."""
    return stage.corrections.select_related(
        "replaces__juror",
        "replaces__box__entry__person",
        "juror__jury",
        "entry__person",
        "proposed_by__person",
        "decided_by__person",
    ).order_by("-id")
