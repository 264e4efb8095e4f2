"""What is kept sealed about persons: found by it, written, and opened one value at a time.

Numbers travel in the body of a request only, never in an address, and no page that holds one is stored.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from unionhall.apps.people import messages, queries, rules, usecases
from unionhall.apps.people.codes import IdentityKind, RevealReason, SealedColumn, Sex
from unionhall.apps.people.forms import ParticularsForm, RevealForm, SearchForm
from unionhall.apps.people.models import Person
from unionhall.apps.people.views.persons import load_person, page_of
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard
from unionhall.kernel.refusals import Refusal


@guard(rules.holds_any_post)
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Persons by whatever is known of them."""
    form = SearchForm(request.POST or None)
    account: Any = request.user
    found = queries.found(account, form.cleaned_data["text"]) if form.is_valid() else None
    return render(request, "people/find.html", {"form": form, "found": found, "most": queries.MOST})


@guard(rules.handles_particulars, load_person)
@never_cache
def write(request: HttpRequest, person: Person) -> HttpResponse:
    """Write a person's particulars."""
    held = getattr(person, "particulars", None)
    account: Any = request.user

    def work(data: dict[str, Any]) -> object:
        return usecases.write_particulars(
            by=account,
            at=clock.now(),
            person=person,
            identity=data["identity"] or None,
            id_kind=IdentityKind(data["id_kind"]),
            phone=data["phone"] or None,
            birth=data["birth"],
            sex=Sex(data["sex"]) if data["sex"] else None,
        )

    shown = {"id_kind": held.id_kind} if held else None
    return page_of(
        request, ParticularsForm(request.POST or None, initial=shown), _("Particulars"), work, person
    )


@guard(rules.handles_particulars, load_person)
@never_cache
def reveal(request: HttpRequest, person: Person, column: str) -> HttpResponse:
    """Ask why, then show one value once."""
    if column.upper() not in SealedColumn.values:
        raise Http404
    wanted = SealedColumn(column.upper())
    account: Any = request.user
    form = RevealForm(request.POST or None)
    value, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                value = usecases.reveal(
                    by=account,
                    at=clock.now(),
                    person=person,
                    column=wanted,
                    reason=RevealReason(form.cleaned_data["reason"]),
                    words=form.cleaned_data["words"],
                )
                status = 200
            except Refusal as refusal:
                form.add_error(None, messages.of_refusal(refusal))
    context = {"person": person, "column": wanted, "form": form, "value": value}
    return render(request, "people/reveal.html", context, status=status)
