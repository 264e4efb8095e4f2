"""Contacts with enterprises and sites, and whom one asks for there."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from unionhall.apps.coverage import messages, rules
from unionhall.apps.coverage.codes import ContactKind, Outcome
from unionhall.apps.coverage.forms.enterprises import ContactForm, ShowPhoneForm, VisitContactForm
from unionhall.apps.coverage.models import Enterprise, Site, VisitContact
from unionhall.apps.coverage.usecases import contacts
from unionhall.apps.coverage.views import loading, shown
from unionhall.apps.coverage.views.pages import page, to
from unionhall.apps.people.codes import RevealReason
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard
from unionhall.kernel.refusals import Refusal


def _by(request: HttpRequest) -> Any:
    return request.user


def _of(here: Enterprise | Site) -> dict[str, Any]:
    return {"enterprise": here} if isinstance(here, Enterprise) else {"site": here}


@guard(rules.keeps, loading.enterprise)
def contact(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """Note a contact with an enterprise."""
    return _contact(request, found)


@guard(rules.keeps, loading.site)
def site_contact(request: HttpRequest, found: Site) -> HttpResponse:
    """Note a contact at a site."""
    return _contact(request, found)


def _contact(request: HttpRequest, here: Enterprise | Site) -> HttpResponse:
    def work(data: dict[str, Any]) -> object:
        data["kind"], data["outcome"] = ContactKind(data["kind"]), Outcome(data["outcome"])
        return contacts.note_contact(by=_by(request), at=clock.now(), **_of(here), **data)

    explained = _("What was to be done next counts as done; what you write below takes its place.")
    return page(request, ContactForm(request.POST or None), _("Note a contact"), work, here, explained)


@guard(rules.keeps, loading.enterprise)
def person(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """Note whom to ask for at an enterprise."""
    return _person(request, found)


@guard(rules.keeps, loading.site)
def site_person(request: HttpRequest, found: Site) -> HttpResponse:
    """Note whom to ask for at a site."""
    return _person(request, found)


def _person(request: HttpRequest, here: Enterprise | Site) -> HttpResponse:
    return page(
        request,
        VisitContactForm(request.POST or None),
        _("Contact person"),
        lambda data: contacts.note_visit_contact(by=_by(request), at=clock.now(), **_of(here), **data),
        here,
        _("Encrypted, for visits only. Deleted after a year, when there is a union, or when it closes."),
    )


def _held(here: Enterprise | Site) -> VisitContact:
    held: VisitContact | None = getattr(here, "contact", None)
    if held is None:
        raise Http404
    return held


@guard(rules.keeps, loading.enterprise)
@never_cache
def phone(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """Open the number of an enterprise's contact person."""
    return _phone(request, found)


@guard(rules.keeps, loading.site)
@never_cache
def site_phone(request: HttpRequest, found: Site) -> HttpResponse:
    """Open the number of a site's contact person."""
    return _phone(request, found)


def _phone(request: HttpRequest, here: Enterprise | Site) -> HttpResponse:
    held = _held(here)
    form = ShowPhoneForm(request.POST or None)
    value, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                value = contacts.show_phone(
                    by=_by(request),
                    at=clock.now(),
                    contact=held,
                    reason=RevealReason(form.cleaned_data["reason"]),
                )
                status = 200
            except Refusal as refusal:
                form.add_error(None, messages.of_refusal(refusal))
    context = {"here": here, "back": to(here), "form": form, "value": value, "contact": shown.contact(here)}
    return render(request, "coverage/phone.html", context, status=status)


@require_POST
@guard(rules.keeps, loading.enterprise)
def forget(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """Delete whom to ask for at an enterprise."""
    contacts.delete_visit_contact(by=_by(request), at=clock.now(), contact=_held(found))
    return HttpResponseRedirect(to(found))


@require_POST
@guard(rules.keeps, loading.site)
def site_forget(request: HttpRequest, found: Site) -> HttpResponse:
    """Delete whom to ask for at a site."""
    contacts.delete_visit_contact(by=_by(request), at=clock.now(), contact=_held(found))
    return HttpResponseRedirect(to(found))
