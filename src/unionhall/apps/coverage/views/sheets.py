"""The ledger as a sheet: last year's handed in, looked at, taken over, given back; this year's taken out."""

from __future__ import annotations

import io
import tempfile
from itertools import islice
from typing import Any

from django.contrib import messages as toasts
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.coverage import messages, queries, rules
from unionhall.apps.coverage.codes import RowOutcome, SheetPurpose
from unionhall.apps.coverage.forms.sheets import HandInForm, TakeOutForm
from unionhall.apps.coverage.usecases.sheet import exporting, importing
from unionhall.apps.coverage.usecases.sheet.columns import LEDGER
from unionhall.apps.coverage.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.codes import ImportChoice, JobState
from unionhall.kernel.imports import SheetError, blank_form, discard_import, returned_form
from unionhall.kernel.imports.messages import of_sheet
from unionhall.kernel.imports.staging import file_of, report_of
from unionhall.kernel.models import StagedImport
from unionhall.kernel.permissions import allowed, guard, reach_of
from unionhall.kernel.refusals import Refusal

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# So many rows that need a look stand on the page; all of them in the file that comes back.
SHOWN = 50
IN_MEMORY = 4 * 1024 * 1024


def _by(request: HttpRequest) -> Any:
    return request.user


def _to(ground: Union) -> str:
    return reverse("coverage:sheets", args=[ground.public_id])


@guard(rules.keeps_any_ground)
def start(request: HttpRequest) -> HttpResponse:
    """The grounds within reach; straight on when it is one."""
    grounds = list(queries.enterprises.grounds(reach_of(request.user, *rules.KEEPERS)))
    if len(grounds) == 1:
        return HttpResponseRedirect(_to(grounds[0]))
    return render(request, "coverage/sheets/grounds.html", {"grounds": grounds})


@guard(rules.keeps_ground, loading.union)
def sheets(request: HttpRequest, ground: Union) -> HttpResponse:
    """Hand a ledger in, take the ledger out, and what was handed in before."""
    form = HandInForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            sent = form.cleaned_data["file"]
            try:
                staged = importing.hand_in(
                    by=_by(request), at=clock.now(), ground=ground, name=sent.name or "", data=sent.read()
                )
            except SheetError as error:
                form.add_error(None, of_sheet(error))
            else:
                return HttpResponseRedirect(
                    reverse("coverage:sheet", args=[ground.public_id, staged.public_id])
                )
    context = {
        "ground": ground,
        "form": form,
        "columns": [column.titles[0] for column in LEDGER.columns],
        "handed_in": [
            (one, messages.of_counts(one.counts) if one.checked_at else "")
            for one in queries.enterprises.handed_in(ground)
        ],
    }
    return render(request, "coverage/sheets/sheets.html", context, status=status)


@guard(rules.keeps_ground, loading.union)
def blank(_request: HttpRequest, _ground: Union) -> HttpResponseBase:
    """An empty ledger."""
    made = io.BytesIO(blank_form(LEDGER))
    return FileResponse(made, as_attachment=True, filename=f"{LEDGER.title}.xlsx", content_type=WORKBOOK)


def _staged(ground: Union, import_id: str) -> StagedImport:
    found = queries.enterprises.sheet_of(import_id, ground)
    if found is None:
        raise Http404
    return found


@guard(rules.keeps_ground, loading.union)
def sheet(request: HttpRequest, ground: Union, import_id: str) -> HttpResponse:
    """A ledger that was handed in: how far it is, what its rows do, what can be done with it."""
    staged = _staged(ground, import_id)
    job = queries.enterprises.last_job(staged)
    counts = [(code.value, code.label, staged.counts.get(code, 0)) for code in RowOutcome]
    wrong = staged.counts.get(RowOutcome.ERROR, 0)
    lines = [
        {**line, "label": RowOutcome(line["what"]).label, "said": messages.of_line(line)}
        for line in islice(_worst_first(staged), SHOWN)
    ]
    context = {
        "ground": ground,
        "staged": staged,
        "job": job if job and job.state != JobState.DONE else None,
        "under_way": job is not None and job.under_way,
        "purged": staged.payload is None,
        "counts": [one for one in counts if one[2]],
        "good": staged.counts.get(RowOutcome.ADD, 0) + staged.counts.get(RowOutcome.CHANGE, 0),
        "wrong": wrong,
        "lines": lines,
        "more": len(lines) == SHOWN,
    }
    return render(request, "coverage/sheets/sheet.html", context)


def _worst_first(staged: StagedImport) -> Any:
    """The lines of a report, those about wrong rows before those that are only worth a look."""
    yield from (line for line in report_of(staged) if line["what"] == RowOutcome.ERROR)
    yield from (line for line in report_of(staged) if line["what"] != RowOutcome.ERROR)


@require_POST
@guard(rules.keeps_ground, loading.union)
def decide(request: HttpRequest, ground: Union, import_id: str) -> HttpResponse:
    """Have it taken over, all of it or the good rows, or discard it."""
    staged = _staged(ground, import_id)
    choice = request.POST.get("decision", "")
    try:
        if choice == "DISCARD":
            discard_import(by=_by(request).actor, at=clock.now(), staged=staged)
            toasts.add_message(request, toasts.INFO, _("Discarded. Nothing was added."), extra_tags="good")
            return HttpResponseRedirect(_to(ground))
        if choice not in ImportChoice.values:
            raise Http404
        importing.ask_commit(by=_by(request), at=clock.now(), staged=staged, choice=ImportChoice(choice))
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
    return HttpResponseRedirect(reverse("coverage:sheet", args=[ground.public_id, staged.public_id]))


@guard(rules.keeps_ground, loading.union)
def returned(request: HttpRequest, ground: Union, import_id: str) -> HttpResponseBase:
    """The uploader's own file with what is to be said of each row."""
    staged = _staged(ground, import_id)
    told = {line["row"]: messages.of_line(line) for line in report_of(staged)}
    try:
        data = file_of(staged)
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
        return HttpResponseRedirect(_to(ground))
    target = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    name = returned_form(LEDGER, staged.file_name, data, _("To be mended"), told, target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name)


@guard(rules.keeps_ground, loading.union)
def take_out(request: HttpRequest, ground: Union) -> HttpResponseBase:
    """Take the ledger out in the office's own layout, with a purpose."""
    form = TakeOutForm(request.POST or None, may_open=allowed(rules.opens_contacts, request.user, ground))
    if request.method == "POST" and form.is_valid():
        target = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
        exporting.export_sheet(
            by=_by(request),
            at=clock.now(),
            ground=ground,
            purpose=SheetPurpose(form.cleaned_data["purpose"]),
            opened=form.cleaned_data.get("opened", False),
            target=target,
        )
        target.seek(0)
        name = f"{LEDGER.title}-{ground.short_name}-{clock.today():%Y%m%d}.xlsx"
        return FileResponse(target, as_attachment=True, filename=name, content_type=WORKBOOK)
    return render(request, "coverage/sheets/take_out.html", {"ground": ground, "form": form})
