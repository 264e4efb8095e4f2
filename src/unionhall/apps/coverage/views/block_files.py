"""Blocks from a file: handed in, looked at, taken over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as toasts
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.coverage import messages, queries, rules
from unionhall.apps.coverage.codes import RowOutcome
from unionhall.apps.coverage.forms.blocks import BlocksFileForm, TakeBlocksForm
from unionhall.apps.coverage.usecases.blocks import importing
from unionhall.apps.coverage.usecases.blocks.reading import MEGABYTES, MOST
from unionhall.apps.coverage.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.queries import people_within
from unionhall.kernel import clock
from unionhall.kernel.imports import SheetError
from unionhall.kernel.permissions import guard, reach_of
from unionhall.kernel.refusals import Refusal

SHOWN = 50


def _by(request: HttpRequest) -> Any:
    return request.user


@guard(rules.keeps_ground, loading.union)
def hand_in(request: HttpRequest, ground: Union) -> HttpResponse:
    """Hand a file in."""
    form = BlocksFileForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            sent = form.cleaned_data["file"]
            try:
                staged = importing.hand_in_blocks(
                    by=_by(request), at=clock.now(), ground=ground, name=sent.name or "", data=sent.read()
                )
            except SheetError as error:
                form.add_error(None, messages.of_refusal(Refusal(error.code, **error.data)))
            else:
                return HttpResponseRedirect(
                    reverse("coverage:blocks-file", args=[ground.public_id, staged.public_id])
                )
    context = {
        "ground": ground,
        "form": form,
        "handed_in": queries.blocks.handed_in(ground),
        "most": MOST,
        "megabytes": MEGABYTES,
    }
    return render(request, "coverage/blocks/hand_in.html", context, status=status)


@guard(rules.keeps_ground, loading.union)
def look(request: HttpRequest, ground: Union, import_id: str) -> HttpResponse:
    """What a file would do; then have it done."""
    staged = queries.blocks.file_of_blocks(import_id, ground)
    if staged is None:
        raise Http404
    people = people_within(reach_of(request.user, *rules.KEEPERS))
    form = TakeBlocksForm(request.POST or None, people=people)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                written = importing.commit_blocks(
                    by=_by(request), at=clock.now(), ground=ground, staged=staged, **form.cleaned_data
                )
            except Refusal as refusal:
                form.add_error(None, messages.of_refusal(refusal))
            else:
                said = _("%(n)s blocks were entered or changed.") % {"n": written}
                toasts.add_message(request, toasts.INFO, said, extra_tags="good")
                return HttpResponseRedirect(reverse("coverage:ground", args=[ground.public_id]))
    context = {"ground": ground, "staged": staged, "form": form, **_told(request, ground, staged)}
    return render(request, "coverage/blocks/look.html", context, status=status)


def _told(request: HttpRequest, ground: Union, staged: Any) -> dict[str, Any]:
    if staged.committed_at:
        return {"counts": [(one.value, one.label, staged.counts.get(one, 0)) for one in RowOutcome]}
    try:
        looked = importing.look_at_blocks(by=_by(request), ground=ground, staged=staged)
    except Refusal as refusal:
        return {"refused": messages.of_refusal(refusal)}
    lines = [
        {
            "row": one.given.row,
            "code": one.given.code,
            "what": one.what.value,
            "label": one.what.label,
            "said": "；".join(messages.of_block_note(code, data) for code, data in one.given.notes),
        }
        for one in looked.rows
        if one.given.notes
    ]
    return {
        "counts": [
            (one.value, one.label, looked.counts[one]) for one in RowOutcome if looked.counts.get(one)
        ],
        "borders": len(looked.file.borders),
        "changed_borders": looked.borders,
        "wrong": looked.counts.get(RowOutcome.ERROR, 0),
        "lines": lines[:SHOWN],
        "more": max(0, len(lines) - SHOWN),
        "warnings": [messages.of_block_note(code, data) for code, data in looked.file.warnings[:SHOWN]],
    }
