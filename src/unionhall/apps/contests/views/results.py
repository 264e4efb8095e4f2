"""Results: the board as it stands, as it was frozen, and as everybody may see it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.contests import messages, queries, rules
from unionhall.apps.contests.codes import BoxState, CorrectionState, StageState
from unionhall.apps.contests.models import Ballot, Correction, Stage
from unionhall.apps.contests.usecases import corrections
from unionhall.apps.contests.views import loading
from unionhall.apps.contests.views.answers import done
from unionhall.engines import proof
from unionhall.engines.scoring import ScoringError, written_scores
from unionhall.kernel import clock
from unionhall.kernel.permissions import allowed, guard, public
from unionhall.kernel.refusals import Refusal
from unionhall.ui.charts import StripChart, strip_chart


def rows_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a board, each with its speaker, juries and prize's name."""
    prizes = {prize["code"]: prize["name"] for prize in document["prizes"]}
    juries = {jury["code"]: jury["name"] for jury in document["juries"]}
    return [
        {
            **entry,
            "juries": [{**jury, "name": juries[jury["jury"]]} for jury in entry["juries"]],
            "speaker": document["speakers"][entry["entry"]],
            "prize_name": prizes.get(entry["prize"], ""),
            "special": document["special"].get(entry["entry"]),
        }
        for entry in document["result"]["entries"]
    ]


def chart_of(document: dict[str, Any]) -> StripChart:
    """Each speech's scores by jury, and its composite above them."""
    names = [jury["name"] for jury in document["juries"]]

    def number(text: str | None) -> Decimal | None:
        if text is None:
            return None
        exact = Fraction(text)  # unrounded figures may be fractions such as 281/3
        return Decimal(exact.numerator) / exact.denominator

    rows = [
        (
            document["speakers"][entry["entry"]]["name"],
            [*(number(jury["score"]) for jury in entry["juries"]), number(entry["composite"])],
        )
        for entry in document["result"]["entries"]
    ]
    return strip_chart([*names, _("Composite score")], rows)


@public("a published result is for everybody; before that the page says so and shows nothing")
def published(request: HttpRequest, public_id: str) -> HttpResponse:
    """The published board."""
    stage = loading.stage(public_id)
    board = queries.boards.latest(stage) if stage.state == StageState.PUBLISHED else None
    context: dict[str, Any] = {"stage": stage, "board": board}
    if board:
        context |= {
            "rows": rows_of(board.document),
            "chart": chart_of(board.document),
            "roots": queries.log.published_roots(stage),
            "vkey": queries.log.signer().public.vkey,
            "oversees": allowed(rules.oversees, request.user, stage),
            "ballots_open": stage.rulebook and stage.rulebook.document.get("disclosure") == proof.BALLOTS,
        }
    return render(request, "contests/results.html", context)


@guard(rules.oversees, loading.stage)
def board(request: HttpRequest, stage: Stage) -> HttpResponse:
    """The board as it stands, before and after it is frozen, with its corrections."""
    if stage.rulebook_id is None:
        raise Http404
    frozen = queries.boards.latest(stage)
    stands = frozen is not None and stage.state in (StageState.REVIEWED, StageState.PUBLISHED)
    document = frozen.document if frozen and stands else queries.boards.document(stage)
    return render(
        request,
        "contests/board.html",
        {
            "stage": stage,
            "board": frozen if stands else None,
            "rows": rows_of(document),
            "chart": chart_of(document),
            "corrections": Correction.objects.filter(replaces__box__entry__stage=stage)
            .select_related(
                "replaces__juror", "replaces__box__entry__person", "proposed_by__person", "decided_by__person"
            )
            .order_by("-id"),
            "chairs": rules.chairs(request.user, stage),
        },
    )


@guard(rules.oversees, loading.stage)
def sheets(request: HttpRequest, stage: Stage, entry_id: str) -> HttpResponse:
    """All sheets of one closed speech; the chief juror proposes corrections here."""
    entry = (
        stage.entries.select_related("person", "box")
        .filter(public_id=entry_id, box__state=BoxState.CLOSED)
        .first()
    )
    rulebook = queries.rulebooks.in_force(stage)
    if entry is None or rulebook is None:
        raise Http404
    ballots = list(
        Ballot.objects.filter(box=entry.box)
        .select_related("juror__jury")
        .order_by("juror__jury__position", "juror__seat", "-revision")
    )
    latest: dict[int, int] = {}
    for ballot in ballots:
        latest.setdefault(ballot.juror_id, ballot.pk)
    lines = [
        {
            "ballot": ballot,
            "scores": list(written_scores(rulebook, tuple(ballot.scores)).values()),
            "latest": latest[ballot.juror_id] == ballot.pk,
        }
        for ballot in ballots[:400]
    ]
    context = {
        "stage": stage, "entry": entry, "lines": lines, "criteria": rulebook.criteria, "total": len(ballots),
        "excusals": entry.box.excusals.select_related("juror"),
        "refused": entry.box.refused_ballots.select_related("juror"),
        "chairs": rules.chairs(request.user, stage),
    }  # fmt: skip
    return render(request, "contests/sheets.html", context)


@guard(rules.chairs, loading.stage)
def correct(request: HttpRequest, stage: Stage, number: int) -> HttpResponse:
    """The chief juror proposes other scores for a ballot, with a reason."""
    ballot = (
        Ballot.objects.select_related("box__entry__stage__contest", "box__entry__person", "juror")
        .filter(pk=number, box__entry__stage=stage)
        .first()
    )
    rulebook = queries.rulebooks.in_force(stage)
    if ballot is None or rulebook is None:
        raise Http404
    by: Any = request.user
    typed = {c.code: request.POST.get(c.code) for c in rulebook.criteria}
    refusal = ""
    if request.method == "POST":
        try:
            corrections.propose_correction(
                by=by, at=clock.now(), ballot=ballot, scores=typed, reason=request.POST.get("reason", "")
            )
        except (Refusal, ScoringError) as error:
            refusal = messages.of_refusal(error)
        else:
            back = reverse("contests:board", args=[stage.public_id])
            return done(request, lambda: None, back, _("Proposed. A second person must confirm it."))
    written = written_scores(rulebook, tuple(ballot.scores))
    fields = [
        {"criterion": c, "value": typed[c.code] if refusal else written[c.code]} for c in rulebook.criteria
    ]
    context = {
        "stage": stage, "ballot": ballot, "fields": fields, "refusal": refusal,
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "contests/correct.html", context, status=422 if refusal else 200)


@require_POST
@guard(rules.oversees, loading.stage)
def decide(request: HttpRequest, stage: Stage, correction_id: str) -> HttpResponse:
    """A second person confirms or rejects a correction."""
    correction = loading.correction(correction_id)
    if correction.replaces.box.entry.stage_id != stage.pk or correction.state not in CorrectionState.values:
        raise Http404
    by: Any = request.user
    back = reverse("contests:board", args=[stage.public_id])
    if request.POST.get("decision") == "confirm":
        return done(
            request,
            lambda: corrections.confirm_correction(by=by, at=clock.now(), correction=correction),
            back,
            _("Confirmed. The ballot has a new revision."),
        )
    return done(
        request,
        lambda: corrections.reject_correction(by=by, at=clock.now(), correction=correction),
        back,
        _("Rejected. The ballot stays as it was."),
    )
