"""By when something is to be done, and when somebody is reminded of it; days of the city, in one place."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from unionhall.kernel.clock import CITY

# The union answers within this many days after an application has come in, or come back completed.
DAYS_TO_ACCEPT = 5
DAYS_TO_DECIDE = 30
# An applicant completes what was returned; an officer answers a wish for correction.
DAYS_TO_COMPLETE = 15
DAYS_TO_CORRECT = 15

# Reminders go out once a day, from this hour on: nobody's phone rings at night.
SEND_AFTER = time(9)
# A reminder that something is due soon; whoever has still not done it hears once more on the last day.
DAYS_BEFORE = 3
# News of a decision that could not be sent are tried again for so many days; later they would surprise.
DAYS_OF_NEWS = 7
# Messages in a day: so many to one phone, which a family may share, and so many in all.
OF_PHONE_A_DAY = 2
A_DAY = 2_000


def due_on(at: datetime, days: int) -> date:
    """The day, in the city, by which something is due."""
    return at.astimezone(CITY).date() + timedelta(days=days)
