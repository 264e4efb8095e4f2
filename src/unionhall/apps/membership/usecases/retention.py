"""What is deleted when its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from unionhall.apps.membership.codes import ApplicationState
from unionhall.apps.membership.models import Application, PhoneCode
from unionhall.apps.membership.usecases.collecting.exporting import purge_exports

DRAFTS = timedelta(days=30)
CODES = timedelta(days=1)


def purge(*, at: datetime) -> int:
    """Delete drafts that were not sent within 30 days, codes of phones a day after, and exported rolls seven.

    How many rows that were.

    A code serves for ten minutes; the day after that is for the limits of messages.
    """
    drafts = Application.objects.filter(state=ApplicationState.DRAFT, created_at__lt=at - DRAFTS)
    deleted, _by_table = drafts.delete()
    codes, _by_table = PhoneCode.objects.filter(sent_at__lt=at - CODES).delete()
    return deleted + codes + purge_exports(at=at)
