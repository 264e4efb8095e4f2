"""The parts that accounts take in contests."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from unionhall.apps.contests.models import Contest, Duty, Entry, Juror, Stage
from unionhall.apps.contests.queries.contests import SENDING
from unionhall.apps.membership.queries.kept import Item, Section
from unionhall.apps.people.models import Account, Person
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
    if unions and entries.filter(sent_by__among=unions).exists():
        parts.add(ENTRANT)
    return frozenset(parts)


def kept_of(person: Person) -> list[Section]:
    """What contests keep of a person: speeches, jury seats and duties, for the person's own page."""
    parts = [
        (one.stage, _("Speech"), one.title)
        for one in Entry.objects.filter(person=person).select_related("stage__contest").order_by("pk")
    ]
    parts += [
        (one.jury.stage, _("Juror"), one.label)
        for one in Juror.objects.filter(person=person).select_related("jury__stage__contest").order_by("pk")
    ]
    parts += [
        (one.stage, _("Duty"), str(one.get_role_display()))
        for one in Duty.objects.filter(account__person=person).select_related("stage__contest").order_by("pk")
    ]
    records = [
        [
            Item("contest", _("Contest"), f"{stage.contest.name} · {stage.name}"),
            Item("part", _("Part"), part),
            Item("what", _("What"), what),
        ]
        for stage, part, what in parts
    ]
    return [Section("CONTESTS", _("Contests"), records)]
