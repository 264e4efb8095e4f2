"""Outreach as officers see it: sessions and what came of them, codes to print, questions."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.meetings.codes import IssueKind
from unionhall.apps.meetings.usecases import issues
from unionhall.apps.membership import messages, queries, rules
from unionhall.apps.membership.codes import SESSION, Channel, PartnerKind
from unionhall.apps.membership.forms.outreach import (
    AnswerForm,
    ChangeSessionForm,
    CodeOfPlaceForm,
    IssueForm,
    OutcomeForm,
    PartnerForm,
    QuestionForm,
    SessionForm,
)
from unionhall.apps.membership.models import OutreachSession, Question, SourceCode
from unionhall.apps.membership.tables import SessionFilter, SessionTable
from unionhall.apps.membership.usecases import outreach
from unionhall.apps.orgs.queries import unions_in_reach
from unionhall.apps.people.queries import people_within
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page


def _session(public_id: str) -> OutreachSession:
    return get_object_or_404(
        OutreachSession.objects.select_related("union", "meeting").prefetch_related("partners", "staff"),
        public_id=public_id,
    )


def _question(public_id: str) -> Question:
    return get_object_or_404(Question.objects.select_related("union", "session"), public_id=public_id)


def _unions(request: HttpRequest) -> Any:
    return unions_in_reach(request.user, *rules.KEEPERS).order_by("level", "name")


def _by(request: HttpRequest) -> Any:
    return request.user


@guard(rules.keeps_any_roll)
def sessions(request: HttpRequest) -> HttpResponse:
    """Sessions within reach, with how many came, applied and joined through each."""
    return list_page(
        request,
        queries.sessions.within(reach_of(request.user, *rules.KEEPERS)),
        SessionTable,
        SessionFilter,
        heading=_("Outreach"),
        name="outreach",
        actions=[
            (_("Plan a session"), reverse("membership:new-session")),
            (_("Codes of places"), reverse("membership:codes")),
            (_("Questions"), reverse("membership:open-questions")),
            (_("Add a partner"), reverse("membership:new-partner")),
        ],
    )


@guard(rules.keeps_any_roll)
def new_session(request: HttpRequest) -> HttpResponse:
    """Plan a session."""
    reach = reach_of(request.user, *rules.KEEPERS)

    def work(data: dict[str, Any]) -> OutreachSession:
        data["channel"] = Channel(data["channel"])
        return outreach.plan_session(by=_by(request), at=clock.now(), **data)

    return form_page(
        request,
        SessionForm(request.POST or None, unions=_unions(request), persons=people_within(reach)),
        _("Plan a session"),
        work,
        lambda made: reverse("membership:session", args=[made.public_id]),
        in_words=messages.of_refusal,
        explained=_("Its code to scan is made with it. Print it from the session's page."),
        cancel=reverse("membership:sessions"),
    )


@guard(rules.handles, _session)
def change_session(request: HttpRequest, found: OutreachSession) -> HttpResponse:
    """Change the plan of a session."""
    persons = people_within(reach_of(request.user, *rules.KEEPERS))
    return form_page(
        request,
        ChangeSessionForm(request.POST or None, session=found, persons=persons),
        _("Change the plan · %(title)s") % {"title": found.title},
        lambda data: outreach.change_session(by=_by(request), at=clock.now(), session=found, **data),
        _back(found),
        in_words=messages.of_refusal,
        explained=_("Union, channel and printed codes stay as they are."),
    )


@guard(rules.handles, _session)
def session(request: HttpRequest, found: OutreachSession) -> HttpResponse:
    """One session: its codes, who came, what was asked, what came of it."""
    figures = queries.sessions.within([found.union_id]).get(pk=found.pk)
    context = {
        "session": found,
        "figures": figures,
        "codes": queries.sessions.codes_of(found),
        "issues": queries.sessions.issues_of(found),
        "questions": found.questions.order_by("pk"),
        "history": audit.history(found).exclude(action="outreach.check_in")[:20],
        "base": request.build_absolute_uri("/q/"),
    }
    return render(request, "membership/session.html", context)


def _back(found: OutreachSession) -> str:
    return reverse("membership:session", args=[found.public_id])


@guard(rules.handles, _session)
def outcome(request: HttpRequest, found: OutreachSession) -> HttpResponse:
    """Note what came of a session."""

    def work(data: dict[str, Any]) -> object:
        return outreach.close_session(
            by=_by(request),
            at=clock.now(),
            session=found,
            counted=data["counted"],
            cost=None if data["yuan"] is None else int(data["yuan"] * 100),
            held=data["held"] == "yes",
        )

    return form_page(
        request,
        OutcomeForm(request.POST or None, initial={"held": "yes", "counted": found.counted}),
        _("Outcome · %(title)s") % {"title": found.title},
        work,
        _back(found),
        in_words=messages.of_refusal,
    )


@guard(rules.handles, _session)
def note_question(request: HttpRequest, found: OutreachSession) -> HttpResponse:
    """Note a question."""
    return form_page(
        request,
        QuestionForm(request.POST or None),
        _("A question · %(title)s") % {"title": found.title},
        lambda data: outreach.note_question(by=_by(request), at=clock.now(), session=found, **data),
        _back(found),
        in_words=messages.of_refusal,
        explained=_("Write it so that it tells of nobody. Answered well, it helps the next who asks."),
    )


@guard(rules.handles, _session)
def raise_issue(request: HttpRequest, found: OutreachSession) -> HttpResponse:
    """Raise an issue that came up at a session; `meetings` follows it to its end."""

    def work(data: dict[str, Any]) -> object:
        return issues.raise_issue(
            by=_by(request),
            at=clock.now(),
            union=found.union,
            kind=IssueKind(data["kind"]),
            title=data["title"],
            description=data["description"],
            raised_by_words=data["raised_by_words"],
            source=SESSION,
            source_id=found.public_id,
            key=data["key"],
        )

    return form_page(
        request,
        IssueForm(request.POST or None, initial={"key": secrets.token_hex(16)}),
        _("Raise an issue · %(title)s") % {"title": found.title},
        work,
        _back(found),
        in_words=messages.of_refusal,
        explained=_("It gets an owner and a day, and is closed with evidence by a second person."),
    )


@guard(rules.answers, _question)
def answer(request: HttpRequest, found: Question) -> HttpResponse:
    """Answer a question."""
    return form_page(
        request,
        AnswerForm(
            request.POST or None,
            initial={"answer": found.answer, "publish": found.published_at is not None},
        ),
        found.text,
        lambda data: outreach.answer_question(by=_by(request), at=clock.now(), question=found, **data),
        reverse("membership:open-questions"),
        in_words=messages.of_refusal,
    )


@guard(rules.keeps_any_roll)
def open_questions(request: HttpRequest) -> HttpResponse:
    """Questions that wait for an answer, and the bank."""
    reach = reach_of(request.user, *rules.KEEPERS)
    context = {
        "waiting": queries.sessions.open_questions(reach)[:100],
        "bank": queries.sessions.question_bank()[:100],
    }
    return render(request, "membership/questions.html", context)


@guard(rules.keeps_any_roll)
def codes(request: HttpRequest) -> HttpResponse:
    """Codes that hang somewhere, with how many forms came through each."""
    context = {
        "codes": queries.sessions.standing_codes(reach_of(request.user, *rules.KEEPERS))[:200],
        "base": request.build_absolute_uri("/q/"),
    }
    return render(request, "membership/codes.html", context)


@guard(rules.keeps_any_roll)
def new_code(request: HttpRequest) -> HttpResponse:
    """Make a code for a place."""

    def work(data: dict[str, Any]) -> SourceCode:
        data["channel"] = Channel(data["channel"])
        return outreach.open_source_code(by=_by(request), at=clock.now(), **data)

    return form_page(
        request,
        CodeOfPlaceForm(request.POST or None, unions=_unions(request)),
        _("Make a code"),
        work,
        reverse("membership:codes"),
        in_words=messages.of_refusal,
        explained=_("Whoever scans it comes to the form, and a join through it counts for this place."),
    )


@guard(rules.keeps_any_roll)
def new_partner(request: HttpRequest) -> HttpResponse:
    """Add a partner."""

    def work(data: dict[str, Any]) -> object:
        return outreach.add_partner(
            by=_by(request), at=clock.now(), name=data["name"], kind=PartnerKind(data["kind"])
        )

    return form_page(
        request,
        PartnerForm(request.POST or None),
        _("Add a partner"),
        work,
        reverse("membership:sessions"),
        in_words=messages.of_refusal,
    )
