"""Double records: pairs to look at, merges, and the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as toasts
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from unionhall.apps.membership import messages, queries, rules
from unionhall.apps.membership.codes import MatchState
from unionhall.apps.membership.models import Match
from unionhall.apps.membership.usecases import duplicates
from unionhall.apps.membership.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.kernel.refusals import Refusal

SHOWN = 30


@guard(rules.keeps_any_roll)
def matches(request: HttpRequest) -> HttpResponse:
    """Pairs within reach, and the merges that can be taken back."""
    by: Any = request.user
    reach = reach_of(by, *rules.KEEPERS)
    context = {
        "matches": queries.duplicates.matches_within(reach, MatchState.OPEN)[:SHOWN],
        "merged": queries.duplicates.matches_within(reach, MatchState.MERGED)[:SHOWN],
        "unions": queries.routing.posts_of(by),
    }
    return render(request, "membership/matches.html", context)


@require_POST
@guard(rules.keeps_roll, loading.union)
def find(request: HttpRequest, union: Union) -> HttpResponse:
    """Look through a union's records."""
    by: Any = request.user
    new = duplicates.find_matches(by=by, at=clock.now(), union=union)
    said = ngettext("%(n)d new pair to look at.", "%(n)d new pairs to look at.", new) % {"n": new}
    toasts.add_message(request, toasts.INFO, said, extra_tags="good")
    return HttpResponseRedirect(reverse("membership:matches"))


def _match(public_id: str) -> Match:
    return get_object_or_404(Match.objects.select_related("first", "second"), public_id=public_id)


@require_POST
@guard(rules.settles, _match)
def settle(request: HttpRequest, match: Match) -> HttpResponse:
    """Merge, keep apart, or part again."""
    by: Any = request.user
    told = {"by": by, "at": clock.now(), "match": match}
    try:
        what = request.POST.get("what")
        match what:
            case "merge":
                kept = next((p for p in match.pair if p.public_id == request.POST.get("kept")), None)
                if kept is None:
                    raise Http404
                duplicates.merge_persons(kept=kept, **told)
            case "part":
                duplicates.part_persons(**told)
            case _:
                duplicates.keep_apart(**told)
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
    else:
        toasts.add_message(request, toasts.INFO, _("Saved."), extra_tags="good")
    return HttpResponseRedirect(reverse("membership:matches"))
