"""The start page, and the switch of language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import StageState
from unionhall.apps.contests.models import Stage
from unionhall.apps.meetings import queries as meetings
from unionhall.apps.meetings.codes import Standing
from unionhall.apps.membership.queries import applications
from unionhall.apps.membership.rules import KEEPERS
from unionhall.apps.people.queries import present_posts
from unionhall.kernel import clock
from unionhall.kernel.permissions import allowed, guard, public, reach_of, signed_in

FEW = 5  # issues on the start page; the list has them all


@guard(signed_in)
def today(request: HttpRequest) -> HttpResponse:
    """What waits for whoever has signed in."""
    account: Any = request.user
    stages = Stage.objects.select_related("contest__organiser", "rulebook", "current_cue__entry__box")
    shown: list[dict[str, Any]] = [
        {
            "stage": stage,
            "floor": queries.floor.floor(stage),
            "oversees": allowed(rules.oversees, account, stage),
        }
        for stage in stages.filter(rehearsal_of=None).order_by("-id")
        if allowed(rules.sees_contest, account, stage)
    ]
    # One red button: the first stage that can be held.
    ready = next((one for one in shown if one["oversees"] and one["stage"].state != StageState.DRAFT), None)
    if ready:
        ready["main"] = True
    day = clock.today()
    posts = list(present_posts(account.person, day)) if account.person else []
    mine = [(issue, issue.standing(day)) for issue in meetings.waiting_for(account)]
    context = {
        "stages": shown,
        "posts": posts,
        "now": clock.now(),
        "mine": mine[:FEW],
        "mine_in_all": len(mine),
        "mine_overdue": sum(standing == Standing.OVERDUE for _issue, standing in mine),
        "to_check": meetings.to_check(account).count(),
        "joining": applications.waiting(reach_of(account, *KEEPERS), day),
    }
    return render(request, "site/today.html", context)


@public("anybody may choose the language")
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back."""
    wanted = request.POST.get("next", "/")
    back = wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"
    response = HttpResponseRedirect(back)
    if (chosen := request.POST.get("language")) in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, samesite="Lax")
    return response
