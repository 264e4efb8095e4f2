"""Printed pages and workbooks: paper sheets, the summary to sign, the announcement, certificates."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from openpyxl import Workbook

from unionhall.apps.contests import messages, queries, rules
from unionhall.apps.contests.models import Stage
from unionhall.apps.contests.queries.printing import Row
from unionhall.apps.contests.views import loading
from unionhall.kernel.imports.sheets import harmless
from unionhall.kernel.permissions import guard
from unionhall.kernel.printing import pdf
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.typed import whole_number

TEMPLATES = Path(__file__).resolve().parent.parent / "print"
# A page each; more jurors are printed seat range by seat range.
MOST_SHEETS = 300


@require_GET
@guard(rules.oversees, loading.stage)
def page(request: HttpRequest, stage: Stage, kind: str) -> HttpResponse:
    """One kind of printed page as a PDF."""
    try:
        data = pdf(TEMPLATES / f"{kind}.typ", _data(request, stage, kind))
    except Refusal as refusal:
        context = {"stage": stage, "refusal": messages.of_refusal(refusal)}
        return render(request, "contests/cannot_print.html", context, status=503)
    return _file(data, f"{stage.public_id}-{kind}.pdf", "application/pdf")


def _data(request: HttpRequest, stage: Stage, kind: str) -> dict[str, Any]:
    if kind == "sheets" and stage.rulebook_id:
        seat = whole_number(request.GET.get("from", "")) or 1
        if some := queries.printing.seats_of(stage, request.GET.get("jury", ""), seat, MOST_SHEETS):
            return queries.printing.score_sheets(stage, some)
    board = queries.boards.latest(stage)
    if kind == "summary" and board:
        return queries.printing.summary(stage, board)
    published = queries.boards.published(stage)
    if kind == "announcement" and published:
        return queries.printing.announcement(stage, published)
    if kind == "certificates" and published:
        return queries.printing.certificates(stage, published)
    raise Http404


@require_GET
@guard(rules.oversees, loading.stage)
def workbook(_request: HttpRequest, stage: Stage) -> HttpResponse:
    """The last frozen board and all sheets as a workbook; numbers are numbers."""
    board = queries.boards.latest(stage)
    if board is None:
        raise Http404
    book = Workbook(write_only=True)
    _fill(book, _("Summary of scores"), queries.printing.summary_rows(board))
    _fill(book, _("Score sheets"), queries.printing.sheet_rows(stage))
    out = io.BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(out.getvalue(), f"{stage.public_id}-results.xlsx", kind)


def _fill(book: Workbook, title: str, rows: Iterable[Row]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([harmless(cell) if isinstance(cell, str) else cell for cell in row])


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
