"""Meetings are planned, held, and their minutes put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from unionhall.apps.meetings import rules
from unionhall.apps.meetings.codes import MeetingKind, MeetingState
from unionhall.apps.meetings.models import AgendaItem, Attendance, Meeting
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Person
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal


@transaction.atomic
def plan_meeting(
    *,
    by: Acting,
    at: datetime,
    union: Union,
    kind: MeetingKind,
    title: str,
    starts_at: datetime,
    place: str,
    chair: Person,
    agenda: Sequence[str] = (),
) -> Meeting:
    """Plan a meeting of a union."""
    require(rules.works_in, by, union)
    meeting = Meeting.objects.create(
        union=union, kind=kind, title=title, starts_at=starts_at, place=place, chair=chair
    )
    _write_agenda(meeting, agenda)
    audit.record(by.actor, "meeting.plan", meeting, at=at, refs={"union": union.public_id})
    return meeting


@transaction.atomic
def change_meeting(
    *,
    by: Acting,
    at: datetime,
    meeting: Meeting,
    title: str,
    starts_at: datetime,
    place: str,
    chair: Person,
    agenda: Sequence[str],
) -> None:
    """Change the plan of a meeting that has not been held."""
    require(rules.keeps, by, meeting)
    meeting = _locked(meeting)
    if meeting.state == MeetingState.HELD:
        raise Refusal("MEETING_HELD")
    meeting.title, meeting.starts_at, meeting.place, meeting.chair = title, starts_at, place, chair
    meeting.save(update_fields=["title", "starts_at", "place", "chair"])
    meeting.agenda.all().delete()
    _write_agenda(meeting, agenda)
    fields = ["title", "starts_at", "place", "chair", "agenda"]
    audit.record(by.actor, "meeting.change", meeting, at=at, fields=fields)


@transaction.atomic
def hold_meeting(
    *,
    by: Acting,
    at: datetime,
    meeting: Meeting,
    minutes: str,
    attendees: Sequence[Person],
    others: int = 0,
) -> Meeting:
    """Record that a meeting was held: who was there and what was said.

    Refused with MEETING_HELD when it is recorded already, MEETING_AHEAD before its day, and NOBODY_CAME
    without anybody present.
    """
    require(rules.keeps, by, meeting)
    meeting = _locked(meeting)
    if meeting.state == MeetingState.HELD:
        raise Refusal("MEETING_HELD")
    day = meeting.starts_at.astimezone(CITY).date()
    if day > at.astimezone(CITY).date():
        raise Refusal("MEETING_AHEAD", day=day.isoformat())
    meeting.state, meeting.held_at = MeetingState.HELD, at
    meeting.save(update_fields=["state", "held_at"])
    _write_minutes(meeting, minutes, attendees, others)
    audit.record(by.actor, "meeting.hold", meeting, at=at, fields=["minutes", "attendances", "others"])
    return meeting


@transaction.atomic
def correct_minutes(
    *,
    by: Acting,
    at: datetime,
    meeting: Meeting,
    minutes: str,
    attendees: Sequence[Person],
    others: int = 0,
) -> None:
    """Put right the minutes of a meeting that was held; the trail tells that it was done."""
    require(rules.keeps, by, meeting)
    meeting = _locked(meeting)
    if meeting.state != MeetingState.HELD:
        raise Refusal("MEETING_NOT_HELD")
    _write_minutes(meeting, minutes, attendees, others)
    audit.record(by.actor, "meeting.correct", meeting, at=at, fields=["minutes", "attendances", "others"])


def _locked(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_for_update().get(pk=meeting.pk)


def _write_agenda(meeting: Meeting, agenda: Sequence[str]) -> None:
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=position, title=title)
        for position, title in enumerate(agenda, start=1)
    )


def _write_minutes(meeting: Meeting, minutes: str, attendees: Sequence[Person], others: int) -> None:
    present = dict.fromkeys(person.pk for person in attendees)
    if not present and not others:
        raise Refusal("NOBODY_CAME")
    meeting.minutes, meeting.others = minutes, others
    meeting.save(update_fields=["minutes", "others"])
    meeting.attendances.all().delete()
    Attendance.objects.bulk_create(Attendance(meeting=meeting, person_id=pk) for pk in present)
