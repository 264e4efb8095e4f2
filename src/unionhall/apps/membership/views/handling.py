"""Applications as officers see them: the queue, one application, the committee's decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.membership import messages, queries, rules
from unionhall.apps.membership.codes import ApplicationState
from unionhall.apps.membership.forms.handling import DecisionForm, ForwardForm, ReasonForm
from unionhall.apps.membership.models import Application
from unionhall.apps.membership.tables import ApplicationFilter, ApplicationTable
from unionhall.apps.membership.usecases import applying, deciding, handling
from unionhall.apps.membership.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import allowed, guard, reach_of
from unionhall.kernel.refusals import Refusal
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page


@guard(rules.keeps_any_roll)
def applications(request: HttpRequest) -> HttpResponse:
    """The queue of all unions within reach, those due first on top."""
    rows = queries.applications.within(reach_of(request.user, *rules.KEEPERS))
    deciding_unions = queries.applications.unions_with_accepted(reach_of(request.user, *rules.KEEPERS))
    actions = [
        (
            _("Decide: %(union)s (%(n)d)") % {"union": union.short_name, "n": waiting},
            reverse("membership:decide", args=[union.public_id]),
        )
        for union, waiting in deciding_unions
    ]
    if allowed(rules.sends_reminders, request.user):
        actions.append((_("Reminders"), reverse("membership:reminders")))
    return list_page(
        request,
        rows,
        ApplicationTable,
        ApplicationFilter,
        heading=_("Applications"),
        name="applications",
        actions=actions,
    )


@guard(rules.handles, loading.application)
def application(request: HttpRequest, found: Application) -> HttpResponse:
    """One application, and the one thing to do next."""
    holder = queries.duplicates.holder_of(bytes(found.identity_index or b""))
    context = {
        "application": found,
        "steps": queries.applications.steps(found),
        "masked": queries.applications.masked(found),
        "holder": holder if found.state != ApplicationState.APPROVED else None,
        "kept_here": holder is not None and allowed(rules.keeps_person, request.user, holder),
        "others": queries.applications.others_by_identity(found),
        "history": audit.history(found)[:20],
        "looks": [
            messages.of_note("MEMBERS", (code, "identity", {}))
            for code in queries.applications.worth_a_look(found, clock.today())
        ],
        "today": clock.today(),
    }
    return render(request, "membership/application.html", context)


def _back(found: Application) -> str:
    return reverse("membership:application", args=[found.public_id])


def _done(request: HttpRequest, found: Application, work: Callable[[], object], said: str) -> HttpResponse:
    try:
        work()
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
    else:
        toasts.add_message(request, toasts.INFO, said, extra_tags="good")
    return HttpResponseRedirect(_back(found))


@require_POST
@guard(rules.handles, loading.application)
def accept(request: HttpRequest, found: Application) -> HttpResponse:
    """Put it before the committee."""
    by: Any = request.user
    return _done(
        request,
        found,
        lambda: handling.accept_application(by=by, at=clock.now(), application=found),
        _("Accepted. It waits for the committee's decision."),
    )


@require_POST
@guard(rules.handles, loading.application)
def confirm(request: HttpRequest, found: Application) -> HttpResponse:
    """The phone was seen or rung."""
    by: Any = request.user
    return _done(
        request,
        found,
        lambda: applying.confirm_at_desk(by=by, at=clock.now(), application=found),
        _("The phone is confirmed."),
    )


@guard(rules.handles, loading.application)
def send_back(request: HttpRequest, found: Application) -> HttpResponse:
    """Return it for completion."""
    by: Any = request.user
    return form_page(
        request,
        ReasonForm(request.POST or None),
        _("Return for completion · %(name)s") % {"name": found.name},
        lambda data: handling.return_application(by=by, at=clock.now(), application=found, **data),
        _back(found),
        in_words=messages.of_refusal,
        explained=_("The applicant reads this reason and completes the same form. Write what is missing."),
        button=_("Return it"),
    )


@guard(rules.handles, loading.application)
def forward(request: HttpRequest, found: Application) -> HttpResponse:
    """Pass it to another union."""
    by: Any = request.user
    return form_page(
        request,
        ForwardForm(request.POST or None, unions=queries.routing.receiving_unions()),
        _("Pass on · %(name)s") % {"name": found.name},
        lambda data: handling.forward_application(by=by, at=clock.now(), application=found, **data),
        reverse("membership:applications"),
        in_words=messages.of_refusal,
        explained=_("Such as to the joint union of a trade, or to the union of the area."),
        button=_("Pass on"),
    )


@guard(rules.keeps_roll, loading.union)
def decide(request: HttpRequest, union: Union) -> HttpResponse:
    """One meeting's decision of all accepted applications of a union, or of the chosen ones."""
    waiting = list(queries.applications.accepted(union))
    form = DecisionForm(request.POST or None, union=union)
    # What came after the page was made was not before this committee: it waits for the next one.
    usual = "LATER" if request.method == "POST" else "APPROVE"
    verdicts = {one.public_id: request.POST.get(f"verdict-{one.public_id}", usual) for one in waiting}
    reasons = {one.public_id: request.POST.get(f"reason-{one.public_id}", "") for one in waiting}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            by: Any = request.user
            try:
                deciding.decide_applications(
                    by=by,
                    at=clock.now(),
                    union=union,
                    approved=[one for one in waiting if verdicts[one.public_id] == "APPROVE"],
                    refused={
                        one: reasons[one.public_id] for one in waiting if verdicts[one.public_id] == "REFUSE"
                    },
                    **form.cleaned_data,
                )
            except Refusal as refusal:
                form.add_error(None, messages.of_refusal(refusal))
            else:
                toasts.add_message(request, toasts.INFO, _("The decision is recorded."), extra_tags="good")
                return HttpResponseRedirect(reverse("membership:applications"))
    context = {
        "union": union,
        "form": form,
        "lines": [(one, verdicts[one.public_id], reasons[one.public_id]) for one in waiting],
    }
    return render(request, "membership/decide.html", context, status=status)
