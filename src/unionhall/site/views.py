"""The start page, and the switch of language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import StageState
from unionhall.apps.contests.models import Stage
from unionhall.apps.contests.views.phone import take_seat
from unionhall.apps.meetings import queries as meetings
from unionhall.apps.meetings.codes import Standing
from unionhall.apps.membership.codes import WishState
from unionhall.apps.membership.models import Membership, OutreachSession, SourceCode
from unionhall.apps.membership.queries import applications, members
from unionhall.apps.membership.rules import KEEPERS
from unionhall.apps.membership.views.visitors import check_card
from unionhall.apps.people.queries import present_posts
from unionhall.kernel import clock
from unionhall.kernel.ids import LENGTH
from unionhall.kernel.permissions import allowed, guard, public, reach_of, signed_in
from unionhall.ui import offline

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
    kept = reach_of(account, *KEEPERS)
    mine = [(issue, issue.standing(day)) for issue in meetings.waiting_for(account)]
    context = {
        "stages": shown,
        "posts": posts,
        "now": clock.now(),
        "mine": mine[:FEW],
        "mine_in_all": len(mine),
        "mine_overdue": sum(standing == Standing.OVERDUE for _issue, standing in mine),
        "to_check": meetings.to_check(account).count(),
        "joining": applications.waiting(kept, day),
        "wishes": members.wishes_within(kept).filter(state=WishState.WAITING).count(),
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


@public("browsers ask for it without signing in")
@never_cache
@require_safe
def offline_worker(_request: HttpRequest) -> HttpResponse:
    """The worker that opens some pages without network; from here its scope is the whole house."""
    return HttpResponse(offline.worker(), content_type="text/javascript; charset=utf-8")


@public("whoever holds a printed code may open it")
@offline.leads_offline
@never_cache
def printed_code(request: HttpRequest, code: str) -> HttpResponseBase:
    """The door for every printed code: to the form, to a session's check-in, to a card's check, to a seat.

    Codes of twelve characters are public ids and may have been typed from paper. Those of a source lead to
    the form even when it was retired, as printed codes are valid for ever. Seats have longer ones.
    """
    typed = code.upper()
    if len(typed) == LENGTH:
        if SourceCode.objects.filter(public_id=typed).exists():
            return HttpResponseRedirect(f"{reverse('membership:join')}?from={typed}")
        if OutreachSession.objects.filter(public_id=typed).exists():
            return HttpResponseRedirect(reverse("membership:check-in", args=[typed]))
        card = Membership.objects.select_related("union", "person__merged_into").filter(public_id=typed)
        if held := card.first():
            return check_card(request, held)
        return render(request, "membership/visitors/unknown_code.html", status=404)
    return take_seat(request, code)
