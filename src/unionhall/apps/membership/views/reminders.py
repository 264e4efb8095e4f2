"""What the house sent of its own accord, and what it could not send."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from unionhall.apps.membership import deadlines, queries, rules
from unionhall.apps.membership.tables import ReminderFilter, ReminderTable
from unionhall.apps.people.codes import PostRole
from unionhall.kernel import clock, sms
from unionhall.kernel.permissions import guard, reach_of
from unionhall.ui.lists import list_page


@guard(rules.sends_reminders)
def reminders(request: HttpRequest) -> HttpResponse:
    """The reminders of the last 30 days within an administrator's reach."""
    return list_page(
        request,
        queries.reminders.reminders_within(reach_of(request.user, PostRole.ADMINISTRATOR), clock.now()),
        ReminderTable,
        ReminderFilter,
        heading=_("Reminders"),
        name="reminders",
        template="membership/reminders.html",
        more={
            "sms": sms.gateway() is not None,
            "days": queries.reminders.SHOWN.days,
            "before": deadlines.DAYS_BEFORE,
            "hour": f"{deadlines.SEND_AFTER:%H:%M}",
        },
    )
