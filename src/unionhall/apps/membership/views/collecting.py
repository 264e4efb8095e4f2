"""Import and export: official forms in, looked at, committed, and given back; rolls out."""

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

from unionhall.apps.membership import messages, queries, rules
from unionhall.apps.membership.codes import ExportPurpose, RowOutcome
from unionhall.apps.membership.forms.collecting import ExportForm, HandInForm
from unionhall.apps.membership.models import RollExport
from unionhall.apps.membership.usecases.collecting import exporting, importing
from unionhall.apps.membership.usecases.collecting.columns import FORMS, MEMBERS
from unionhall.apps.membership.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subordinates, subtree
from unionhall.apps.people.queries import present_posts
from unionhall.kernel import clock
from unionhall.kernel.clock import CITY
from unionhall.kernel.codes import ImportChoice, JobState
from unionhall.kernel.imports import SheetError, blank_form, discard_import, returned_form
from unionhall.kernel.imports.messages import of_sheet
from unionhall.kernel.imports.staging import file_of, report_of
from unionhall.kernel.models import StagedImport
from unionhall.kernel.permissions import allowed, guard
from unionhall.kernel.refusals import Refusal

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# So many rows that need a look stand on the page; all of them in the file that comes back.
SHOWN = 50
IN_MEMORY = 4 * 1024 * 1024  # bytes of a file that is given back; a larger one waits on the disk


@guard(rules.keeps_any_roll)
def start(request: HttpRequest) -> HttpResponse:
    """The unions for which somebody keeps the roll; straight on when it is one."""
    account: Any = request.user
    posts = present_posts(account.person, clock.today()).filter(role__in=rules.KEEPERS)
    unions = {post.union_id: post.union for post in posts.select_related("union")}
    if len(unions) == 1:
        return HttpResponseRedirect(_to(next(iter(unions.values()))))
    return render(request, "membership/collecting/unions.html", {"unions": unions.values()})


def _to(union: Union) -> str:
    return reverse("membership:collection", args=[union.public_id])


@guard(rules.keeps_roll, loading.union)
def collection(request: HttpRequest, union: Union) -> HttpResponse:
    """What was handed in and taken out for a union, and the empty forms."""
    kinds = importing.kinds_for(request.user, union)
    context = {
        "union": union,
        "forms": [FORMS[kind] for kind in kinds],
        "handed_in": [
            {
                "staged": staged,
                "form": FORMS[staged.kind].title,
                "counts": messages.of_counts(staged.counts) if staged.checked_at else "",
            }
            for staged in queries.collections.handed_in(union)
            if staged.kind in kinds
        ],
        "exports": queries.collections.exports(union),
        "under": subordinates(union, clock.today()),
    }
    return render(request, "membership/collecting/collection.html", context)


@guard(rules.keeps_roll, loading.union)
def blank(request: HttpRequest, union: Union, kind: str) -> HttpResponseBase:
    """An empty form."""
    if kind not in importing.kinds_for(request.user, union):
        raise Http404
    lists = exporting.union_list(subtree([union.pk], clock.today()))
    form = FORMS[kind]
    made = io.BytesIO(blank_form(form, lists))
    name = f"{form.title}-{form.version}.xlsx"
    return FileResponse(made, as_attachment=True, filename=name, content_type=WORKBOOK)


@guard(rules.keeps_roll, loading.union)
def collect(request: HttpRequest, union: Union) -> HttpResponse:
    """Hand in a filled form; it is looked at, and nothing else happens yet."""
    by: Any = request.user
    kinds = importing.kinds_for(by, union)
    form = HandInForm(request.POST or None, request.FILES or None, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            staged = importing.hand_in(
                by=by,
                at=clock.now(),
                union=union,
                kind=form.cleaned_data["kind"],
                name=sent.name or "",
                data=sent.read(),
            )
        except SheetError as error:
            form.add_error(None, of_sheet(error))
        else:
            return HttpResponseRedirect(
                reverse("membership:collected", args=[union.public_id, staged.public_id])
            )
    context = {"union": union, "form": form, "forms": [FORMS[kind] for kind in kinds]}
    status = 422 if request.method == "POST" else 200
    return render(request, "membership/collecting/collect.html", context, status=status)


def _staged(request: HttpRequest, union: Union, import_id: str) -> StagedImport:
    found = queries.collections.of_union(union, import_id)
    if found is None or found.kind not in importing.kinds_for(request.user, union):
        raise Http404
    return found


@guard(rules.keeps_roll, loading.union)
def collected(request: HttpRequest, union: Union, import_id: str) -> HttpResponse:
    """A form that was handed in: how far it is, what its rows do, what can be done with it."""
    staged = _staged(request, union, import_id)
    job = queries.collections.last_job(staged)
    counts = [
        {"code": code.value, "label": code.label, "rows": staged.counts.get(code, 0)} for code in RowOutcome
    ]
    wrong = staged.counts.get(RowOutcome.ERROR, 0)
    good = sum(staged.counts.values()) - wrong - staged.counts.get(RowOutcome.SAME, 0)
    lines = [
        {
            "row": line["row"],
            "named": line["named"],
            "what": line["what"],
            "label": RowOutcome(line["what"]).label,
            "said": messages.of_line(staged.kind, line),
        }
        for line in islice(_worst_first(staged), SHOWN)
    ]
    context = {
        "union": union,
        "staged": staged,
        "form": FORMS[staged.kind],
        "job": job if job and job.state != JobState.DONE else None,
        "under_way": job is not None and job.under_way,
        "purged": staged.payload is None,
        "counts": [one for one in counts if one["rows"]],
        "good": good,
        "wrong": wrong,
        "matches": staged.counts.get(RowOutcome.MATCH, 0),
        "lines": lines,
    }
    return render(request, "membership/collecting/collected.html", context)


def _worst_first(staged: StagedImport) -> Any:
    """The lines of a report, those about wrong rows before those that are only worth a look."""
    if staged.counts.get(RowOutcome.ERROR):
        yield from (line for line in report_of(staged) if line["what"] == RowOutcome.ERROR)
    yield from (line for line in report_of(staged) if line["what"] != RowOutcome.ERROR)


@require_POST
@guard(rules.keeps_roll, loading.union)
def decide(request: HttpRequest, union: Union, import_id: str) -> HttpResponse:
    """Have it committed, all of it or the good rows, or discard it."""
    by: Any = request.user
    staged = _staged(request, union, import_id)
    here = reverse("membership:collected", args=[union.public_id, staged.public_id])
    choice = request.POST.get("decision", "")
    try:
        if choice == "DISCARD":
            discard_import(by=by.actor, at=clock.now(), staged=staged)
            toasts.add_message(request, toasts.INFO, _("Discarded. Nothing was added."), extra_tags="good")
            return HttpResponseRedirect(_to(union))
        if choice not in ImportChoice.values:
            raise Http404
        importing.ask_commit(by=by, at=clock.now(), staged=staged, choice=ImportChoice(choice))
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
    return HttpResponseRedirect(here)


@guard(rules.keeps_roll, loading.union)
def returned(request: HttpRequest, union: Union, import_id: str) -> HttpResponseBase:
    """The uploader's own file with what is to be said of each row."""
    staged = _staged(request, union, import_id)
    told = {line["row"]: messages.of_line(staged.kind, line) for line in report_of(staged)}
    try:
        data = file_of(staged)
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
        return HttpResponseRedirect(_to(union))
    target = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    name = returned_form(FORMS[staged.kind], staged.file_name, data, _("To be mended"), told, target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name)


@guard(rules.keeps_roll, loading.union)
def export(request: HttpRequest, union: Union) -> HttpResponse:
    """Ask for the roll, with a purpose and a reason; a job writes it."""
    by: Any = request.user
    form = ExportForm(request.POST or None, may_open=allowed(rules.opens_roll, by, union))
    if request.method == "POST" and form.is_valid():
        try:
            asked = exporting.ask_export(
                by=by,
                at=clock.now(),
                union=union,
                purpose=ExportPurpose(form.cleaned_data["purpose"]),
                reason=form.cleaned_data["reason"],
                opened=form.cleaned_data.get("opened", False),
            )
        except Refusal as refusal:
            form.add_error(None, messages.of_refusal(refusal))
        else:
            return HttpResponseRedirect(
                reverse("membership:exported", args=[union.public_id, asked.public_id])
            )
    status = 422 if request.method == "POST" else 200
    context = {"union": union, "form": form}
    return render(request, "membership/collecting/export.html", context, status=status)


def _export(union: Union, export_id: str) -> RollExport:
    found = queries.collections.export_of(union, export_id)
    if found is None:
        raise Http404
    return found


@guard(rules.keeps_roll, loading.union)
def exported(request: HttpRequest, union: Union, export_id: str) -> HttpResponse:
    """An export: how far it is, and the workbook for whoever asked for it."""
    (told,) = queries.collections.became([_export(union, export_id)])
    job = queries.collections.last_job(told.export)
    context = {
        "union": union,
        "told": told,
        "form": MEMBERS.title,
        "job": job if job and job.state != JobState.DONE else None,
        "may_fetch": exporting.may_fetch(request.user, told.export),
        "until": told.made_at and told.made_at + exporting.KEPT,
    }
    return render(request, "membership/collecting/exported.html", context)


@guard(rules.keeps_roll, loading.union)
def export_file(request: HttpRequest, union: Union, export_id: str) -> HttpResponseBase:
    """The workbook, to whoever asked for it and still may; to others there is none."""
    by: Any = request.user
    export = _export(union, export_id)
    try:
        data = exporting.fetch_export(by=by, at=clock.now(), export=export)
    except Refusal as refusal:
        if refusal.code == "NOT_ALLOWED":
            raise Http404 from refusal
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
        return HttpResponseRedirect(reverse("membership:exported", args=[union.public_id, export_id]))
    name = f"{union.name}-{export.at.astimezone(CITY):%Y%m%d}-{export.public_id}.xlsx"
    return FileResponse(io.BytesIO(data), as_attachment=True, filename=name, content_type=WORKBOOK)
