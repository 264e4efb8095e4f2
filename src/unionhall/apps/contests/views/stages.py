"""Contests and their stages as officers arrange and oversee them."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.contests import messages, queries, rules
from unionhall.apps.contests.codes import StageState
from unionhall.apps.contests.models import Juror, Stage
from unionhall.apps.contests.usecases import passes, rehearsals, stages
from unionhall.apps.contests.views import loading
from unionhall.apps.contests.views.answers import done, refused
from unionhall.apps.contests.wording import in_words
from unionhall.kernel import clock
from unionhall.kernel.permissions import allowed, guard, public, signed_in
from unionhall.kernel.refusals import Refusal


@guard(signed_in)
def contest_list(request: HttpRequest) -> HttpResponse:
    """The contests that an account may see, with their stages."""
    contests = queries.contests.with_stages()
    shown = [c for c in contests if allowed(rules.sees_contest, request.user, c)]
    context = {
        "contests": shown,
        "may_create": allowed(rules.may_create_contest, request.user),
        "organised": {c.pk for c in shown if allowed(rules.organises, request.user, c)},
    }
    return render(request, "contests/list.html", context)


@guard(rules.sees_contest, loading.stage)
def overview(request: HttpRequest, stage: Stage) -> HttpResponse:
    """A stage with all that belongs to it, and what is still to be done."""
    floor = queries.floor.floor(stage)
    organises = allowed(rules.organises, request.user, stage)
    oversees = allowed(rules.oversees, request.user, stage)
    juries = stage.juries.prefetch_related("jurors").order_by("position")
    return render(
        request,
        "contests/stage.html",
        {
            "stage": stage,
            "floor": floor,
            "states": StageState,
            "version": stage.rulebook or queries.rulebooks.latest_version(stage),
            "juries": juries,
            "obstacles": [messages.of_code(o.code, o.data) for o in queries.readiness.obstacles(stage)]
            if stage.state == StageState.DRAFT
            else [],
            "duties": stage.duties.select_related("account__person"),
            "oversees": oversees,
            "runs": allowed(rules.runs, request.user, stage),
            "organises": organises,
            "arranges": organises and stage.state in (StageState.DRAFT, StageState.FROZEN, StageState.OPEN),
            "seats_open": stage.state in (StageState.DRAFT, StageState.FROZEN),
            "rehearsals": stage.rehearsals.order_by("-id")[:5] if oversees else (),
        },
    )


@public("the programme is printed and hung out")
def programme(request: HttpRequest, public_id: str) -> HttpResponse:
    """The running order for everybody."""
    stage = loading.stage(public_id)
    context = {
        "stage": stage,
        "floor": queries.floor.floor(stage),
        "co_organisers": stage.contest.co_organisers.all(),
    }
    return render(request, "contests/programme.html", context)


@guard(rules.sees_contest, loading.stage)
def rulebook(request: HttpRequest, stage: Stage) -> HttpResponse:
    """The rule book in words."""
    version = stage.rulebook or queries.rulebooks.latest_version(stage)
    book = queries.rulebooks.rulebook_shown(stage)
    context = {
        "stage": stage,
        "rulebook": book,
        "version": version,
        "shown": in_words(book) if book else None,
    }
    return render(request, "contests/rulebook.html", context)


@require_POST
@guard(rules.runs, loading.stage)
def issue(request: HttpRequest, stage: Stage) -> HttpResponse:
    """New codes for a jury, or for all: as a sheet to print, or as CSV. They can be seen only now."""
    by: Any = request.user
    jurors = (
        Juror.objects.filter(jury__stage=stage)
        .select_related("jury__stage")
        .order_by("jury__position", "seat")
    )
    if code := request.POST.get("jury"):
        jurors = jurors.filter(jury__code=code)
    try:
        issued = passes.issue_passes(by=by, at=clock.now(), jurors=list(jurors)) if jurors else []
    except Refusal as refusal:
        return refused(request, refusal, reverse("contests:stage", args=[stage.public_id]))
    if request.POST.get("form") == "csv":
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="passes-{stage.public_id}.csv"'
        response.write("\ufeff")
        writer = csv.writer(response)
        writer.writerow(["jury", "seat", "label", "code", "pin", "address"])
        for one in issued:
            address = request.build_absolute_uri(reverse("seat", args=[one.code]))
            writer.writerow(
                [one.juror.jury.code, one.juror.seat, one.juror.label, one.code, one.pin, address]
            )
        return response
    return render(request, "contests/passes.html", {"issued": shown_passes(request, issued), "stage": stage})


def shown_passes(request: HttpRequest, issued: list[passes.IssuedPass]) -> list[dict[str, Any]]:
    """Issued passes with the addresses that their QR codes hold."""
    return [
        {
            "juror": one.juror,
            "pin": one.pin,
            "address": request.build_absolute_uri(reverse("seat", args=[one.code])),
        }
        for one in issued
    ]


@require_POST
@guard(rules.organises, loading.stage)
def freeze(request: HttpRequest, stage: Stage) -> HttpResponse:
    """Freeze rules and order."""
    by: Any = request.user
    back = reverse("contests:stage", args=[stage.public_id])
    return done(request, lambda: stages.freeze_stage(by=by, at=clock.now(), stage=stage), back, _("Frozen."))


@require_POST
@guard(rules.runs, loading.stage)
def rehearse(request: HttpRequest, stage: Stage) -> HttpResponse:
    """Prepare a rehearsal; from the page it is also played, by simulated jurors over HTTP."""
    by: Any = request.user
    jurors = request.POST.get("jurors", "")
    mass = request.POST.get("mass", "")
    try:
        copy = rehearsals.prepare_rehearsal(
            by=by,
            at=clock.now(),
            stage=stage,
            jurors=int(jurors) if jurors.isdigit() else None,
            mass=min(int(mass), 20_000) if mass.isdigit() else 0,
        )
    except Refusal as refusal:
        return refused(request, refusal, reverse("contests:stage", args=[stage.public_id]))
    if request.POST.get("play") != "1":
        return JsonResponse({"stage": copy.public_id})
    _play(request, copy)
    return HttpResponseRedirect(reverse("contests:desk", args=[copy.public_id]))


def _play(request: HttpRequest, copy: Stage) -> None:
    """Start `unionhall rehearse` against this server, signed in as whoever pressed."""
    sessions = import_module(settings.SESSION_ENGINE)
    session = sessions.SessionStore()
    session.update(dict(request.session.items()))
    session.set_expiry(3600)
    session.create()
    command = [sys.executable, "-m", "unionhall.site.cli", "rehearse", "--stage", copy.public_id]
    command += [
        "--server",
        os.environ["UNIONHALL_ADDRESS"],
        "--pace",
        request.POST.get("pace", "") or "6",
        "--quiet",
    ]
    environment = {**os.environ, "UNIONHALL_SESSION": str(session.session_key)}
    subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 - our own command
