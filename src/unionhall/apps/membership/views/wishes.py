"""Officers: wishes for correction, and codes for members who stand at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from unionhall.apps.membership import messages, queries, rules
from unionhall.apps.membership.codes import WishField
from unionhall.apps.membership.models import CorrectionWish, Membership
from unionhall.apps.membership.tables import WishFilter, WishTable
from unionhall.apps.membership.usecases import confirmation, own_data
from unionhall.apps.membership.views import loading
from unionhall.apps.people.models import Person
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.kernel.refusals import Refusal
from unionhall.ui.lists import list_page


@guard(rules.keeps_any_roll)
def wishes(request: HttpRequest) -> HttpResponse:
    """All wishes within reach; those that await an answer first."""
    within = queries.members.wishes_within(reach_of(request.user, *rules.KEEPERS))
    return list_page(
        request, within, WishTable, WishFilter, heading=_("Wishes for correction"), name="wishes"
    )


def _wish(public_id: str) -> CorrectionWish:
    return get_object_or_404(
        CorrectionWish.objects.select_related(
            "person__union", "person__employer", "person__particulars", "decided_by__person"
        ),
        public_id=public_id,
    )


@guard(rules.keeps_wish, _wish)
@never_cache
def wish(request: HttpRequest, found: CorrectionWish) -> HttpResponse:
    """One wish: what stands there, what should, and the decision."""
    account: Any = request.user
    refusal = ""
    if request.method == "POST":
        correct = request.POST.get("decision") == "correct"
        try:
            own_data.decide_wish(
                by=account,
                at=clock.now(),
                wish=found,
                correct=correct,
                answer=request.POST.get("answer", "")[:200],
            )
        except Refusal as refused:
            refusal = messages.of_refusal(refused)
        else:
            said = _("Corrected.") if correct else _("The answer stands on the member's page.")
            toasts.add_message(request, toasts.INFO, said, extra_tags="good")
            return HttpResponseRedirect(reverse("membership:wishes"))
    context = {
        "wish": found,
        "present": queries.members.present_value(found.person, WishField(found.field)) or "—",
        "wanted": own_data.open_wish(by=account, at=clock.now(), wish=found),
        "refusal": refusal,
    }
    return render(request, "membership/wish.html", context, status=409 if refusal else 200)


@guard(rules.keeps_any_roll)
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Find the member who stands at the desk, by name, phone or number."""
    account: Any = request.user
    text = request.POST.get("q", "").strip()
    found = queries.rolls.found(account, text).rows if text else []
    return render(request, "membership/desk.html", {"found": found, "text": text})


@guard(rules.keeps_membership, loading.member)
@never_cache
def desk_code(request: HttpRequest, membership: Membership) -> HttpResponse:
    """GET says what it is for, POST hands out a code: shown once, for ten minutes."""
    account: Any = request.user
    person: Person = membership.person
    context: dict[str, Any] = {"membership": membership, "person": person}
    status = 200
    if request.method == "POST":
        try:
            context["code"] = confirmation.hand_out_code(by=account, at=clock.now(), person=person)
        except Refusal as refusal:
            context["refusal"], status = messages.of_refusal(refusal), 409
        context["address"] = request.build_absolute_uri(reverse("membership:me-sign-in"))
    return render(request, "membership/desk_code.html", context, status=status)
