"""Samples of the list of enterprises without a union: drawn, checked on the spot, told with an interval."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from unionhall.apps.coverage import messages, queries, rules
from unionhall.apps.coverage.codes import Finding, UnionState
from unionhall.apps.coverage.forms.samples import CheckForm, DrawForm
from unionhall.apps.coverage.models import DrawnEnterprise, ListSample
from unionhall.apps.coverage.usecases import samples
from unionhall.apps.coverage.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.engines.sampling import order
from unionhall.kernel import audit, clock
from unionhall.kernel.exports import csv_response
from unionhall.kernel.permissions import allowed, guard
from unionhall.kernel.refusals import Refusal
from unionhall.ui.forms import form_page

# Which rows of a sample are shown.
SHOWN = ("WAITING", *Finding.values)


def _by(request: HttpRequest) -> Any:
    return request.user


def _to(sample: ListSample) -> str:
    return reverse("coverage:sample", args=[sample.public_id])


@guard(rules.keeps_ground, loading.union)
def all_samples(request: HttpRequest, union: Union) -> HttpResponse:
    """The samples of a union's grounds, each with what it shows."""
    rows = [(one, queries.samples.result(one)) for one in queries.samples.samples(union)]
    open_ = any(one.closed_at is None for one, _result in rows)
    context = {"union": union, "samples": rows, "open": open_}
    return render(request, "coverage/samples/samples.html", context)


@guard(rules.keeps_ground, loading.union)
def new(request: HttpRequest, union: Union) -> HttpResponse:
    """Draw a sample."""
    heading = _("Draw a sample of the list")
    return form_page(
        request,
        DrawForm(request.POST or None),
        f"{heading} · {union.short_name}",
        lambda data: samples.draw_sample(by=_by(request), at=clock.now(), union=union, **data),
        _to,
        in_words=messages.of_refusal,
        explained=_(
            "Drawn at random from the enterprises that have no union by the ledger, each as likely as"
            " another. Each comes to whoever looks after its block; the others are checked by the office."
        ),
        cancel=reverse("coverage:samples", args=[union.public_id]),
        button=_("Draw a sample"),
    )


@guard(rules.keeps_sample, loading.sample)
def sample(request: HttpRequest, found: ListSample) -> HttpResponse:
    """What a sample shows, whom it holds, and how it can be drawn again."""
    shown = request.GET.get("shown", "")
    rows = queries.samples.rows_of(found)
    if shown == "WAITING":
        rows = rows.filter(finding=None)
    elif shown in SHOWN:
        rows = rows.filter(finding=shown)
    states, findings = dict(UnionState.choices), dict(Finding.choices)
    context = {
        "sample": found,
        "union": found.union,
        "result": queries.samples.result(found),
        "rows": [
            (one, f"CHECK_{one.finding}", findings.get(one.finding, ""), states[one.enterprise.state])
            for one in rows
        ],
        "shown": shown if shown in SHOWN else "",
        "choices": [("", _("All")), ("WAITING", _("still to check")), *Finding.choices],
        "stewards": queries.samples.by_steward(found) if found.closed_at is None else [],
        "holds": queries.samples.holds(found),
        # Who answered what stands in the rows.
        "history": audit.history(found).exclude(action="sample.check")[:20],
    }
    return render(request, "coverage/samples/sample.html", context)


@guard(rules.keeps_sample, loading.sample)
def listed(_request: HttpRequest, found: ListSample) -> HttpResponse:
    """The list from which a sample was drawn in the order of the draw, so that anybody can do it again."""
    rows = sorted((order(found.seed, one), one) for one in queries.samples.list_of(found))
    header = [_("place in the draw"), _("enterprise"), "SHA-256", _("drawn")]
    told = [
        (place, one, digest, _("yes") if place <= found.size else "")
        for place, (digest, one) in enumerate(rows, start=1)
    ]
    return csv_response(f"sample-{found.public_id}", header, told)


@require_POST
@guard(rules.keeps_sample, loading.sample)
def close(request: HttpRequest, found: ListSample) -> HttpResponse:
    """Close a sample."""
    try:
        samples.close_sample(by=_by(request), at=clock.now(), sample=found)
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
    return HttpResponseRedirect(_to(found))


@guard(rules.checks, loading.drawn)
@never_cache
def check(request: HttpRequest, found: DrawnEnterprise) -> HttpResponse:
    """Say of one drawn enterprise what was found."""
    keeps = allowed(rules.keeps_sample, _by(request), found.sample)
    home = _to(found.sample) if keeps else reverse("coverage:round")
    form = CheckForm(request.POST or None, of=found.public_id)
    as_json = request.headers.get("Accept") == "application/json"
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            finding = Finding(data.pop("finding"))
            try:
                samples.check_drawn(by=_by(request), at=clock.now(), drawn=found, finding=finding, **data)
            except Refusal as refusal:
                form.add_error(None, messages.of_refusal(refusal))
            else:
                if as_json:
                    return JsonResponse({"said": _("Noted.")}, status=201)
                toasts.add_message(request, toasts.INFO, _("Noted."), extra_tags="good")
                return HttpResponseRedirect(home)
        if as_json:
            told = {name: [str(one) for one in errors] for name, errors in form.errors.items()}
            return JsonResponse({"errors": told}, status=422)
    context = {
        "drawn": found,
        "here": found.enterprise,
        "called": queries.names.whole([found.enterprise])[found.enterprise_id],
        "form": form,
        "home": home,
        "checks": found.checks.select_related("account__person").order_by("-pk"),
    }
    return render(request, "coverage/samples/check.html", context, status=status)
