"""A steward's phone: the day's route, visits noted on the way, shops that the ledger does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from unionhall.apps.coverage import messages, queries, rules
from unionhall.apps.coverage.codes import Outcome
from unionhall.apps.coverage.forms.rounds import LeadForm, VisitForm
from unionhall.apps.coverage.forms.samples import CheckForm
from unionhall.apps.coverage.models import Block, ContactEntry, Enterprise, Site, VisitPhoto
from unionhall.apps.coverage.usecases import rounds
from unionhall.apps.coverage.views import loading, shown
from unionhall.apps.meetings.evidence import LIMIT
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard
from unionhall.kernel.refusals import Refusal


def _by(request: HttpRequest) -> Any:
    return request.user


def _json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _wrong(form: forms.Form) -> JsonResponse:
    told = {name: [str(one) for one in errors] for name, errors in form.errors.items()}
    return JsonResponse({"errors": told}, status=422)


@guard(rules.is_steward)
@never_cache
def my_round(request: HttpRequest) -> HttpResponse:
    """My blocks, and whom to see today; each visit is noted on this page, without network too."""
    person = _by(request).person
    today = clock.today()
    stops = queries.rounds.route(person, clock.now())
    drawn = queries.samples.to_check(person)
    blocks = list(queries.blocks.of_steward(person))
    done = queries.rounds.noted_today(_by(request), today)
    checked = queries.samples.checked_today(_by(request), today)
    there = [one.here for one in stops if isinstance(one.here, Enterprise)]
    there += [one.enterprise for one in drawn]
    # Two masked alike could not be told apart once they are noted; whole only where one may still go.
    seen = [*(one.enterprise for one in done if one.enterprise), *(one.drawn.enterprise for one in checked)]
    mine = {block.pk for block in blocks}
    called = queries.names.whole([*there, *(one for one in seen if one.block_id in mine)])
    context = {
        "blocks": blocks,
        "stops": [
            (one, _visit(one.here), one.here.name if one.is_site else called[one.here.pk]) for one in stops
        ],
        "drawn": [(one, CheckForm(of=one.public_id), called[one.enterprise_id]) for one in drawn],
        "checked": [(one, called.get(one.drawn.enterprise_id, one.drawn.enterprise.name)) for one in checked],
        "done": [(one, _called(one, called)) for one in done],
        "form": VisitForm(),
        "today": today,
    }
    return render(request, "coverage/round/round.html", context)


def _called(entry: ContactEntry, called: Mapping[int, str]) -> str:
    """Whom a contact was with."""
    if entry.enterprise:
        return called.get(entry.enterprise.pk, entry.enterprise.name)
    return entry.site.name if entry.site else ""


def _visit(here: Enterprise | Site) -> str:
    name = "visit-enterprise" if isinstance(here, Enterprise) else "visit-site"
    return reverse(f"coverage:{name}", args=[here.public_id])


@guard(rules.visits, loading.enterprise)
@never_cache
def visit_enterprise(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """Note a visit to an enterprise."""
    return _noted(request, found)


@guard(rules.visits, loading.site)
@never_cache
def visit_site(request: HttpRequest, found: Site) -> HttpResponse:
    """Note a visit to a site."""
    return _noted(request, found)


def _noted(request: HttpRequest, here: Enterprise | Site) -> HttpResponse:
    form = VisitForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            data["outcome"] = Outcome(data["outcome"])
            sent = data.pop("photo")
            # One byte more than is allowed: enough to be refused, however much was sent.
            photo = sent.read(LIMIT + 1) if sent else None
            try:
                rounds.note_visit(by=_by(request), at=clock.now(), here=here, photo=photo, **data)
            except Refusal as refusal:
                form.add_error(None, messages.of_refusal(refusal))
            else:
                if _json(request):
                    return JsonResponse({"said": _("Noted.")}, status=201)
                toasts.add_message(request, toasts.INFO, _("Noted."), extra_tags="good")
                return HttpResponseRedirect(reverse("coverage:round"))
        if _json(request):
            return _wrong(form)
    context = {
        "here": here,
        "called": queries.names.whole([here])[here.pk] if isinstance(here, Enterprise) else here.name,
        "form": form,
        "action": _visit(here),
        "contact": shown.contact(here),
        "contacts": here.contacts.select_related("account__person").order_by("-on", "-pk")[:5],
    }
    return render(request, "coverage/round/visit.html", context, status=status)


@guard(rules.is_steward)
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """An enterprise by what its licence says: the code in its QR code, typed by hand, or its name."""
    text = request.GET.get("q", "")[:400]
    person = _by(request).person
    looked = queries.rounds.look_up(person, text)
    mine = queries.rounds.blocks_held(person)
    # Whole only where one may go. Half a name finds all that are masked alike; who bears it comes first.
    called = queries.names.whole([one for one in looked.rows if one.block_id in mine])
    rows = sorted(looked.rows, key=lambda one: text.strip() not in called.get(one.pk, one.name))
    context = {
        "text": text,
        "code": looked.code,
        "rows": [
            (
                one,
                called.get(one.pk, one.name),
                reverse("coverage:visit-enterprise", args=[one.public_id]) if one.block_id in mine else "",
            )
            for one in rows
        ],
    }
    return render(request, "coverage/round/find.html", context)


@guard(rules.is_steward)
@never_cache
def lead(request: HttpRequest) -> HttpResponse:
    """Report a shop that is not in the ledger."""
    blocks = Block.objects.filter(pk__in=queries.rounds.blocks_held(_by(request).person)).defer("geometry")
    initial = {"code": request.GET.get("code", "")[:40], "name": request.GET.get("name", "")[:160]}
    form = LeadForm(request.POST or None, blocks=blocks.order_by("code"), initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                rounds.report_lead(by=_by(request), at=clock.now(), **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, messages.of_refusal(refusal))
            else:
                said = _("Reported. The office enters it in the ledger.")
                if _json(request):
                    return JsonResponse({"said": said}, status=201)
                toasts.add_message(request, toasts.INFO, said, extra_tags="good")
                return HttpResponseRedirect(reverse("coverage:round"))
        if _json(request):
            return _wrong(form)
    context = {"form": form, "action": reverse("coverage:report-lead")}
    return render(request, "coverage/round/lead.html", context, status=status)


@guard(rules.keeps_photo, loading.photo)
def photo(request: HttpRequest, found: VisitPhoto) -> HttpResponse:
    """The picture of a visit."""
    response = HttpResponse(rounds.open_photo(by=_by(request), photo=found), content_type=found.content_type)
    response["Cache-Control"] = "private, no-store"
    return response
