"""How a page answers when a use case has done its work, or refused it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from unionhall.apps.contests import messages
from unionhall.engines.scoring import ScoringError
from unionhall.kernel.refusals import Refusal


def done(request: HttpRequest, work: Callable[[], object], back: str, said: str) -> HttpResponse:
    """Do ``work`` and say so: as a toast to htmx, else on the page at ``back``; tell a refusal in words."""
    try:
        work()
    except (Refusal, ScoringError) as refusal:
        return refused(request, refusal, back)
    return _told(request, back, said, "good", 200)


def refused(request: HttpRequest, refusal: Refusal | ScoringError, back: str) -> HttpResponse:
    """Tell why nothing was done."""
    return _told(request, back, messages.of_refusal(refusal), "bad", 409)


def _told(request: HttpRequest, back: str, text: str, tone: str, status: int) -> HttpResponse:
    if request.headers.get("HX-Request"):
        told = [{"tags": tone, "message": text}]
        return render(request, "contests/toast.html", {"told": told}, status=status)
    toasts.add_message(request, toasts.INFO, text, extra_tags=tone)
    return HttpResponseRedirect(back)
