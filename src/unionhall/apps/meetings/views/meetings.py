"""Meetings: the list within reach, one meeting with what it raised, and what an officer does there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.meetings import messages, queries, rules, usecases
from unionhall.apps.meetings.codes import IssueKind, MeetingKind
from unionhall.apps.meetings.forms import MeetingForm, NewMeetingForm, RaiseForm, RecordForm
from unionhall.apps.meetings.models import Meeting
from unionhall.apps.meetings.tables import MeetingFilter, MeetingTable
from unionhall.apps.orgs.queries import unions_in_reach
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.forms import person_label
from unionhall.apps.people.models import Person
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page


def _load(public_id: str) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("union", "chair"), public_id=public_id)


def _by(request: HttpRequest) -> Any:
    return request.user


def _reach(request: HttpRequest) -> frozenset[int]:
    return reach_of(request.user, PostRole.OFFICER)


def _chairs(request: HttpRequest) -> QuerySet[Person]:
    return queries.able_to_act(_reach(request))


def _to(meeting: Meeting) -> str:
    return reverse("meetings:meeting", args=[meeting.public_id])


def _page(
    request: HttpRequest,
    form: forms.Form,
    heading: str,
    work: Callable[[dict[str, Any]], object],
    meeting: Meeting,
    explained: str = "",
) -> HttpResponse:
    return form_page(
        request,
        form,
        f"{heading} · {meeting.title}",
        work,
        _to(meeting),
        in_words=messages.of_refusal,
        explained=explained,
    )


@guard(rules.works_anywhere)
def meetings(request: HttpRequest) -> HttpResponse:
    """The meetings within reach."""
    return list_page(
        request,
        queries.meetings_within(_reach(request)),
        MeetingTable,
        MeetingFilter,
        heading=_("Meetings"),
        name="meetings",
        actions=[(_("Plan a meeting"), reverse("meetings:new-meeting"))],
        template="meetings/meetings.html",
    )


@guard(rules.works_anywhere)
def new_meeting(request: HttpRequest) -> HttpResponse:
    """Plan a meeting."""
    unions = unions_in_reach(request.user, PostRole.OFFICER).order_by("pk")
    form = NewMeetingForm(request.POST or None, unions=unions, chairs=_chairs(request))

    def work(data: dict[str, Any]) -> object:
        data["kind"] = MeetingKind(data["kind"])
        return usecases.plan_meeting(by=_by(request), at=clock.now(), **data)

    return form_page(
        request,
        form,
        _("Plan a meeting"),
        work,
        _to,
        in_words=messages.of_refusal,
        cancel=reverse("meetings:meetings"),
    )


@guard(rules.keeps, _load)
def meeting(request: HttpRequest, shown: Meeting) -> HttpResponse:
    """One meeting: its agenda, what it raised, and what earlier ones left open."""
    today = clock.today()
    context = {
        "meeting": shown,
        "agenda": shown.agenda.order_by("position"),
        "attendances": shown.attendances.select_related("person").order_by("pk"),
        "issues": [(one, one.standing(today)) for one in queries.issues_of_meeting(shown)],
        "earlier": [(one, one.standing(today)) for one in queries.open_before(shown)],
        "form": RaiseForm(),
        "history": audit.history(shown)[:20],
    }
    return render(request, "meetings/meeting.html", context)


@guard(rules.keeps, _load)
def change(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Change the plan."""
    kept = ("title", "starts_at", "place", "chair")
    agenda = "\n".join(meeting.agenda.order_by("position").values_list("title", flat=True))
    initial = {name: getattr(meeting, name) for name in kept} | {"agenda": agenda}
    return _page(
        request,
        MeetingForm(request.POST or None, chairs=_chairs(request), initial=initial),
        _("Change the plan"),
        lambda data: usecases.change_meeting(by=_by(request), at=clock.now(), meeting=meeting, **data),
        meeting,
    )


@guard(rules.keeps, _load)
def record(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Record that the meeting was held."""
    return _page(
        request,
        RecordForm(request.POST or None, persons=queries.nameable(_reach(request), meeting)),
        _("Record the meeting"),
        lambda data: usecases.hold_meeting(by=_by(request), at=clock.now(), meeting=meeting, **data),
        meeting,
        _("Issues are raised on the meeting's page; here stands who was there and what was said."),
    )


@guard(rules.keeps, _load)
def minutes(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Correct the minutes."""
    present = meeting.attendances.select_related("person__union").order_by("pk")
    names = "\n".join(person_label(one.person) for one in present)
    initial = {"minutes": meeting.minutes, "others": meeting.others, "attendees": names}
    return _page(
        request,
        RecordForm(request.POST or None, persons=queries.nameable(_reach(request), meeting), initial=initial),
        _("Correct the minutes"),
        lambda data: usecases.correct_minutes(by=_by(request), at=clock.now(), meeting=meeting, **data),
        meeting,
        _("The history of the meeting shows that the minutes were corrected."),
    )


@guard(rules.keeps, _load)
def raise_at(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Raise an issue at the meeting."""

    def work(data: dict[str, Any]) -> object:
        data["kind"] = IssueKind(data["kind"])
        return usecases.raise_issue(
            by=_by(request), at=clock.now(), union=meeting.union, meeting=meeting, **data
        )

    return _page(request, RaiseForm(request.POST or None), _("Raise an issue"), work, meeting)
