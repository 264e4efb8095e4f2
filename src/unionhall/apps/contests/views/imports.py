"""Entries and jurors from workbooks: upload, look at what each row would do, then commit."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.contests import rules
from unionhall.apps.contests.models import Stage
from unionhall.apps.contests.usecases import imports
from unionhall.apps.contests.views import loading
from unionhall.apps.contests.views.answers import done, refused
from unionhall.kernel import clock
from unionhall.kernel.imports import Outcome, SheetError, discard_import, returned_table, template
from unionhall.kernel.imports.messages import of_sheet
from unionhall.kernel.imports.staging import file_of
from unionhall.kernel.models import StagedImport
from unionhall.kernel.permissions import guard
from unionhall.kernel.refusals import Refusal


def _kind(kind: str) -> str:
    if kind.upper() not in imports.COLUMNS:
        raise Http404
    return kind.upper()


def _staged(stage: Stage, import_id: str) -> StagedImport:
    found = StagedImport.objects.filter(subject=stage.public_id, public_id=import_id).first()
    if found is None:
        raise Http404
    return found


@guard(rules.organises, loading.stage)
def upload(request: HttpRequest, stage: Stage, kind: str) -> HttpResponse:
    """Choose a file; it is looked at, and nothing else happens yet."""
    code = _kind(kind)
    refusal = ""
    if request.method == "POST":
        by: Any = request.user
        sent = request.FILES.get("file")
        if sent is None:
            refusal = _("Choose a file first.")
        else:
            try:
                staged = imports.stage_sheet(
                    by=by, at=clock.now(), stage=stage, kind=code, name=sent.name or "", data=sent.read()
                )
            except SheetError as error:
                refusal = of_sheet(error)
            else:
                return HttpResponseRedirect(
                    reverse("contests:import", args=[stage.public_id, staged.public_id])
                )
    context = {
        "stage": stage,
        "kind": code,
        "slug": kind,
        "columns": imports.COLUMNS[code],
        "refusal": refusal,
    }
    return render(request, "contests/imports/upload.html", context, status=422 if refusal else 200)


@guard(rules.organises, loading.stage)
def blank(_request: HttpRequest, stage: Stage, kind: str) -> HttpResponse:
    """An empty workbook with the right titles."""
    response = HttpResponse(
        template(imports.COLUMNS[_kind(kind)]),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f'attachment; filename="{kind}-{stage.public_id}.xlsx"'
    return response


@guard(rules.organises, loading.stage)
def review(request: HttpRequest, stage: Stage, import_id: str) -> HttpResponse:
    """What each row would do."""
    staged = _staged(stage, import_id)
    try:
        outcomes = imports.plan(staged, stage)
    except Refusal as refusal:
        return refused(request, refusal, reverse("contests:stage", args=[stage.public_id]))
    columns = imports.COLUMNS[staged.kind]
    lines = [
        {"outcome": one, "cells": [one.row.values.get(c.name, "") for c in columns]} for one in outcomes[:500]
    ]
    count = {what: sum(one.what == what for one in outcomes) for what in ("ADD", "SAME", "ERROR")}
    context = {
        "stage": stage, "staged": staged, "columns": columns, "lines": lines, "count": count,
        "rows": len(outcomes),
    }  # fmt: skip
    return render(request, "contests/imports/review.html", context)


@require_POST
@guard(rules.organises, loading.stage)
def commit(request: HttpRequest, stage: Stage, import_id: str) -> HttpResponse:
    """Do all of it, or discard it."""
    by: Any = request.user
    staged = _staged(stage, import_id)
    back = reverse("contests:stage", args=[stage.public_id])
    if request.POST.get("decision") == "discard":
        return done(
            request,
            lambda: discard_import(by=by.actor, at=clock.now(), staged=staged),
            back,
            _("Discarded. Nothing was added."),
        )
    return done(
        request,
        lambda: imports.commit_sheet(by=by, at=clock.now(), stage=stage, staged=staged),
        back,
        _("All rows of the file are in."),
    )


@guard(rules.organises, loading.stage)
def returned(_request: HttpRequest, stage: Stage, import_id: str) -> FileResponse:
    """The uploader's own file with what is wrong beside each row."""
    staged = _staged(stage, import_id)
    errors = {one.row.number: _told(one) for one in imports.plan(staged, stage) if one.what == "ERROR"}
    name, data = returned_table(staged.file_name, file_of(staged), _("To be mended"), errors)
    return FileResponse(io.BytesIO(data), as_attachment=True, filename=name)


def _told(outcome: Outcome) -> str:
    return _("Row %(row)s: %(what)s") % {"row": outcome.row.number, "what": outcome.said}
