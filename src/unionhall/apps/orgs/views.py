"""Unions: the list within reach, and one union with its line, affiliations and employers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.orgs import messages, queries, rules, usecases
from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.forms import AffiliateForm, ContactForm, CoverForm, FoundForm, PlaceForm
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.tables import UnionFilter, UnionTable
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import ADMINISTRATOR, allowed, guard, reach_of
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page


def _load(public_id: str) -> Union:
    return get_object_or_404(Union, public_id=public_id)


@guard(rules.holds_any_post)
def unions(request: HttpRequest) -> HttpResponse:
    """The unions within reach."""
    rows = queries.unions_within(reach_of(request.user))
    return list_page(request, rows, UnionTable, UnionFilter, heading=_("Unions"), name="unions")


@guard(rules.sees_union, _load)
def union(request: HttpRequest, shown: Union) -> HttpResponse:
    """One union."""
    today = clock.today()
    visible = reach_of(request.user)
    context = {
        "union": shown,
        "line": [(one, one.pk in visible) for one in reversed(queries.line_of_command(shown, today))],
        "subordinates": queries.subordinates(shown, today),
        "affiliations": shown.affiliations.select_related("industry_union").order_by("-starts"),
        "coverages": shown.coverages.select_related("employer").order_by("-starts"),
        "history": audit.history(shown)[:20],
        "administers": allowed(rules.administers, request.user, shown),
    }
    return render(request, "orgs/union.html", context)


def _by(request: HttpRequest) -> Any:
    return request.user


def _page(
    request: HttpRequest,
    form: forms.Form,
    heading: str,
    work: Callable[[dict[str, Any]], object],
    union: Union,
) -> HttpResponse:
    back = reverse("orgs:union", args=[union.public_id])
    return form_page(
        request, form, f"{heading} · {union.short_name}", work, back, in_words=messages.of_refusal
    )


@guard(rules.administers, _load)
def new_union(request: HttpRequest, superior: Union) -> HttpResponse:
    """Found a union under one."""

    def work(data: dict[str, Any]) -> object:
        data["level"] = UnionLevel(data["level"])
        return usecases.found_union(by=_by(request), at=clock.now(), superior=superior, **data)

    return _page(request, FoundForm(request.POST or None), _("Found a union under it"), work, superior)


@guard(rules.administers, _load)
def place(request: HttpRequest, union: Union) -> HttpResponse:
    """Let a union answer to another from a day on."""
    superiors = queries.unions_in_reach(request.user, ADMINISTRATOR).exclude(pk=union.pk)
    form = PlaceForm(request.POST or None, superiors=superiors.order_by("name"))
    return _page(
        request,
        form,
        _("Line of command"),
        lambda data: usecases.place_under(by=_by(request), at=clock.now(), union=union, **data),
        union,
    )


@guard(rules.administers, _load)
def contact(request: HttpRequest, union: Union) -> HttpResponse:
    """Say how workers reach the union's office."""
    told = {"phone": union.phone, "address": union.address, "hours": union.hours}
    return _page(
        request,
        ContactForm(request.POST or None, initial=told),
        _("How to reach it"),
        lambda data: usecases.note_contact(by=_by(request), at=clock.now(), union=union, **data),
        union,
    )


@guard(rules.administers, _load)
def affiliate(request: HttpRequest, union: Union) -> HttpResponse:
    """Make a union a member of an industry union."""
    return _page(
        request,
        AffiliateForm(request.POST or None),
        _("Industry affiliations"),
        lambda data: usecases.affiliate(by=_by(request), at=clock.now(), union=union, **data),
        union,
    )


@guard(rules.administers, _load)
def cover(request: HttpRequest, union: Union) -> HttpResponse:
    """Let a union cover an employer."""
    return _page(
        request,
        CoverForm(request.POST or None),
        _("Employers covered"),
        lambda data: usecases.cover_employer(by=_by(request), at=clock.now(), union=union, **data),
        union,
    )
