"""Persons: the list within reach, and one person with posts and honours."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from unionhall.apps.people import queries, rules
from unionhall.apps.people.models import Person
from unionhall.apps.people.tables import PersonFilter, PersonTable
from unionhall.kernel import audit
from unionhall.kernel.permissions import guard, reach_of
from unionhall.ui.lists import list_page


def _load(public_id: str) -> Person:
    found = Person.objects.select_related("union", "employer").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@guard(rules.holds_any_post)
def people(request: HttpRequest) -> HttpResponse:
    """The persons within reach."""
    rows = queries.people_within(reach_of(request.user))
    return list_page(request, rows, PersonTable, PersonFilter, heading=_("People"), name="people")


@guard(rules.sees_person, _load)
def person(request: HttpRequest, found: Person) -> HttpResponse:
    """One person."""
    context = {
        "person": found,
        "posts": found.posts.select_related("union").order_by("-starts"),
        "honours": found.honours.order_by("-year"),
        "history": audit.history(found)[:20],
    }
    return render(request, "people/person.html", context)
