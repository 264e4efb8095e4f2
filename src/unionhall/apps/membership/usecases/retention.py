"""What is deleted when its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from unionhall.apps.membership.codes import ApplicationState
from unionhall.apps.membership.models import Application, PhoneCode, Reminder
from unionhall.apps.membership.usecases.collecting.exporting import purge_exports

DRAFTS = timedelta(days=30)
CODES = timedelta(days=1)
REMINDERS = timedelta(days=365)


def purge(*, at: datetime) -> int:
    """Delete drafts not sent within 30 days, codes of phones after a day, exported rolls after seven.

    Reminders go a year after their last try. Says how many rows went.

    A code serves for ten minutes; the day after that is for the limits of messages.
    """
    drafts = Application.objects.filter(state=ApplicationState.DRAFT, created_at__lt=at - DRAFTS)
    deleted, _by_table = drafts.delete()
    codes, _by_table = PhoneCode.objects.filter(sent_at__lt=at - CODES).delete()
    reminders, _by_table = Reminder.objects.filter(tried_at__lt=at - REMINDERS).delete()
    return deleted + codes + reminders + purge_exports(at=at)
