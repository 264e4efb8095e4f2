"""Preparing a stage: one form for each step, each leading back to the stage."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.contests import messages, queries, rules
from unionhall.apps.contests.codes import Admission, CueKind, DutyRole
from unionhall.apps.contests.forms import (
    AdjustmentForm,
    ContestForm,
    CueForm,
    DrawForm,
    DutyForm,
    EntryForm,
    JuryForm,
    RuleBookForm,
    SeatsForm,
    SpecialPrizeForm,
    StageForm,
)
from unionhall.apps.contests.models import Contest, Cue, Entry, Jury, Stage
from unionhall.apps.contests.queries.contests import SENDING
from unionhall.apps.contests.usecases import passes, results, stages
from unionhall.apps.contests.views import loading
from unionhall.apps.contests.views.answers import done, refused
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import unions_in_reach
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.models import Account, Person
from unionhall.engines.scoring import ScoringError
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard
from unionhall.kernel.refusals import Refusal
from unionhall.ui.forms import form_page


def _page(
    request: HttpRequest,
    form: forms.BaseForm,
    heading: str,
    work: Callable[[dict[str, Any]], object],
    back: str | Callable[[Any], str],
    explained: str = "",
) -> HttpResponse:
    """A form of the preparation; what is wrong with a rule book stands above it line by line."""

    def told(data: dict[str, Any]) -> object:
        try:
            return work(data)
        except ScoringError as error:
            raise forms.ValidationError([messages.of_problem(p) for p in error.problems]) from error

    return form_page(
        request,
        form,
        heading,
        told,
        back,
        in_words=messages.of_refusal,
        explained=explained,
        cancel=reverse("contests:list"),
    )


def _to(stage: Stage) -> str:
    return reverse("contests:stage", args=[stage.public_id])


def _unions(request: HttpRequest) -> QuerySet[Union]:
    return unions_in_reach(_by(request), *SENDING).order_by("name")


def _persons(request: HttpRequest) -> QuerySet[Person]:
    return (
        Person.objects.filter(union__in=_unions(request), merged_into=None)
        .select_related("union")
        .order_by("name")
    )


def _by(request: HttpRequest) -> Any:
    return request.user


@guard(rules.may_create_contest)
def new_contest(request: HttpRequest) -> HttpResponse:
    """Announce a contest."""
    organisers = unions_in_reach(_by(request), PostRole.CONTEST_ORGANISER)
    form = ContestForm(request.POST or None, organisers=organisers)
    return _page(
        request,
        form,
        _("New contest"),
        lambda data: stages.create_contest(by=_by(request), at=clock.now(), **data),
        lambda made: reverse("contests:contest", args=[made.public_id]),
    )


@guard(rules.organises, loading.contest)
def new_stage(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Add a stage to a contest."""

    def work(data: dict[str, Any]) -> Stage:
        pin = data.pop("pin_required")
        return stages.add_stage(by=_by(request), at=clock.now(), contest=contest, pin=pin, **data)

    return _page(request, StageForm(request.POST or None), _("New stage"), work, _to)


@guard(rules.organises, loading.stage)
def edit_rules(request: HttpRequest, stage: Stage) -> HttpResponse:
    """Write a version of the rule book."""
    latest = queries.rulebooks.latest_version(stage)
    document = latest.document if latest else queries.rulebooks.template()
    initial = {"document": json.dumps(document, ensure_ascii=False, indent=2)}
    return _page(
        request,
        RuleBookForm(request.POST or None, initial=initial),
        _("Rule book"),
        lambda data: stages.write_rulebook(
            by=_by(request), at=clock.now(), stage=stage, document=data["document"]
        ),
        _to(stage),
        _("Each saving is a version of its own. The version that is frozen stays for ever."),
    )


@guard(rules.organises, loading.stage)
def new_entry(request: HttpRequest, stage: Stage) -> HttpResponse:
    """Enter a speaker."""
    form = EntryForm(request.POST or None, persons=_persons(request), unions=_unions(request))
    return _page(
        request,
        form,
        _("New entry"),
        lambda data: stages.register_entry(by=_by(request), at=clock.now(), stage=stage, **data),
        _to(stage),
        _("A new entry makes an earlier draw void."),
    )


@guard(rules.organises, loading.stage)
def new_jury(request: HttpRequest, stage: Stage) -> HttpResponse:
    """Form a jury."""

    def work(data: dict[str, Any]) -> Jury:
        data["admission"] = Admission(data["admission"])
        return stages.form_jury(by=_by(request), at=clock.now(), stage=stage, **data)

    return _page(request, JuryForm(request.POST or None), _("New jury"), work, _to(stage))


@guard(rules.organises, loading.stage)
def new_seats(request: HttpRequest, stage: Stage, code: str) -> HttpResponse:
    """Add seats to a jury."""
    jury = _one(stage.juries.select_related("stage__contest").filter(code=code).first())

    def work(data: dict[str, Any]) -> object:
        first = jury.jurors.count() + 1
        unnamed = [f"{jury.name} {n}" for n in range(first, first + data["unnamed"])]
        return stages.seat_jurors(
            by=_by(request), at=clock.now(), jury=jury, labels=[*data["labels"], *unnamed]
        )

    heading = _("Seats of %(jury)s") % {"jury": jury.name}
    return _page(request, SeatsForm(request.POST or None), heading, work, _to(stage))


@guard(rules.organises, loading.stage)
def new_cue(request: HttpRequest, stage: Stage) -> HttpResponse:
    """Add an interlude or a ceremony."""

    def work(data: dict[str, Any]) -> Cue:
        data["kind"] = CueKind(data["kind"])
        return stages.add_cue(by=_by(request), at=clock.now(), stage=stage, **data)

    return _page(request, CueForm(request.POST or None), _("Interlude or ceremony"), work, _to(stage))


@require_POST
@guard(rules.organises, loading.stage)
def change_cue(request: HttpRequest, stage: Stage, cue_id: str) -> HttpResponse:
    """Move a cue up or down, or take it off."""
    cue = _one(stage.cues.select_related("stage__contest").filter(public_id=cue_id).first())
    change = request.POST.get("change")
    if change == "remove":
        return done(
            request,
            lambda: stages.remove_cue(by=_by(request), at=clock.now(), cue=cue),
            _to(stage),
            _("Taken off."),
        )
    steps = -1 if change == "up" else 1
    return done(
        request,
        lambda: stages.move_cue(by=_by(request), at=clock.now(), cue=cue, steps=steps),
        _to(stage),
        _("Moved."),
    )


@guard(rules.organises, loading.stage)
def draw(request: HttpRequest, stage: Stage) -> HttpResponse:
    """Draw the speakers' order before a witness."""

    def work(data: dict[str, Any]) -> object:
        return stages.draw_order(
            by=_by(request), at=clock.now(), stage=stage, witness=data["witness"], seed=data["seed"]
        )

    return _page(
        request,
        DrawForm(request.POST or None, persons=_persons(request)),
        _("Draw"),
        work,
        _to(stage),
        _(
            "The order follows from the seed alone, and anybody can draw it again. "
            "The seed is shown and logged."
        ),
    )


@guard(rules.organises, loading.stage)
def new_duty(request: HttpRequest, stage: Stage) -> HttpResponse:
    """Make somebody scrutineer or chief juror."""
    accounts = Account.objects.filter(is_active=True, person__union__in=_unions(request)).select_related(
        "person"
    )

    def work(data: dict[str, Any]) -> object:
        return stages.assign_duty(
            by=_by(request), at=clock.now(), stage=stage, account=data["account"], role=DutyRole(data["role"])
        )

    return _page(request, DutyForm(request.POST or None, accounts=accounts), _("Duties"), work, _to(stage))


@guard(rules.organises, loading.stage)
def special_prize(request: HttpRequest, stage: Stage, entry_id: str) -> HttpResponse:
    """Give an entry a prize beside the ranking."""
    entry = _entry(stage, entry_id)
    return _page(
        request,
        SpecialPrizeForm(request.POST or None, initial={"name": "特等奖"}),
        _("Special prize for %(name)s") % {"name": entry.person.name},
        lambda data: results.grant_special_prize(by=_by(request), at=clock.now(), entry=entry, **data),
        _to(stage),
        _("The rule book says whether the holder keeps a ranked place."),
    )


@guard(rules.runs, loading.stage)
def adjust(request: HttpRequest, stage: Stage, entry_id: str) -> HttpResponse:
    """Give an entry signed points."""
    entry = _entry(stage, entry_id)
    return _page(
        request,
        AdjustmentForm(request.POST or None),
        _("Points for %(name)s") % {"name": entry.person.name},
        lambda data: results.adjust_points(by=_by(request), at=clock.now(), entry=entry, **data),
        _to(stage),
        _("A penalty is below zero; a bonus and earned points are above."),
    )


@require_POST
@guard(rules.organises, loading.stage)
def withdraw(request: HttpRequest, stage: Stage, entry_id: str) -> HttpResponse:
    """Take an entry out of the stage."""
    entry = _entry(stage, entry_id)
    return done(
        request,
        lambda: stages.withdraw_entry(by=_by(request), at=clock.now(), entry=entry),
        _to(stage),
        _("The entry has been withdrawn."),
    )


@require_POST
@guard(rules.runs, loading.stage)
def open_code(request: HttpRequest, stage: Stage, code: str) -> HttpResponse:
    """The one code of an open jury, to be shown to everybody."""
    jury = _one(stage.juries.select_related("stage__contest").filter(code=code).first())
    try:
        issued = passes.issue_open_code(by=_by(request), at=clock.now(), jury=jury)
    except Refusal as refusal:
        return refused(request, refusal, _to(stage))
    address = request.build_absolute_uri(reverse("seat", args=[issued]))
    return render(request, "contests/open_code.html", {"stage": stage, "jury": jury, "address": address})


def _entry(stage: Stage, public_id: str) -> Entry:
    return _one(
        stage.entries.select_related("person", "stage__contest", "box").filter(public_id=public_id).first()
    )


Thing = TypeVar("Thing")


def _one(found: Thing | None) -> Thing:
    if found is None:
        raise Http404
    return found
