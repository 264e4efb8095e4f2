"""Pages for whoever comes by: checking in at a session, the question bank, and checking a card."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unionhall.apps.membership import messages, queries
from unionhall.apps.membership.models import Membership, OutreachSession, SourceCode
from unionhall.apps.membership.usecases import outreach
from unionhall.apps.membership.usecases.confirmation import address_hash
from unionhall.apps.membership.views import loading
from unionhall.kernel import clock
from unionhall.kernel.permissions import public
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.typed import moment
from unionhall.ui.offline import opens_offline

QUESTIONS = 20
# So many cards can be checked from one address within so many seconds, in each process of the server.
CHECKS, WINDOW = 60, 600


@public("whoever comes to a session may check in")
@opens_offline
@never_cache
def check_in(request: HttpRequest, public_id: str) -> HttpResponse:
    """One button; sent again under the key that the phone made, it is the same check-in."""
    session = loading.session(public_id)
    context: dict[str, Any] = {
        "session": session,
        "code": queries.sessions.code_to_join(session),
        "key": secrets.token_hex(16),
        "phone": "",
    }
    context["also"] = _doors(session, context["code"])
    if request.method != "POST":
        return render(request, "membership/visitors/check_in.html", context)
    at = clock.now()
    phone = request.POST.get("phone", "")[:20]
    try:
        outreach.check_in(
            at=at,
            session=session,
            key=request.POST.get("key", "")[:40] or secrets.token_hex(16),
            scanned_at=moment(request.POST.get("scanned_at", "")) or at,
            phone=phone,
        )
    except Refusal as refusal:
        said, status = messages.of_refusal(refusal), 422
        if _wants_json(request):
            return JsonResponse({"said": said}, status=status)
        context |= {"refusal": said, "phone": phone, "key": request.POST.get("key", "")[:40]}
        return render(request, "membership/visitors/check_in.html", context, status=status)
    if _wants_json(request):
        return JsonResponse({}, status=201)
    return render(request, "membership/visitors/checked_in.html", context)


def _doors(session: OutreachSession, code: SourceCode | None) -> str:
    """The addresses that a phone keeps together with a check-in: its printed code, the way to the form."""
    doors = [reverse("seat", args=[session.public_id])]
    if code:
        doors += [f"{reverse('membership:join')}?from={code.public_id}"]
        doors += [reverse("seat", args=[code.public_id])]
    return " ".join(doors)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


@public("published answers are for everybody")
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """The question bank, with search."""
    text = request.GET.get("q", "").strip()[:40]
    pages = Paginator(queries.sessions.question_bank(text), QUESTIONS)
    context = {"page": pages.get_page(request.GET.get("page")), "text": text}
    return render(request, "membership/visitors/questions.html", context)


def check_card(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What a card says to whoever scans it: valid or not, the union, since when, and a masked name."""
    address = address_hash(request.META.get("REMOTE_ADDR", ""), clock.now())
    key = f"card-checks:{address}"
    cache.add(key, 0, WINDOW)
    if cache.incr(key) > CHECKS:
        return render(request, "membership/visitors/too_many.html", status=429)
    context = {"card": queries.members.card(membership), "now": clock.now()}
    return render(request, "membership/visitors/card.html", context)
