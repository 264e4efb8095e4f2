"""The member's own pages: card, membership, union, services."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from unionhall.apps.membership import queries
from unionhall.apps.membership.views.signing import members_only
from unionhall.apps.membership.wording import entry_in_words
from unionhall.apps.people.models import Person
from unionhall.kernel import clock


@require_GET
@members_only
def card(request: HttpRequest, person: Person) -> HttpResponse:
    """The membership card, to be shown, printed or kept as a picture of the screen."""
    membership = queries.members.membership_of(person)
    context = {
        "person": person,
        "membership": membership,
        "valid": membership is not None and membership.standing in queries.members.VALID,
        "link": request.build_absolute_uri(reverse("seat", args=[membership.public_id]))
        if membership
        else "",
        "pending": queries.members.pending_of(person).first(),
        "here": "card",
    }
    return render(request, "membership/me/card.html", context)


@require_GET
@members_only
def record(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything in the ledger in plain words, the work that is noted, and how applications stand."""
    context = {
        "person": person,
        "membership": queries.members.membership_of(person),
        "entries": [(one, entry_in_words(one)) for one in queries.rolls.entries(person)],
        "engagements": queries.rolls.engagements(person),
        "applications": queries.members.applications_of(person),
        "here": "record",
    }
    return render(request, "membership/me/record.html", context)


@require_GET
@members_only
def union(request: HttpRequest, person: Person) -> HttpResponse:
    """My union, the line above it, and where they can be met."""
    at = clock.now()
    line = queries.members.unions_of(person, at)
    context = {
        "person": person,
        "line": line,
        "sessions": queries.members.coming_sessions(line, at),
        "here": "union",
    }
    return render(request, "membership/me/union.html", context)


@require_GET
@members_only
def services(request: HttpRequest, person: Person) -> HttpResponse:
    """What there is near me."""
    at = clock.now()
    sessions = queries.members.coming_sessions(queries.members.unions_of(person, at), at)
    context = {"person": person, "sessions": sessions, "here": "services"}
    return render(request, "membership/me/services.html", context)
