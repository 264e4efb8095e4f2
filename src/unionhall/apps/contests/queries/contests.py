"""Contests with their stages, as far as an account sees them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from unionhall.apps.contests.models import Contest, Stage
from unionhall.apps.people.codes import PostRole
from unionhall.kernel.permissions import reach_of

# Posts with which a union sends speakers.
SENDING = (PostRole.OFFICER, PostRole.CONTEST_ORGANISER)


def visible_to(account: Any) -> QuerySet[Contest]:
    """The contests that `rules.sees_contest` allows, the newest first, in one statement.

    Each with the number of its real stages and the date of the last one; rehearsals do not count.
    """
    reach = reach_of(account, *SENDING)
    seen = Contest.objects.filter(
        Q(organiser__among=reach)
        | Q(stages__duties__account=account.pk)
        | Q(stages__entries__sent_by__among=reach)
    )
    real = Q(stages__rehearsal_of=None)
    return (
        Contest.objects.filter(pk__in=seen.values("pk"))
        .select_related("organiser")
        .annotate(
            stage_count=Count("stages", filter=real, distinct=True),
            latest_at=Max("stages__starts_at", filter=real),
        )
        .order_by("-pk")
    )


def real_stages(contest: Contest) -> QuerySet[Stage]:
    """A contest's stages in order, without rehearsals."""
    return contest.stages.filter(rehearsal_of=None).order_by("starts_at", "pk")
