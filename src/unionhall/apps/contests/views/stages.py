"""Contests and their stages as officers arrange and oversee them."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
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
from unionhall.apps.contests.models import Contest, Juror, Stage
from unionhall.apps.contests.tables import ContestFilter, ContestTable
from unionhall.apps.contests.usecases import passes, rehearsals, stages
from unionhall.apps.contests.views import loading
from unionhall.apps.contests.views.answers import done, refused
from unionhall.apps.contests.wording import in_words
from unionhall.kernel import audit, clock
from unionhall.kernel.exports import csv_response
from unionhall.kernel.permissions import allowed, guard, public, signed_in
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.typed import whole_number
from unionhall.ui.lists import list_page

log = logging.getLogger(__name__)
# A jury with more seats is given its codes sheet by sheet.
SHEET_SEATS = 300
MOST_JURORS = 20_000


@guard(signed_in)
def contest_list(request: HttpRequest) -> HttpResponse:
    """The contests that an account may see."""
    actions = (
        [(_("New contest"), reverse("contests:new-contest"))]
        if allowed(rules.may_create_contest, request.user)
        else []
    )
    return list_page(
        request,
        queries.contests.visible_to(request.user),
        ContestTable,
        ContestFilter,
        heading=_("Contests"),
        name="contests",
        actions=actions,
    )


@guard(rules.sees_contest, loading.contest)
def contest(request: HttpRequest, shown: Contest) -> HttpResponse:
    """A contest with its stages."""
    context = {
        "contest": shown,
        "stages": queries.contests.real_stages(shown),
        "organises": allowed(rules.organises, request.user, shown),
        "history": audit.history(shown)[:20],
    }
    return render(request, "contests/contest.html", context)


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
            "sheet_seats": SHEET_SEATS,
            "obstacles": [messages.of_code(o.code, o.data) for o in queries.readiness.obstacles(stage)]
            if stage.state == StageState.DRAFT
            else [],
            "duties": stage.duties.select_related("account__person"),
            "oversees": oversees,
            "runs": allowed(rules.runs, request.user, stage),
            "organises": organises,
            "arranges": organises and stage.state in (StageState.DRAFT, StageState.FROZEN, StageState.OPEN),
            "seats_open": stage.state in (StageState.DRAFT, StageState.FROZEN),
            "history": audit.history(stage)[:20] if oversees else (),
            "calibrations": queries.calibration.held(stage) if oversees else (),
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
    """New codes for a jury, some of its seats, or for all: to print, or as CSV. They can be seen only now."""
    by: Any = request.user
    jurors = (
        Juror.objects.filter(jury__stage=stage)
        .select_related("jury__stage")
        .order_by("jury__position", "seat")
    )
    if code := request.POST.get("jury"):
        jurors = jurors.filter(jury__code=code)
    first, last = (whole_number(request.POST.get(name, "")) for name in ("first", "last"))
    if first is not None and last is not None:
        jurors = jurors.filter(seat__range=(first, last))
    try:
        issued = passes.issue_passes(by=by, at=clock.now(), jurors=list(jurors)) if jurors else []
    except Refusal as refusal:
        return refused(request, refusal, reverse("contests:stage", args=[stage.public_id]))
    if request.POST.get("form") == "csv":
        header = ["jury", "seat", "label", "code", "pin", "address"]
        lines = [
            [
                one.juror.jury.code,
                one.juror.seat,
                one.juror.label,
                one.code,
                one.pin,
                request.build_absolute_uri(reverse("seat", args=[one.code])),
            ]
            for one in issued
        ]
        return csv_response(f"passes-{stage.public_id}", header, lines)
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
    jurors = whole_number(request.POST.get("jurors", ""))
    mass = whole_number(request.POST.get("mass", ""))
    try:
        copy = rehearsals.prepare_rehearsal(
            by=by,
            at=clock.now(),
            stage=stage,
            jurors=None if jurors is None else min(jurors, MOST_JURORS),
            mass=min(mass or 0, MOST_JURORS),
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
    player = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 - our own command
    threading.Thread(target=_await, args=(player, copy.public_id), daemon=True).start()


def _await(player: subprocess.Popen[bytes], stage: str) -> None:
    if player.wait() != 0:
        log.warning("the rehearsal of stage %s ended early (%s)", stage, player.returncode)
