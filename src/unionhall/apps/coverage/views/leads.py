"""Shops that stewards found: looked into, entered in the ledger, or answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.coverage import messages, queries, rules
from unionhall.apps.coverage.forms.blocks import ReasonForm
from unionhall.apps.coverage.models import Lead
from unionhall.apps.coverage.tables import LeadFilter, LeadTable
from unionhall.apps.coverage.usecases import rounds
from unionhall.apps.coverage.views import loading
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page


def _by(request: HttpRequest) -> Any:
    return request.user


def _to(lead: Lead) -> str:
    return reverse("coverage:lead", args=[lead.public_id])


@guard(rules.keeps_any_ground)
def all_leads(request: HttpRequest) -> HttpResponse:
    """What stewards reported in all grounds within reach."""
    return list_page(
        request,
        queries.blocks.leads(reach_of(request.user, *rules.KEEPERS)),
        LeadTable,
        LeadFilter,
        heading=_("Shops reported"),
        name="leads",
        actions=[(_("Blocks"), reverse("coverage:blocks"))],
    )


@guard(rules.keeps_block, loading.lead)
def lead(request: HttpRequest, found: Lead) -> HttpResponse:
    """One shop."""
    context = {"lead": found, "called": queries.names.of_lead(found), "trail": audit.history(found)[:20]}
    return render(request, "coverage/blocks/lead.html", context)


@guard(rules.keeps_block, loading.lead)
def enter(request: HttpRequest, found: Lead) -> HttpResponse:
    """Enter it in the ledger."""
    return form_page(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        f"{_('Enter it in the ledger')} · {found.name}",
        lambda _data: rounds.enter_lead(by=_by(request), at=clock.now(), lead=found),
        lambda made: reverse("coverage:enterprise", args=[made.public_id]),
        in_words=messages.of_refusal,
        explained=_("With name, number, address and employees as reported, in the block where it was found."),
        cancel=_to(found),
        button=_("Enter it in the ledger"),
    )


@guard(rules.keeps_block, loading.lead)
def dismiss(request: HttpRequest, found: Lead) -> HttpResponse:
    """Say why it is not entered."""
    return form_page(
        request,
        ReasonForm(request.POST or None),
        f"{_('Do not enter it')} · {found.name}",
        lambda data: rounds.dismiss_lead(by=_by(request), at=clock.now(), lead=found, **data),
        _to(found),
        in_words=messages.of_refusal,
        button=_("Do not enter it"),
    )
