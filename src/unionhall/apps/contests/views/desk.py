"""The control desk: one page, one red button, and what it will do."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import ExcusalKind, StageState
from unionhall.apps.contests.messages import of_answer, of_refusal
from unionhall.apps.contests.models import Ballot, Entry, Juror, Stage
from unionhall.apps.contests.usecases import calibration as calibrating
from unionhall.apps.contests.usecases import desk, passes, results
from unionhall.apps.contests.usecases import paper as keying
from unionhall.apps.contests.views import calibration, loading
from unionhall.apps.contests.views.answers import done
from unionhall.apps.contests.views.stages import shown_passes
from unionhall.engines.scoring import ScoringError
from unionhall.kernel import clock
from unionhall.kernel.audit import action_name
from unionhall.kernel.live import live_url
from unionhall.kernel.models import AuditLine
from unionhall.kernel.permissions import guard
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.typed import whole_number

LOG_LINES = 8
LOGGED = (
    "calibration.open",
    "calibration.show",
    "calibration.set_aside",
    "cue.start",
    "speech.start",
    "speech.heard",
    "speech.end",
    "box.open",
    "box.close",
    "score.reveal",
    "juror.recused",
    "juror.absent",
    "juror.excusal_lift",
    "ballot.refuse",
    "correction.propose",
    "correction.confirm",
    "correction.reject",
    "stage.close",
    "stage.review",
    "award.read_out",
)


def _log(stage: Stage) -> list[dict[str, Any]]:
    cues = dict(stage.cues.values_list("public_id", "title"))
    entries = stage.entries.select_related("person", "cue", "box")
    subjects = {e.box.public_id: e.person.name for e in entries} | {
        e.cue.public_id: e.person.name for e in entries
    }
    lines = (
        AuditLine.objects.filter(action__in=LOGGED, subject__in=[*cues, *subjects, stage.public_id])
        .order_by("-id")
        .values("at", "action", "subject")[:LOG_LINES]
    )
    return [
        {
            "at": line["at"],
            "what": action_name(line["action"]),
            "whom": subjects.get(line["subject"]) or cues.get(line["subject"]) or "",
        }
        for line in lines
    ]


def _context(stage: Stage) -> dict[str, Any]:
    floor = queries.floor.floor(stage)
    context = {"floor": floor, "stage": stage, "log": _log(stage), **calibration.shown(floor.calibration)}
    if stage.state == StageState.FROZEN:
        context["held"] = queries.calibration.held(stage)
    return context


REGIONS = ("top", "order", "main", "step", "log")


def frame(stage_id: str) -> dict[str, str]:
    """The desk's live regions; rendered once for all who watch."""
    stage = queries.floor.stage_of(stage_id)
    if stage is None:
        return {}
    context = _context(stage)
    return {region: render_to_string(f"contests/desk/{region}.html", context) for region in REGIONS}


@guard(rules.oversees, loading.stage)
def page(request: HttpRequest, stage: Stage) -> HttpResponse:
    """The desk; its regions follow the hall by themselves."""
    return render(
        request,
        "contests/desk/page.html",
        {
            **_context(stage),
            "live_url": live_url("desk", f"stage:{stage.public_id}"),
            "live_names": " ".join(REGIONS),
            "now": clock.now(),
            "can_run": rules.runs(request.user, stage),
            "seated": queries.seats.seated(stage),
        },
    )


@guard(rules.oversees, loading.stage)
def state(_request: HttpRequest, stage: Stage) -> HttpResponse:
    """The running order and where it stands, for programs."""
    floor = queries.floor.floor(stage)
    return JsonResponse(
        {
            "state": stage.state,
            "step": floor.step,
            "cue": floor.cue.public_id if floor.cue else None,
            "next": floor.next_cue.public_id if floor.next_cue else None,
            "scored": floor.scored,
            "expected": floor.expected,
            "criteria": [
                {
                    "code": c.code,
                    "min": str(c.minimum),
                    "max": str(c.maximum),
                    "step": str(c.step),
                    "digits": c.digits,
                }
                for c in (floor.rulebook.criteria if floor.rulebook else ())
            ],
            "band": [str(edge) for edge in floor.rulebook.band]
            if floor.rulebook and floor.rulebook.band
            else None,
            "cues": [
                {
                    "id": line.cue.public_id,
                    "kind": line.cue.kind,
                    "state": line.state,
                    "box": line.cue.entry.box.public_id if line.cue.entry else None,
                    "heard": bool(line.cue.entry and line.cue.entry.box.heard_at),
                }
                for line in floor.order
            ],
        }
    )


@guard(rules.oversees, loading.stage)
def counts(_request: HttpRequest, stage: Stage) -> HttpResponse:
    """The numbers of all ballots by box, for programs that check what they were told."""
    numbers: dict[str, list[int]] = {}
    ballots = Ballot.objects.filter(box__entry__stage=stage).order_by("pk")
    for box, number in ballots.values_list("box__public_id", "pk"):
        numbers.setdefault(box, []).append(number)
    return JsonResponse(numbers)


def _entry_on_stage(request: HttpRequest, stage: Stage) -> Entry:
    """The entry on stage, which must be the one that the page showed to whoever pressed.

    A page that was left behind must not close the next speaker's box, nor excuse a juror for the next speech.
    """
    entry = stage.current_cue.entry if stage.current_cue else None
    if entry is None:
        raise Http404
    if request.POST.get("entry", entry.public_id) != entry.public_id:
        raise Refusal("NOT_ON_STAGE")
    return entry


@require_POST
@guard(rules.oversees, loading.stage)
def act(request: HttpRequest, stage: Stage, action: str) -> HttpResponse:
    """One press at the desk. The address says which; the use case says whether it may be."""
    by: Any = request.user
    at = clock.now()
    back = reverse("contests:desk", args=[stage.public_id])

    def cue() -> Any:
        found = (
            stage.cues.select_related("stage", "entry__box").filter(public_id=request.POST.get("cue")).first()
        )
        if found is None:
            raise Http404
        return found

    def excuse(kind: ExcusalKind) -> object:
        return desk.excuse_juror(
            by=by,
            at=at,
            entry=_entry_on_stage(request, stage),
            juror=_juror(stage, request.POST.get("juror")),
            kind=kind,
            reason=request.POST.get("reason", ""),
        )

    def on_stage(work: Any) -> Any:
        return lambda: work(by=by, at=at, entry=_entry_on_stage(request, stage))

    def of_stage(work: Any) -> Any:
        return lambda: work(by=by, at=at, stage=stage)

    def lift() -> object:
        juror = _juror(stage, request.POST.get("juror"))
        return desk.lift_excusal(by=by, at=at, entry=_entry_on_stage(request, stage), juror=juror)

    def calibrate() -> object:
        title = request.POST.get("title", "")[:120]
        return calibrating.open_calibration(by=by, at=at, stage=stage, title=title)

    def read_out() -> object:
        seen = request.POST.get("after", "")
        after = int(seen) if seen.isdecimal() and len(seen) < 4 else None
        return results.read_out_next(by=by, at=at, stage=stage, after=after)

    acts: dict[str, tuple[Any, str]] = {
        "calibrate": (calibrate, _("The calibration round is open.")),
        "show-spread": (of_stage(calibrating.show_spread), _("The spread is shown.")),
        "set-aside": (of_stage(calibrating.set_aside), _("The calibration scores are set aside.")),
        "cue": (lambda: desk.go_to_cue(by=by, at=at, cue=cue()), _("On stage.")),
        "heard": (on_stage(desk.hear_speech), _("Heard; it waits for its scoring.")),
        "open": (on_stage(desk.open_ballot_box), _("Scoring is open.")),
        "start": (on_stage(desk.start_speech), _("The watch runs.")),
        "stop": (on_stage(desk.end_speech), _("The watch has stopped.")),
        "close": (on_stage(desk.close_ballot_box), _("Scoring is closed.")),
        "reveal": (on_stage(desk.reveal_score), _("The score is shown.")),
        "recuse": (lambda: excuse(ExcusalKind.RECUSED), _("The recusal is noted.")),
        "absent": (lambda: excuse(ExcusalKind.ABSENT), _("The absence is noted.")),
        "lift": (lift, _("The note is taken back.")),
        "end": (of_stage(desk.close_stage), _("Scoring of the stage has ended.")),
        "review": (of_stage(results.review_stage), _("The board is frozen.")),
        "read-out": (read_out, _("Read out.")),
        "publish": (of_stage(results.publish_results), _("The results are published.")),
    }
    if action not in acts:
        raise Http404
    work, said = acts[action]
    return done(request, work, back, said)


def _juror(stage: Stage, public_id: str | None) -> Juror:
    juror = (
        Juror.objects.select_related("jury__stage__contest")
        .filter(jury__stage=stage, public_id=public_id)
        .first()
    )
    if juror is None:
        raise Http404
    return juror


@guard(rules.runs, loading.stage)
def seat(request: HttpRequest, stage: Stage) -> HttpResponse:
    """One juror at the speech on stage: recusal, absence, a paper sheet, a new code."""
    juror = _juror(stage, request.GET.get("juror") or request.POST.get("juror"))
    return _seat(request, stage, juror)


def _seat(
    request: HttpRequest,
    stage: Stage,
    juror: Juror,
    refusal: str = "",
    typed: dict[str, str | None] | None = None,
) -> HttpResponse:
    entry = stage.current_cue.entry if stage.current_cue else None
    context: dict[str, Any] = {
        "stage": stage,
        "juror": juror,
        "entry": entry,
        "sheet": queries.seats.sheet(juror),
        "typed": typed or {},
        "refusal": refusal,
        "can_excuse": bool(entry)
        and stage.state in (StageState.FROZEN, StageState.OPEN)
        and rules.scrutinises(request.user, stage),
    }
    if entry:
        context["ballots"] = Ballot.objects.filter(box=entry.box, juror=juror).order_by("-revision")
        context["excusal"] = entry.box.excusals.filter(juror=juror).first()
        keyed = entry.box.keyed_sheets.filter(juror=juror).select_related("keyed_by__person").first()
        context["keyed"] = keyed
        context["keyed_by_me"] = keyed is not None and keyed.keyed_by_id == request.user.pk
    return render(request, "contests/desk/seat.html", context, status=422 if refusal else 200)


@require_POST
@guard(rules.runs, loading.stage)
def paper(request: HttpRequest, stage: Stage) -> HttpResponse:
    """A sheet of paper, entered at the desk by two persons one after the other."""
    juror = _juror(stage, request.POST.get("juror"))
    by: Any = request.user
    try:
        entry = _entry_on_stage(request, stage)
    except Refusal as refusal:
        return _seat(request, stage, juror, of_refusal(refusal))
    back = reverse("contests:desk-seat", args=[stage.public_id]) + f"?juror={juror.public_id}"
    if "discard" in request.POST:
        return done(
            request,
            lambda: keying.drop_keyed_sheet(by=by, at=clock.now(), entry=entry, juror=juror),
            back,
            _("The first entry is discarded."),
        )
    number = request.POST.get("base", "")
    typed = {f.code: request.POST.get(f.code) for f in queries.seats.sheet(juror).fields}
    try:
        keyed = keying.key_sheet(
            by=by,
            at=clock.now(),
            entry=entry,
            juror=juror,
            scores=typed,
            base=whole_number(number),
        )
    except (Refusal, ScoringError) as error:
        return _seat(request, stage, juror, of_refusal(error), typed)
    if keyed.differs:
        told = of_refusal(Refusal("PAPER_DIFFERS", criteria="、".join(keyed.differs)))
        return _seat(request, stage, juror, told, typed)
    if keyed.answer and keyed.answer.code != "ACCEPTED":
        return _seat(request, stage, juror, of_answer(keyed.answer), typed)
    if keyed.first:
        said = _("Entered once. A second person must now enter the same sheet.")
        return done(request, lambda: None, back, said)
    desk_page = reverse("contests:desk", args=[stage.public_id])
    return done(request, lambda: None, desk_page, _("The paper sheet is in."))


@require_POST
@guard(rules.runs, loading.stage)
def reissue(request: HttpRequest, stage: Stage) -> HttpResponse:
    """A new code for one juror, shown at once; the former one ends."""
    by: Any = request.user
    issued = passes.issue_passes(by=by, at=clock.now(), jurors=[_juror(stage, request.POST.get("juror"))])
    return render(request, "contests/passes.html", {"issued": shown_passes(request, issued), "stage": stage})
