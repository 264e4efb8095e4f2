"""Late changes: what one would do, proposing it, and the second person's decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages as toasts
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.contests import messages, queries, rules
from unionhall.apps.contests.codes import CorrectionState
from unionhall.apps.contests.forms import JurorWithdrawalForm, LatePointsForm, SheetCorrectionForm
from unionhall.apps.contests.models import Ballot, Correction, Stage
from unionhall.apps.contests.usecases import corrections
from unionhall.apps.contests.views import loading
from unionhall.apps.contests.views.answers import done
from unionhall.engines.scoring import ScoringError, written_scores
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard
from unionhall.kernel.refusals import Refusal

# Makes the change of a sound form; with ``supposed`` it is only looked at.
Work = Callable[[dict[str, Any], bool], Correction]


def _proposal(
    request: HttpRequest, stage: Stage, form: forms.Form, heading: str, work: Work, subject: str = ""
) -> HttpResponse:
    """A form, then what it would do, then the proposal: nothing is proposed unseen."""
    context: dict[str, Any] = {"stage": stage, "form": form, "heading": heading, "subject": subject}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if "propose" in request.POST:
                    change = work(form.cleaned_data, False)
                    toasts.add_message(
                        request,
                        toasts.INFO,
                        _("Proposed. A second person must confirm it."),
                        extra_tags="good",
                    )
                    return HttpResponseRedirect(
                        reverse("contests:decide", args=[stage.public_id, change.public_id])
                    )
                context["consequences"] = queries.whatif.consequences(work(form.cleaned_data, True))
                status = 200
            except (Refusal, ScoringError) as error:
                context["refusal"] = messages.of_refusal(error)
    return render(request, "contests/late_change.html", context, status=status)


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
    form = SheetCorrectionForm(
        request.POST or None, rulebook=rulebook, written=written_scores(rulebook, tuple(ballot.scores))
    )

    def work(data: dict[str, Any], supposed: bool) -> Correction:
        scores = {c.code: data[c.code] for c in rulebook.criteria}
        return corrections.propose_correction(
            by=by, at=clock.now(), ballot=ballot, scores=scores, reason=data["reason"], supposed=supposed
        )

    entry = ballot.box.entry
    subject = f"{entry.person.name}《{entry.title}》 · {ballot.juror.label}"
    return _proposal(request, stage, form, _("Propose a correction"), work, subject)


@guard(rules.chairs, loading.stage)
def withdraw_juror(request: HttpRequest, stage: Stage) -> HttpResponse:
    """The chief juror proposes that no ballot of a juror counts."""
    by: Any = request.user
    form = JurorWithdrawalForm(request.POST or None, stage=stage)

    def work(data: dict[str, Any], supposed: bool) -> Correction:
        return corrections.propose_juror_withdrawal(
            by=by, at=clock.now(), juror=data["juror"], reason=data["reason"], supposed=supposed
        )

    return _proposal(request, stage, form, _("Withdraw a juror"), work)


@guard(rules.chairs, loading.stage)
def late_points(request: HttpRequest, stage: Stage) -> HttpResponse:
    """The chief juror proposes points after the scoring has ended."""
    by: Any = request.user
    form = LatePointsForm(request.POST or None, stage=stage)

    def work(data: dict[str, Any], supposed: bool) -> Correction:
        return corrections.propose_points(by=by, at=clock.now(), supposed=supposed, **data)

    return _proposal(request, stage, form, _("Give or take points"), work)


@guard(rules.oversees, loading.stage)
def decide(request: HttpRequest, stage: Stage, correction_id: str) -> HttpResponse:
    """What a proposed change would do; a second person confirms or rejects it."""
    correction = loading.correction(correction_id)
    if correction.stage_id != stage.pk:
        raise Http404
    by: Any = request.user
    if request.method == "POST":
        back = reverse("contests:board", args=[stage.public_id])
        confirms = request.POST.get("decision") == "confirm"
        work = corrections.confirm_correction if confirms else corrections.reject_correction
        said = (
            _("Confirmed. The result must be reviewed again.")
            if confirms
            else _("Rejected. Nothing changes.")
        )
        return done(request, lambda: work(by=by, at=clock.now(), correction=correction), back, said)
    proposed = correction.state == CorrectionState.PROPOSED
    context = {
        "stage": stage,
        "correction": correction,
        "proposed": proposed,
        "may_decide": proposed and correction.proposed_by_id != by.pk,
        "consequences": queries.whatif.consequences(correction) if proposed else None,
    }
    return render(request, "contests/decide.html", context)
