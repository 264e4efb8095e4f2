"""Whom the house reminds, of what, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from unionhall.apps.meetings.queries import waiting_for
from unionhall.apps.membership import deadlines
from unionhall.apps.membership.codes import ApplicationState, ReminderKind, ReminderState, WishState
from unionhall.apps.membership.models import Application, CorrectionWish, Reminder
from unionhall.apps.people.models import Account
from unionhall.kernel.clock import CITY

SHOWN = timedelta(days=30)
# The first version of the form whose consent names these messages.
CONSENT_TO_MESSAGES = 2


def midnight(on: date) -> datetime:
    """When a day of the city begins."""
    return datetime.combine(on, time(), CITY)


def for_applicants(kind: ReminderKind, on: date) -> QuerySet[Application]:
    """The applications whose applicants are to hear of it on a day and have not yet.

    Only over a phone that was shown to be the applicant's, and with a consent that names such messages.
    """
    returned = Q(state=ApplicationState.RETURNED)
    soon = on + timedelta(days=deadlines.DAYS_BEFORE)
    news = midnight(on - timedelta(days=deadlines.DAYS_OF_NEWS))
    about = {
        ReminderKind.LAST_DAY: returned & Q(due_on=on),
        ReminderKind.DUE_SOON: returned & Q(due_on__gt=on, due_on__lte=soon),
        ReminderKind.DECIDED: Q(
            state__in=(ApplicationState.APPROVED, ApplicationState.REFUSED), decision__at__gte=news
        ),
    }[kind]
    heard = Reminder.objects.filter(kind=kind, subject=OuterRef("public_id"))
    if kind != ReminderKind.DECIDED:
        # Returned once more, it is due on another day.
        heard = heard.filter(day=OuterRef("due_on"))
    return (
        Application.objects.filter(
            about,
            ~Exists(heard.exclude(state=ReminderState.FAILED)),
            confirmed_at__isnull=False,
            consent_version__gte=CONSENT_TO_MESSAGES,
            consent_withdrawn_at=None,
        )
        .select_related("decision", "union")
        .order_by("pk")
    )


def on_the_phone(phone_index: bytes, on: date) -> int:
    """How many messages went, or may have gone, to an applicants' phone on a day."""
    of_phone = Application.objects.filter(phone_index=phone_index).values("public_id")
    return _gone(on).filter(subject__in=of_phone).count()


def sent_on(on: date) -> int:
    """How many messages went, or may have gone, on a day."""
    return _gone(on).count()


def _gone(on: date) -> QuerySet[Reminder]:
    day = Q(tried_at__gte=midnight(on), tried_at__lt=midnight(on + timedelta(days=1)))
    return Reminder.objects.filter(day).exclude(state=ReminderState.FAILED)


def who_wants_digests(on: date) -> QuerySet[Account]:
    """The accounts that chose a daily message and have a phone on record, without those that had today's."""
    had = Reminder.objects.filter(kind=ReminderKind.DIGEST, subject=OuterRef("public_id"), day=on)
    return (
        Account.objects.filter(
            ~Exists(had.exclude(state=ReminderState.FAILED)),
            is_active=True,
            daily_message=True,
            person__particulars__phone_sealed__isnull=False,
        )
        .select_related("person__union", "person__particulars")
        .order_by("pk")
    )


class Waiting(NamedTuple):
    """How much of one sort is overdue, and how much is due within the next days."""

    overdue: int
    soon: int


class Digest(NamedTuple):
    """What waits for an officer; counts only."""

    to_accept: Waiting
    to_decide: Waiting
    wishes: Waiting
    issues: Waiting

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not any(overdue or soon for overdue, soon in self)


def digest(account: Account, kept: Iterable[int], on: date) -> Digest:
    """What is overdue or due soon: applications and wishes of the unions it keeps, and issues it owns."""
    until = on + timedelta(days=deadlines.DAYS_BEFORE)
    kept = list(kept)
    submitted, accepted = Q(state=ApplicationState.SUBMITTED), Q(state=ApplicationState.ACCEPTED)
    overdue, soon = Q(due_on__lt=on), Q(due_on__gte=on, due_on__lte=until)
    applications = Application.objects.filter(submitted | accepted, union__among=kept).aggregate(
        to_accept=Count("pk", filter=submitted & overdue),
        to_accept_soon=Count("pk", filter=submitted & soon),
        to_decide=Count("pk", filter=accepted & overdue),
        to_decide_soon=Count("pk", filter=accepted & soon),
    )
    # A wish is due so many days after it was made: made before one moment it is overdue, before another soon.
    late = midnight(on - timedelta(days=deadlines.DAYS_TO_CORRECT))
    near = midnight(until - timedelta(days=deadlines.DAYS_TO_CORRECT - 1))
    wishes = CorrectionWish.objects.filter(state=WishState.WAITING, person__union__among=kept).aggregate(
        overdue=Count("pk", filter=Q(made_at__lt=late)),
        soon=Count("pk", filter=Q(made_at__gte=late, made_at__lt=near)),
    )
    issues = waiting_for(account).aggregate(
        overdue=Count("pk", filter=Q(due__lt=on)),
        soon=Count("pk", filter=Q(due__gte=on, due__lte=until)),
    )
    return Digest(
        Waiting(applications["to_accept"], applications["to_accept_soon"]),
        Waiting(applications["to_decide"], applications["to_decide_soon"]),
        Waiting(**wishes),
        Waiting(**issues),
    )


def reminders_within(unions: Iterable[int], at: datetime) -> QuerySet[Reminder]:
    """The reminders of some unions in the last 30 days, the newest first."""
    rows = Reminder.objects.filter(union__among=unions, tried_at__gte=at - SHOWN)
    return rows.select_related("union").order_by("-tried_at", "-pk")
