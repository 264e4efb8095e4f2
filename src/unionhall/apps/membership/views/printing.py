"""Printed forms as PDF: the application, the registration, a union's register, a code's poster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from unionhall.apps.membership import messages, queries, rules
from unionhall.apps.membership.models import Application, OutreachSession, SourceCode
from unionhall.apps.membership.tables import RegisterTable
from unionhall.apps.membership.usecases import printing
from unionhall.apps.membership.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.tables import UnionFilter
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.kernel.printing import pdf
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.typed import whole_number
from unionhall.ui.lists import list_page

TEMPLATES = Path(__file__).resolve().parent.parent / "print"
FORMS = {
    "application": queries.printing.application_form,
    "registration": queries.printing.registration_form,
}


def file_response(data: bytes, name: str, kind: str) -> HttpResponse:
    """A file to keep."""
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def cannot_print(request: HttpRequest, refusal: Refusal, back: str) -> HttpResponse:
    """Why this machine cannot print."""
    context = {"refusal": messages.of_refusal(refusal), "back": back}
    return render(request, "membership/cannot_print.html", context, status=503)


def _printed(request: HttpRequest, template: str, data: dict[str, Any], name: str) -> HttpResponse:
    try:
        made = pdf(TEMPLATES / f"{template}.typ", data)
    except Refusal as refusal:
        return cannot_print(request, refusal, reverse("today"))
    return file_response(made, f"{name}.pdf", "application/pdf")


@require_GET
@guard(rules.handles, loading.application)
def form(request: HttpRequest, application: Application, kind: str) -> HttpResponse:
    """An application, or the registration form of whoever applied, to be signed and filed."""
    if kind not in FORMS:
        raise Http404
    account: Any = request.user
    plain = printing.open_for_form(by=account, at=clock.now(), application=application, kind=kind)
    return _printed(request, kind, FORMS[kind](application, plain), f"{application.public_id}-{kind}")


@guard(rules.keeps_any_roll)
def registers(request: HttpRequest) -> HttpResponse:
    """The registers within reach, to be printed."""
    return list_page(
        request,
        queries.printing.registers_within(reach_of(request.user, *rules.KEEPERS)),
        RegisterTable,
        UnionFilter,
        heading=_("Registers of members"),
        name="registers",
    )


@require_GET
@guard(rules.keeps_roll, loading.union)
def register(request: HttpRequest, union: Union) -> HttpResponse:
    """A union's register; ``?from=`` says at which row a further part begins."""
    account: Any = request.user
    first = whole_number(request.GET.get("from", "")) or 1
    rows, total = printing.rows_for_register(
        by=account, at=clock.now(), union=union, first=first, most=queries.printing.MOST_ROWS
    )
    data = queries.printing.register(union, rows, first, total, clock.today())
    return _printed(request, "register", data, f"{union.public_id}-register")


def _code(public_id: str) -> SourceCode:
    return get_object_or_404(SourceCode.objects.select_related("union", "session"), public_id=public_id)


@require_GET
@guard(rules.handles, _code)
def poster(request: HttpRequest, code: SourceCode) -> HttpResponse:
    """A poster for one code."""
    address = request.build_absolute_uri(reverse("seat", args=[code.public_id]))
    return _printed(request, "poster", queries.printing.poster(code, address), f"{code.public_id}-poster")


@require_GET
@guard(rules.handles, loading.session)
def check_in(request: HttpRequest, session: OutreachSession) -> HttpResponse:
    """A poster for the door of a session."""
    address = request.build_absolute_uri(reverse("seat", args=[session.public_id]))
    data = queries.printing.check_in_poster(session, address)
    return _printed(request, "poster", data, f"{session.public_id}-check-in")
