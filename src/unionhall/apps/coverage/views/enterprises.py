"""The ledger as a list, and one enterprise with its histories and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.coverage import hour_words, messages, queries, rules
from unionhall.apps.coverage.codes import OPEN_TO_FOUND, Gone, Source, UnionState
from unionhall.apps.coverage.forms.enterprises import (
    CodeForm,
    CountForm,
    FactsForm,
    GoneForm,
    JoinForm,
    MoveForm,
    NewForm,
    NextStepForm,
    RenameForm,
    StateForm,
)
from unionhall.apps.coverage.models import Enterprise
from unionhall.apps.coverage.queries.priority import Scorer
from unionhall.apps.coverage.tables import EnterpriseFilter, EnterpriseTable
from unionhall.apps.coverage.usecases import contacts, covering, enterprises, states
from unionhall.apps.coverage.usecases.enterprises import Told
from unionhall.apps.coverage.usecases.registers import proposing
from unionhall.apps.coverage.views import loading, shown
from unionhall.apps.coverage.views.pages import page, to
from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Union
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.kernel.refusals import Refusal
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page


def _by(request: HttpRequest) -> Any:
    return request.user


def _reach(request: HttpRequest) -> frozenset[int]:
    return reach_of(request.user, *rules.KEEPERS)


@guard(rules.keeps_any_ground)
def ledger(request: HttpRequest) -> HttpResponse:
    """The enterprises of all grounds within reach, the most pressing first."""
    gone = request.GET.get("gone") == "1"
    rows = (queries.enterprises.everything if gone else queries.enterprises.ledger)(_reach(request))
    rows = queries.enterprises.with_block(rows)
    actions = [
        (_("Enter an enterprise"), reverse("coverage:new-enterprise")),
        (_("Map"), f"{reverse('coverage:map')}?{request.GET.urlencode()}"),
        (_("The ledger as a sheet"), reverse("coverage:sheets-start")),
        (_("Priority rules"), reverse("coverage:rules")),
    ]
    return list_page(
        request,
        rows,
        EnterpriseTable,
        EnterpriseFilter,
        heading=_("Ledger of enterprises"),
        name="ledger",
        actions=actions,
        template="coverage/ledger.html",
    )


@guard(rules.keeps_any_ground)
def new(request: HttpRequest) -> HttpResponse:
    """Enter an enterprise by hand."""

    def work(data: dict[str, Any]) -> Enterprise:
        ground, code = data.pop("ground"), data.pop("code")
        told = Told(codes=(code,) if code else (), **data)
        return enterprises.add_enterprise(
            by=_by(request), at=clock.now(), ground=ground, told=told, source=Source.HAND
        )

    grounds = queries.enterprises.grounds(_reach(request))
    return form_page(
        request,
        NewForm(request.POST or None, grounds=grounds),
        _("Enter an enterprise"),
        work,
        to,
        in_words=messages.of_refusal,
        explained=_("Name and ground are enough. What is known besides makes the priority right."),
        cancel=reverse("coverage:ledger"),
    )


@guard(rules.keeps, loading.enterprise)
def enterprise(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """One enterprise."""
    today = clock.today()
    scored = Scorer([found.ground_id], today).explained(found)
    foundings = list(queries.foundings.of_enterprise(found))
    context = {
        "one": found,
        "called": queries.names.whole([found])[found.pk],
        "overdue": found.overdue(today),
        "contacts": queries.enterprises.contacts(found)[:50],
        "states": queries.enterprises.states(found),
        "names": queries.names.history(found),
        "numbers": found.numbers.order_by("-pk"),
        "addresses": found.addresses.order_by("-pk"),
        "headcounts": found.headcounts.order_by("-on", "-pk")[:20],
        "extra": queries.enterprises.kept_columns(found).items(),
        "contact": shown.contact(found),
        "visited": contacts.visited(found),
        "proposal": queries.enterprises.proposal_of(found),
        "foundings": foundings,
        "under_way": next((one for one in foundings if one.ended_at is None), None),
        "may_found": not found.gone and found.state in OPEN_TO_FOUND,
        "size": found.size.label,
        "funds_yuan": _yuan(found.funds_fen),
        "scored": scored,
        "waterfall": shown.waterfall(scored),
        "history": audit.history(found)[:20],
    }
    return render(request, "coverage/enterprise.html", context)


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else (Decimal(fen) / 100).quantize(Decimal("0.01"))


@guard(rules.keeps, loading.enterprise)
def rename(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """Another name."""
    form = RenameForm(request.POST or None, initial={"name": queries.names.whole([found])[found.pk]})

    def work(data: dict[str, Any]) -> object:
        data["source"] = Source(data["source"])
        return enterprises.rename(by=_by(request), at=clock.now(), enterprise=found, **data)

    explained = _("The former name stays in the history, and the enterprise is still found by it.")
    return page(request, form, _("Another name"), work, found, explained)


@guard(rules.keeps, loading.enterprise)
def move(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """Another address, or its place on the map."""
    initial = {"address": found.address, "latitude": found.latitude, "longitude": found.longitude}
    form = MoveForm(request.POST or None, initial=initial)

    def work(data: dict[str, Any]) -> object:
        data["source"] = Source(data["source"])
        return enterprises.move(by=_by(request), at=clock.now(), enterprise=found, **data)

    return page(request, form, _("Address and place on the map"), work, found)


@guard(rules.keeps, loading.enterprise)
def code(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """A number."""

    def work(data: dict[str, Any]) -> object:
        data["source"] = Source(data["source"])
        return enterprises.note_code(by=_by(request), at=clock.now(), enterprise=found, **data)

    return page(request, CodeForm(request.POST or None), _("Note a number"), work, found)


@guard(rules.keeps, loading.enterprise)
def count(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """How many employees."""

    def work(data: dict[str, Any]) -> object:
        data["source"] = Source(data["source"])
        return enterprises.count_employees(by=_by(request), at=clock.now(), enterprise=found, **data)

    return page(request, CountForm(request.POST or None), _("Count the employees"), work, found)


@guard(rules.keeps, loading.enterprise)
def facts(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """What has no history of its own."""
    names = ("trade", "legal_form", "party", "new_employment", "funds", "funds_year", "steward_words")
    initial = {name: getattr(found, name) for name in names}
    initial["funds_yuan"] = _yuan(found.funds_fen)
    initial["opening_hours"] = hour_words.shown(found.opening_hours)
    return page(
        request,
        FactsForm(request.POST or None, initial=initial),
        _("Change the facts"),
        lambda data: enterprises.change_facts(by=_by(request), at=clock.now(), enterprise=found, **data),
        found,
    )


@guard(rules.keeps, loading.enterprise)
def state(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """Whether there is a union."""
    form = StateForm(request.POST or None, initial={"state": found.state})

    def work(data: dict[str, Any]) -> object:
        data["state"], data["source"] = UnionState(data["state"]), Source(data["source"])
        return states.set_state(by=_by(request), at=clock.now(), enterprise=found, **data)

    explained = _(
        "Every change is dated and stays. A union that is to be founded here begins with a founding."
    )
    return page(request, form, _("Is there a union?"), work, found, explained)


@require_POST
@guard(rules.keeps, loading.enterprise)
def by_headquarters(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """The union of its headquarters covers it, as linking made likely."""
    waiting = queries.enterprises.proposal_of(found)
    listed = waiting.headquarters if waiting else ""
    reason = _("By linked registers its headquarters %(name)s has a union.") % {"name": listed[:100]}

    def work() -> object:
        return proposing.accept_proposal(by=_by(request), at=clock.now(), enterprise=found, reason=reason)

    return _settled(request, found, work)


@require_POST
@guard(rules.keeps, loading.enterprise)
def not_by_headquarters(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """The union of its headquarters does not cover it."""

    def work() -> object:
        return proposing.reject_proposal(by=_by(request), at=clock.now(), enterprise=found)

    return _settled(request, found, work)


def _settled(request: HttpRequest, found: Enterprise, work: Callable[[], object]) -> HttpResponse:
    try:
        work()
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
    return HttpResponseRedirect(to(found))


@guard(rules.keeps, loading.enterprise)
def next_step(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """What comes next."""
    initial = {"next_step": found.next_step, "next_due": found.next_due}
    return page(
        request,
        NextStepForm(request.POST or None, initial=initial),
        _("Next step"),
        lambda data: enterprises.set_next_step(by=_by(request), at=clock.now(), enterprise=found, **data),
        found,
    )


@guard(rules.keeps, loading.enterprise)
def gone(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """No longer here, or here after all."""
    if found.gone:
        return page(
            request,
            forms.Form(request.POST if request.method == "POST" else None),
            _("It is here after all"),
            lambda _data: enterprises.mark_back(by=_by(request), at=clock.now(), enterprise=found),
            found,
            _("It stands in the list again."),
            _("It is here after all"),
        )

    def work(data: dict[str, Any]) -> object:
        data["gone"] = Gone(data["gone"])
        return enterprises.mark_gone(by=_by(request), at=clock.now(), enterprise=found, **data)

    explained = _("It leaves the list and the figures; its history stays. The contact person is deleted.")
    return page(request, GoneForm(request.POST or None), _("No longer here"), work, found, explained)


@guard(rules.keeps, loading.enterprise)
def join(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """Let a joint union that is there take the enterprise in."""
    unions = Union.objects.filter(pk__among=_reach(request), level=UnionLevel.GRASSROOTS).order_by("name")
    explained = _(
        "The union covers the enterprise from that day on. Applications that wait for it elsewhere are passed"
        " on. Only an administrator of the union or above may do it."
    )
    return page(
        request,
        JoinForm(request.POST or None, unions=unions),
        _("Join a joint union"),
        lambda data: covering.join_joint_union(by=_by(request), at=clock.now(), enterprise=found, **data),
        found,
        explained,
    )
