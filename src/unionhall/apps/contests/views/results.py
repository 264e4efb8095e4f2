"""Results: the board as it stands, as it was frozen, and as everybody may see it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import BoxState, StageState
from unionhall.apps.contests.models import Ballot, Stage
from unionhall.apps.contests.usecases.corrections import AFTER_SCORING
from unionhall.apps.contests.views import loading
from unionhall.engines import proof
from unionhall.engines.scoring import written_scores
from unionhall.kernel.permissions import allowed, guard, public
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
    board = queries.boards.published(stage)
    reopened = board is not None and stage.state != StageState.PUBLISHED
    context: dict[str, Any] = {"stage": stage, "board": board, "reopened": reopened}
    if board:
        context |= {
            "rows": rows_of(board.document),
            "chart": chart_of(board.document),
            "roots": queries.log.published_roots(stage),
            "witnesses": queries.log.witnesses(stage),
            "runs": allowed(rules.runs, request.user, stage),
            "vkey": queries.log.signer(stage).public.vkey,
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
            "corrections": queries.corrections.late_changes(stage),
            "published": queries.boards.published(stage),
            "boards": stage.boards.order_by("-revision"),
            "chairs": rules.chairs(request.user, stage),
            "late": stage.state in AFTER_SCORING,
            "scrutinises": rules.scrutinises(request.user, stage),
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
            "scores": [
                (criterion.name, score)
                for criterion, score in zip(
                    rulebook.criteria, written_scores(rulebook, tuple(ballot.scores)).values(), strict=True
                )
            ],
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


@guard(rules.oversees, loading.stage)
def former(request: HttpRequest, stage: Stage, revision: int) -> HttpResponse:
    """A board as it was frozen once; every revision stays readable."""
    stored = stage.boards.filter(revision=revision).first()
    if stored is None:
        raise Http404
    context = {"stage": stage, "board": stored, "rows": rows_of(stored.document)}
    return render(request, "contests/former_board.html", context)
