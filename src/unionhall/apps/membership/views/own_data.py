"""The member's own data: see it, take it along, have it corrected, withdraw consent."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib import messages as toasts
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from unionhall.apps.membership import messages, queries
from unionhall.apps.membership.codes import WishField
from unionhall.apps.membership.forms.own_data import WishForm
from unionhall.apps.membership.usecases import own_data
from unionhall.apps.membership.views.printing import TEMPLATES, cannot_print, file_response
from unionhall.apps.membership.views.signing import members_only
from unionhall.apps.people.models import Person
from unionhall.kernel import clock
from unionhall.kernel.printing import pdf
from unionhall.kernel.refusals import Refusal


@members_only
def data(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything that is kept; number and phone are masked until the owner asks to see one."""
    shown = frozenset({request.POST.get("show", "")}) & queries.kept.ALL
    for name in shown:
        own_data.show_own(at=clock.now(), person=person, name=name)
    context = {
        "person": person,
        # Wishes stand below with their state.
        "sections": [one for one in queries.kept.of(person, shown) if one.code != "WISHES"],
        "wishes": queries.members.wishes_of(person),
        "withdrawn": _withdrawn(person),
        "here": "data",
    }
    return render(request, "membership/me/data.html", context)


def _withdrawn(person: Person) -> datetime | None:
    held = queries.members.membership_of(person)
    return held.consent_withdrawn_at if held else None


@require_GET
@members_only
def export(request: HttpRequest, person: Person, form: str) -> HttpResponse:
    """Everything that is kept as a file from the server, since WeChat opens no other."""
    at = clock.now()
    if form not in ("json", "pdf"):
        raise Http404
    sections = own_data.take_along(at=at, person=person, form=form)
    name = f"my-data-{person.public_id}.{form}"
    if form == "json":
        told: dict[str, Any] = {
            section.code.lower(): [{item.code: item.value for item in record} for record in section.records]
            for section in sections
        }
        text = json.dumps(
            {"record": person.public_id, "as_of": at.isoformat(), **told}, ensure_ascii=False, indent=2
        )
        return file_response(text.encode(), name, "application/json; charset=utf-8")
    try:
        printed = pdf(
            TEMPLATES / "own_data.typ", queries.printing.own_data(sections, person.public_id, clock.today())
        )
    except Refusal as refusal:
        return cannot_print(request, refusal, reverse("membership:me-data"))
    return file_response(printed, name, "application/pdf")


@members_only
def correct(request: HttpRequest, person: Person, field: str) -> HttpResponse:
    """Say what is wrong in the own record, and what it should say."""
    if field not in WishField.values:
        raise Http404
    wanted = WishField(field)
    form = WishForm(request.POST or None, field=wanted)
    if request.method == "POST" and form.is_valid():
        try:
            own_data.wish_correction(at=clock.now(), person=person, field=wanted, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None if refusal.code == "WISH_OPEN" else "value", messages.of_refusal(refusal))
        else:
            toasts.add_message(
                request, toasts.INFO, _("Sent. An officer of your union answers."), extra_tags="good"
            )
            return HttpResponseRedirect(reverse("membership:me-data"))
    status = 422 if request.method == "POST" else 200
    context = {
        "person": person,
        "form": form,
        "field": wanted,
        "present": queries.members.present_value(person, wanted),
        "here": "data",
    }
    return render(request, "membership/me/correct.html", context, status=status)


@members_only
def consent(request: HttpRequest, person: Person) -> HttpResponse:
    """What follows when consent is withdrawn, and the button that does it."""
    refusal = ""
    if request.method == "POST":
        try:
            own_data.withdraw_consent(at=clock.now(), person=person)
        except Refusal as refused:
            refusal = messages.of_refusal(refused)
        else:
            toasts.add_message(request, toasts.INFO, _("Your consent is withdrawn."), extra_tags="good")
            return HttpResponseRedirect(reverse("membership:me-data"))
    context = {
        "person": person,
        "membership": queries.members.membership_of(person),
        "withdrawn": _withdrawn(person),
        "pending": queries.members.pending_of(person),
        "refusal": refusal,
        "here": "data",
    }
    return render(request, "membership/me/consent.html", context, status=409 if refusal else 200)
