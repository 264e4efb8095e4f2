"""The parts that accounts take in contests."""

from __future__ import annotations

from typing import Any

from unionhall.apps.contests.models import Contest, Duty, Entry, Stage
from unionhall.apps.contests.queries.contests import SENDING
from unionhall.apps.people.models import Account
from unionhall.apps.people.queries import reach
from unionhall.kernel import clock

ENTRANT = "ENTRANT"


def duties(account: Account, thing: Any) -> frozenset[str]:
    """An account's duties at a stage or contest, and ENTRANT when a union in its reach sent an entry."""
    if isinstance(thing, Contest):
        held = Duty.objects.filter(stage__contest=thing, account=account)
        entries = Entry.objects.filter(stage__contest=thing)
    elif isinstance(thing, Stage):
        held = Duty.objects.filter(stage=thing, account=account)
        entries = Entry.objects.filter(stage=thing)
    else:
        return frozenset()
    parts = set(held.values_list("role", flat=True))
    unions = reach(account, SENDING, clock.today())
    if unions and entries.filter(sent_by__in=unions).exists():
        parts.add(ENTRANT)
    return frozenset(parts)
