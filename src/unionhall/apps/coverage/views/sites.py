"""Workers' sites: the list, one site, who was counted there and who agreed to be named."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.coverage import hour_words, messages, queries, rules
from unionhall.apps.coverage.codes import SiteKind
from unionhall.apps.coverage.forms.sites import ChangeSiteForm, CountForm, NewSiteForm, WorkerForm
from unionhall.apps.coverage.models import NamedWorker, Site
from unionhall.apps.coverage.tables import SiteFilter, SiteTable
from unionhall.apps.coverage.usecases import contacts, sites
from unionhall.apps.coverage.views import loading, shown
from unionhall.apps.coverage.views.pages import page, to
from unionhall.engines.identifiers import masked
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page


def _by(request: HttpRequest) -> Any:
    return request.user


def _reach(request: HttpRequest) -> frozenset[int]:
    return reach_of(request.user, *rules.KEEPERS)


@guard(rules.keeps_any_ground)
def all_sites(request: HttpRequest) -> HttpResponse:
    """The sites of all grounds within reach."""
    return list_page(
        request,
        queries.sites.sites_within(_reach(request)),
        SiteTable,
        SiteFilter,
        heading=_("Workers' sites"),
        name="sites",
        actions=[(_("Enter a site"), reverse("coverage:new-site"))],
        template="coverage/sites.html",
    )


@guard(rules.keeps_any_ground)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a site."""

    def work(data: dict[str, Any]) -> Site:
        data["kind"], data["joined"] = SiteKind(data["kind"]), data["joined"] or 0
        return sites.add_site(by=_by(request), at=clock.now(), **data)

    grounds = queries.enterprises.grounds(_reach(request))
    return form_page(
        request,
        NewSiteForm(request.POST or None, grounds=grounds),
        _("Enter a site"),
        work,
        to,
        in_words=messages.of_refusal,
        explained=_("A depot, a platform team, a market: a place where workers are whom no roll shows."),
        cancel=reverse("coverage:sites"),
    )


@guard(rules.keeps, loading.site)
def site(request: HttpRequest, found: Site) -> HttpResponse:
    """One site."""
    today = clock.today()
    context = {
        "site": found,
        "overdue": found.next_due is not None and found.next_due < today,
        "contact": shown.contact(found),
        "visited": contacts.visited(found),
        "contacts": queries.sites.contacts(found)[:50],
        "counts": queries.sites.counts(found)[:20],
        "named": [
            {
                "worker": one,
                "name": shown.opened(one.name_sealed, one.public_id, "named_worker.name"),
                "phone": _masked(one),
            }
            for one in queries.sites.named(found)
        ],
        "history": audit.history(found)[:20],
    }
    return render(request, "coverage/site.html", context)


def _masked(worker: NamedWorker) -> str:
    phone = shown.opened(worker.phone_sealed, worker.public_id, "named_worker.phone")
    return masked(phone) if phone else ""


@guard(rules.keeps, loading.site)
def change(request: HttpRequest, found: Site) -> HttpResponse:
    """Put right what is known of it, or note that it has closed."""
    names = ("kind", "name", "platform", "address", "latitude", "longitude", "closed_on")
    initial = {name: getattr(found, name) for name in names}
    initial["opening_hours"] = hour_words.shown(found.opening_hours)
    form = ChangeSiteForm(request.POST or None, initial=initial)

    def work(data: dict[str, Any]) -> object:
        data["kind"] = SiteKind(data["kind"])
        return sites.change_site(by=_by(request), at=clock.now(), site=found, **data)

    return page(request, form, _("Change the site"), work, found)


@guard(rules.keeps, loading.site)
def count(request: HttpRequest, found: Site) -> HttpResponse:
    """How many work there, and how many have joined."""
    initial = {"headcount": found.headcount, "joined": found.joined}
    return page(
        request,
        CountForm(request.POST or None, initial=initial),
        _("Count the workers"),
        lambda data: sites.count_workers(by=_by(request), at=clock.now(), site=found, **data),
        found,
    )


@guard(rules.keeps, loading.site)
def name_worker(request: HttpRequest, found: Site) -> HttpResponse:
    """Name somebody who agreed to it."""
    return page(
        request,
        WorkerForm(request.POST or None),
        _("Name a worker"),
        lambda data: sites.name_worker(by=_by(request), at=clock.now(), site=found, **data),
        found,
        _("Only with consent, which can be withdrawn at any time: then the name is deleted at once."),
    )


@require_POST
@guard(rules.keeps_worker, loading.worker)
def withdraw(request: HttpRequest, found: NamedWorker) -> HttpResponse:
    """Delete somebody who no longer wants to be named."""
    back = to(found.site)
    sites.withdraw_consent(by=_by(request), at=clock.now(), worker=found)
    return HttpResponseRedirect(back)
