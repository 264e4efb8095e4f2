"""Meetings: planned, held, their minutes put right, and what they raised."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from unionhall.apps.meetings import queries, usecases
from unionhall.apps.meetings.codes import MeetingKind
from unionhall.apps.meetings.models import Meeting
from unionhall.kernel import audit, clock

from .conftest import code_of


def test_a_meeting_is_planned_changed_and_held(district):
    meeting = district.plan()
    plan = {
        "meeting": meeting, "title": "站长例会（六月）", "starts_at": clock.now(), "place": "线上",
        "chair": district.deputy.person, "agenda": ["堵点"],
    }  # fmt: skip
    usecases.change_meeting(by=district.officer, at=clock.now(), **plan)
    usecases.hold_meeting(
        by=district.officer, at=clock.now(), meeting=meeting, minutes="逐站汇报",
        attendees=[district.station.person, district.station.person], others=4,
    )  # fmt: skip
    usecases.correct_minutes(
        by=district.deputy, at=clock.now(), meeting=meeting, minutes="逐站汇报，明确责任",
        attendees=[district.station.person, district.deputy.person], others=3,
    )  # fmt: skip
    meeting = queries.meetings_of(district.union, MeetingKind.STATION_CHIEFS, held=True).first()
    assert (meeting.title, meeting.chair.name, meeting.minutes, meeting.others) == (
        "站长例会（六月）", "方敏", "逐站汇报，明确责任", 3,
    )  # fmt: skip
    assert [item.title for item in meeting.agenda.all()] == ["堵点"]
    assert {one.person.name for one in meeting.attendances.all()} == {"田野", "方敏"}
    assert [line.action for line in audit.history(meeting)] == [
        "meeting.correct", "meeting.hold", "meeting.change", "meeting.plan",
    ]  # fmt: skip
    assert code_of(usecases.change_meeting, by=district.officer, **plan) == "MEETING_HELD"


def test_what_cannot_be_recorded(district):
    meeting = district.plan()
    ahead = district.plan(starts_at=clock.now() + timedelta(days=1))
    told = {"minutes": "", "attendees": [district.station.person]}
    by = {"by": district.officer}
    assert [
        code_of(usecases.correct_minutes, **by, meeting=meeting, **told),
        code_of(usecases.hold_meeting, **by, meeting=ahead, **told),
        code_of(usecases.hold_meeting, **by, meeting=meeting, minutes="", attendees=[]),
        code_of(usecases.hold_meeting, by=district.stranger, meeting=meeting, **told),
        code_of(usecases.hold_meeting, by=district.station, meeting=meeting, **told),
        code_of(usecases.hold_meeting, **by, meeting=meeting, minutes="", attendees=[], others=1),
        code_of(usecases.hold_meeting, **by, meeting=meeting, **told),
    ] == [
        "MEETING_NOT_HELD", "MEETING_AHEAD", "NOBODY_CAME", "NOT_ALLOWED", "NOT_ALLOWED", "", "MEETING_HELD",
    ]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(held_at=None)


def test_each_meeting_knows_its_issues_and_what_earlier_ones_left_open(district):
    earlier = district.plan(starts_at=clock.now() - timedelta(days=30))
    left, settled = district.assigned(meeting=earlier), district.closed(meeting=earlier)
    other_kind = district.plan(kind=MeetingKind.COMMUNICATION, starts_at=clock.now() - timedelta(days=10))
    district.raised(meeting=other_kind)
    now = district.plan()
    raised = district.raised(meeting=now)
    assert list(queries.issues_of_meeting(earlier)) == [left, settled]
    assert list(queries.issues_of_meeting(now)) == [raised]
    assert left in set(queries.open_before(now))
    assert {settled, raised} & set(queries.open_before(now)) == set()
    listed = {
        one.pk: (one.issue_count, one.open_count) for one in queries.meetings_within([district.union.pk])
    }
    assert (listed[earlier.pk], listed[now.pk]) == ((2, 1), (1, 1))


def test_meetings_of_a_union_by_kind(district):
    mine = district.plan(kind=MeetingKind.COMMITTEE)
    district.plan(kind=MeetingKind.COMMITTEE, union=district.street)
    assert list(queries.meetings_of(district.union, MeetingKind.COMMITTEE)) == [mine]
    assert list(queries.meetings_of(district.union, MeetingKind.COMMITTEE, held=True)) == []
