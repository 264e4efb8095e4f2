"""The juror's phone: taking a seat with a code, and the score sheet."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from unionhall.apps.contests import messages, queries
from unionhall.apps.contests.codes import BallotSource, BoxState
from unionhall.apps.contests.intake import SEAT_COOKIE, proof_of
from unionhall.apps.contests.models import CalibrationRound, Pass, Stage
from unionhall.apps.contests.usecases import passes
from unionhall.apps.contests.usecases.ballots import PhoneProof, Submission, record_ballots
from unionhall.apps.contests.usecases.calibration import record_calibration_sheet
from unionhall.apps.contests.views import calibration
from unionhall.apps.contests.views.proofs import bundle_file
from unionhall.engines import proof
from unionhall.engines.scoring import ScoringError
from unionhall.kernel import clock
from unionhall.kernel.live import live_url
from unionhall.kernel.permissions import public
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.typed import whole_number

# What a page gives to the phone that shows it: 24 random bytes.
PHONE = re.compile(r"[A-Za-z0-9_-]{32}")


@public("whoever holds the printed code may try it; the code itself is the proof")
@never_cache
def take_seat(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows a button, since chat previews open links; POST binds the phone to the seat."""
    held = Pass.objects.filter(code_hash=passes.hashed(code)).first()
    phone = request.POST.get("phone", "")
    if not PHONE.fullmatch(phone):
        phone = secrets.token_urlsafe(24)
    context: dict[str, Any] = {"phone": phone, "pin_needed": bool(held and held.pin_hash)}
    if request.method == "POST":
        try:
            taken, secret = passes.bind_phone(
                at=clock.now(), code=code, pin=request.POST.get("pin", ""), phone=phone
            )
        except Refusal as refusal:
            context["refusal"] = messages.of_refusal(refusal)
            return render(request, "contests/phone/seat.html", context, status=409)
        response = HttpResponseRedirect(reverse("contests:sheet"))
        response.set_cookie(
            SEAT_COOKIE,
            f"{taken.public_id}.{secret}",
            max_age=24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response
    return render(request, "contests/phone/seat.html", context)


def _held(request: HttpRequest) -> tuple[Pass | None, PhoneProof | None]:
    proof = proof_of(request.COOKIES.get(SEAT_COOKIE, ""))
    if proof is None:
        return None, None
    return queries.seats.pass_held(proof.pass_id, hashlib.sha256(proof.secret.encode()).hexdigest()), proof


def _seated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A page for the phone that holds a seat: the view gets its pass; without one it says where to get it."""

    @wraps(view)
    def seated(request: HttpRequest, **arguments: Any) -> HttpResponse:
        held, _proof = _held(request)
        if held is None:
            return render(request, "contests/phone/no_seat.html", status=401)
        return view(request, held, **arguments)

    return never_cache(require_GET(public("a phone proves its seat by its cookie")(seated)))


@_seated
def sheet(request: HttpRequest, held: Pass) -> HttpResponse:
    """The score sheet of the speech on stage, or of a specimen talk before the first cue."""
    found = queries.calibration.under_way(held.juror.jury.stage)
    return _calibration(request, held, found) if found else _sheet(request, held)


def _calibration(
    request: HttpRequest,
    held: Pass,
    found: CalibrationRound,
    refusal: str = "",
    typed: dict[str, str | None] | None = None,
) -> HttpResponse:
    return render(
        request,
        "contests/phone/calibration.html",
        {
            **calibration.shown(found, held.juror),
            "round": found,
            "juror": held.juror,
            "sheet": queries.seats.calibration_sheet(held.juror, found, typed or {}),
            "refusal": refusal,
            "shown": f"{found.public_id}:{found.state}",
            "live_url": live_url("juror", f"stage:{held.juror.jury.stage.public_id}"),
            "now": clock.now(),
        },
        status=422 if refusal else 200,
    )


def _sheet(
    request: HttpRequest,
    held: Pass,
    refusal: str = "",
    typed: dict[str, str | None] | None = None,
    status: int = 200,
) -> HttpResponse:
    view = queries.seats.sheet(held.juror, typed)
    return render(
        request,
        "contests/phone/sheet.html",
        {
            "sheet": view,
            "seat": held.public_id,
            "refusal": refusal,
            "key": secrets.token_hex(16),
            "shown": f"{view.box.public_id}:{view.box.state}" if view.box else ":",
            "live_url": live_url("juror", f"stage:{view.stage.public_id}"),
            "now": clock.now(),
        },
        status=status,
    )


def _from_elsewhere(request: HttpRequest) -> bool:
    return request.headers.get("Origin", "").partition("://")[2] not in ("", request.get_host())


# The seat's cookie is SameSite and proves the phone; Django's token would expire under a long final.
@csrf_exempt
@public("a phone proves its seat by its cookie")
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """The same ballot without scripts: an ordinary form."""
    held, proof = _held(request)
    if held is None or proof is None:
        return render(request, "contests/phone/no_seat.html", status=401)
    if _from_elsewhere(request):
        return _sheet(request, held, messages.of_code("OTHER_ORIGIN", {}), status=403)
    view = queries.seats.sheet(held.juror)
    scores = {field.code: request.POST.get(field.code) for field in view.fields}
    base = request.POST.get("base", "")
    submission = Submission(
        proof=proof,
        box=request.POST.get("box", ""),
        key=request.POST.get("key", "")[:40] or secrets.token_hex(16),
        base=whole_number(base),
        scores=scores,
        source=BallotSource.FORM,
    )
    answer = record_ballots([submission], at=clock.now())[0]
    if answer.code == "ACCEPTED":
        return HttpResponseRedirect(reverse("contests:sheet"))
    return _sheet(request, held, messages.of_answer(answer), scores, status=422)


@csrf_exempt
@public("a phone proves its seat by its cookie")
@require_POST
def calibrate(request: HttpRequest) -> HttpResponse:
    """A sheet for a specimen talk: an ordinary form, which needs no draft since it never counts."""
    held, _proof = _held(request)
    if held is None:
        return render(request, "contests/phone/no_seat.html", status=401)
    found = queries.calibration.under_way(held.juror.jury.stage)
    if found is None:
        return HttpResponseRedirect(reverse("contests:sheet"))
    if _from_elsewhere(request):
        return _calibration(request, held, found, messages.of_code("OTHER_ORIGIN", {}))
    view = queries.seats.calibration_sheet(held.juror, found, {})
    scores = {field.code: request.POST.get(field.code) for field in view.fields}
    try:
        record_calibration_sheet(held=held, at=clock.now(), scores=scores)
    except (Refusal, ScoringError) as refusal:
        return _calibration(request, held, found, messages.of_refusal(refusal), scores)
    return HttpResponseRedirect(reverse("contests:sheet"))


@_seated
def kept(request: HttpRequest, held: Pass) -> HttpResponse:
    """Everything that this juror has sent, each with its receipt."""
    stage = held.juror.jury.stage
    context = {
        "juror": held.juror,
        "stage": stage,
        "ballots": queries.log.kept_by(held.juror),
        "published": queries.log.published_size(stage) > 0,
    }
    return render(request, "contests/phone/kept.html", context)


@_seated
def kept_proof(request: HttpRequest, held: Pass, number: int) -> HttpResponse:
    """One ballot's receipt, and the proof that it stands in the signed log."""
    found = next((one for one in queries.log.kept_by(held.juror) if one.number == number), None)
    if found is None:
        raise Http404
    context = {
        "juror": held.juror,
        "stage": held.juror.jury.stage,
        "ballot": found,
        "key": queries.log.signer(held.juror.jury.stage).public,
    }
    return render(request, "contests/phone/proof.html", context)


@_seated
def own_bundle(_request: HttpRequest, held: Pass) -> HttpResponse:
    """The published bundle with this juror's own sheets opened."""
    return bundle_file(held.juror.jury.stage, proof.JUROR, held.juror.public_id)


def frame(stage_id: str) -> dict[str, str]:
    """What phones follow: which box is on stage and whether it is open; or a calibration round."""
    stage = Stage.objects.select_related("current_cue__entry__box").filter(public_id=stage_id).first()
    entry = stage.current_cue.entry if stage and stage.current_cue else None
    box = entry.box if entry else None
    shown = {"box": "", "state": ""}
    if stage and (calibrating := queries.calibration.under_way(stage)):
        shown = {"box": calibrating.public_id, "state": calibrating.state}
    elif box and box.state != BoxState.WAITING:
        shown = {"box": box.public_id, "state": box.state}
    return {"juror": json.dumps(shown)}
