"""Reads of meetings and issues: what was raised, who has it in hand, how long it has waited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet

from unionhall.apps.meetings.codes import (
    OWNER,
    IssueKind,
    IssueState,
    MeetingKind,
    MeetingState,
    Standing,
)
from unionhall.apps.meetings.models import Issue, IssueStep, Meeting
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.models import Account, Person
from unionhall.apps.people.queries import people_within
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import reach_of

# The days of each bucket of the ageing chart, both included; the last has no end.
BUCKETS: Sequence[tuple[int, int | None]] = ((0, 7), (8, 14), (15, 30), (31, None))


class Bucket(NamedTuple):
    """How many issues are not settled after so many days, and what keeps them."""

    first: int
    last: int | None
    total: int
    overdue: int
    unassigned: int
    claimed: int

    @property
    def in_hand(self) -> int:
        """Those that have an owner and time."""
        return self.total - self.overdue - self.unassigned - self.claimed


def meetings_within(unions: Iterable[int]) -> QuerySet[Meeting]:
    """The meetings of some unions, newest first, with how many issues each raised and still has open."""
    return (
        Meeting.objects.filter(union__among=unions)
        .select_related("union", "chair")
        .annotate(
            issue_count=Count("issues"),
            open_count=Count("issues", filter=~Q(issues__state=IssueState.CLOSED)),
        )
        .order_by("-starts_at", "-pk")
    )


def meetings_of(union: Union, kind: MeetingKind | None = None, *, held: bool = False) -> QuerySet[Meeting]:
    """A union's own meetings, newest first; of one kind, or only those that were held."""
    meetings = Meeting.objects.filter(union=union).select_related("union", "chair")
    if kind is not None:
        meetings = meetings.filter(kind=kind)
    if held:
        meetings = meetings.filter(state=MeetingState.HELD)
    return meetings.order_by("-starts_at", "-pk")


def _issues() -> QuerySet[Issue]:
    """Issues with what a list shows: what is not settled first, by day, then what is settled."""
    rows = Issue.objects.select_related("union", "owner", "raised_by", "meeting")
    return rows.order_by(F("closed_at").asc(nulls_first=True), F("due").asc(nulls_first=True), "pk")


def issues_for(account: Account) -> QuerySet[Issue]:
    """The issues that an account sees: those of the unions it keeps, and those it owns."""
    return _issues().filter(
        Q(union__among=reach_of(account, PostRole.OFFICER)) | Q(owner__isnull=False, owner=account.person)
    )


def owned_by(account: Account) -> QuerySet[Issue]:
    """The issues whose owner the account's person is."""
    return _issues().filter(owner__isnull=False, owner=account.person)


def waiting_for(account: Account) -> QuerySet[Issue]:
    """The issues that their owner still has to see to."""
    return owned_by(account).filter(state=IssueState.OPEN)


def to_check(account: Account) -> QuerySet[Issue]:
    """The issues reported done that this account may close as the second person."""
    kept = _issues().filter(union__among=reach_of(account, PostRole.OFFICER), state=IssueState.DONE_CLAIMED)
    return kept.exclude(owner=account.person).exclude(claimed_by=account.person)


def open_blockers(account: Account) -> QuerySet[Issue]:
    """The blockers within view that are not settled, the most urgent first."""
    return issues_for(account).filter(kind=IssueKind.BLOCKER).exclude(state=IssueState.CLOSED)


def issues_of_meeting(meeting: Meeting) -> QuerySet[Issue]:
    """What a meeting raised, in that order."""
    return _issues().filter(meeting=meeting).order_by("pk")


def open_before(meeting: Meeting) -> QuerySet[Issue]:
    """What earlier meetings of the same union and kind raised and nobody has settled yet."""
    earlier = _issues().filter(meeting__union=meeting.union_id, meeting__kind=meeting.kind)
    return earlier.filter(meeting__starts_at__lt=meeting.starts_at).exclude(state=IssueState.CLOSED)


def issues_of_source(source: str, source_id: str) -> QuerySet[Issue]:
    """What came from a thing of a higher app."""
    return _issues().filter(source=source, source_id=source_id).order_by("pk")


def history(issue: Issue) -> QuerySet[IssueStep]:
    """An issue's steps, the first first, each with who took it and the file that came with it."""
    steps = issue.steps.select_related("by", "owner", "file").defer("file__sealed")
    return steps.order_by("pk")


def standing_is(standing: Standing, on: date) -> Q:
    """The condition that issues stand so on a day; the same as `Issue.standing`."""
    return {
        Standing.UNASSIGNED: Q(state=IssueState.OPEN, due=None),
        Standing.IN_HAND: Q(state=IssueState.OPEN, due__gte=on),
        Standing.OVERDUE: Q(state=IssueState.OPEN, due__lt=on),
        Standing.DONE_CLAIMED: Q(state=IssueState.DONE_CLAIMED),
        Standing.SETTLED: Q(state=IssueState.CLOSED),
    }[standing]


def ageing(issues: QuerySet[Issue], on: date) -> list[Bucket]:
    """How long those of ``issues`` that are not settled have waited on a day; in one statement."""
    counts: dict[str, Count] = {}
    for number, (first, last) in enumerate(BUCKETS):
        # Raised on the day `first` days ago or before, and after the day on which the bucket begins.
        aged = Q(raised_at__lt=_midnight(on - timedelta(days=first - 1)))
        if last is not None:
            aged &= Q(raised_at__gte=_midnight(on - timedelta(days=last)))
        counts[f"total{number}"] = Count("pk", filter=aged)
        for standing in (Standing.OVERDUE, Standing.UNASSIGNED, Standing.DONE_CLAIMED):
            counts[f"{standing}{number}"] = Count("pk", filter=aged & standing_is(standing, on))
    found = issues.exclude(state=IssueState.CLOSED).order_by().aggregate(**counts)
    return [
        Bucket(
            first,
            last,
            found[f"total{number}"],
            found[f"{Standing.OVERDUE}{number}"],
            found[f"{Standing.UNASSIGNED}{number}"],
            found[f"{Standing.DONE_CLAIMED}{number}"],
        )
        for number, (first, last) in enumerate(BUCKETS)
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY)


def able_to_act(unions: Iterable[int]) -> QuerySet[Person]:
    """The persons of some unions who can sign in: only they hear that something waits for them."""
    return people_within(unions).filter(account__is_active=True).order_by("name", "pk")


def nameable(unions: Iterable[int], meeting: Meeting) -> QuerySet[Person]:
    """Who can be named as present: the persons of some unions, and whoever is named already."""
    named = Q(meetings_attended__meeting=meeting)
    persons = Person.objects.filter(Q(union__among=unions, merged_into=None) | named).distinct()
    return persons.select_related("union")


def duties(account: Account, thing: Any) -> frozenset[str]:
    """The part that an account takes in an issue."""
    if isinstance(thing, Issue) and thing.owner_id is not None and thing.owner_id == account.person_id:
        return frozenset({OWNER})
    return frozenset()
