"""The roll: members found by name, phone or number, and one member's record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Prefetch, Q, QuerySet

from unionhall.apps.membership.codes import Standing
from unionhall.apps.membership.models import Engagement, Membership, MembershipEvent
from unionhall.apps.membership.queries import ledger
from unionhall.apps.people import queries as people
from unionhall.apps.people.models import Account, Person


def members_within(unions: Iterable[int]) -> QuerySet[Membership]:
    """Memberships of some unions; of merged records only the one that holds on."""
    return (
        Membership.objects.filter(person__union__among=unions, person__merged_into=None)
        .exclude(standing=Standing.NONE)
        .select_related("person__employer", "union")
        .order_by("pk")
    )


class Found(NamedTuple):
    """Members whom the search box found, by name; ``more`` when there are persons who were not looked at."""

    rows: list[Membership]
    more: bool = False


def found(account: Account, text: str) -> Found:
    """Members within the account's reach whom the search box finds: those among the first persons by name.

    What may be typed is what finds a person (`people.queries.matching`), or a membership's own number.
    """
    matched = people.matching(account, text)
    named = Q(person__in=matched.keys) | Q(public_id=text.strip().upper())
    told = Membership.objects.select_related("person__employer", "person__union", "union")
    rows = list(told.filter(named, person__merged_into=None))
    handled = matched.handled(one.person.union_id for one in rows)
    shown = [one for one in rows if one.person.union_id in handled]
    return Found(sorted(shown, key=lambda one: (one.person.name_key, one.person_id)), matched.more)


def entries(person: Person) -> QuerySet[MembershipEvent]:
    """A person's entries in the ledger, the newest first, with whatever corrected them."""
    return (
        MembershipEvent.objects.filter(person=person)
        .select_related("union", "account__person", "corrects", "application", "corrected_by")
        .order_by("-pk")
    )


def engagements(person: Person) -> QuerySet[Engagement]:
    """What a person worked as, the newest first."""
    return Engagement.objects.filter(person=person).select_related("employer").order_by("-starts", "-pk")


def present_work(person: Person) -> Engagement | None:
    """What a person works as now."""
    return engagements(person).filter(ends=None).first()


def last_in_force(person: Person) -> MembershipEvent | None:
    """The last entry that counts, which alone can be corrected."""
    counting = ledger.in_force(ledger.entries_of(person))
    return MembershipEvent.objects.get(pk=counting[-1].key) if counting else None


def on_roll(unions: Iterable[int]) -> QuerySet[Membership]:
    """All who stand on the rolls of some unions; of merged records only the one that holds on."""
    return Membership.objects.filter(
        union__among=unions,
        standing__in=(Standing.MEMBER, Standing.RETAINED),
        person__merged_into=None,
    )


def roll(unions: Iterable[int], batch: int = 2000) -> Iterator[Membership]:
    """Those on the rolls of some unions, with what an export tells; memory does not grow with them.

    Batches follow the key, so that no cursor and no transaction stays open while a file is written.
    """
    members = (
        on_roll(unions)
        .select_related("person__particulars", "union")
        .prefetch_related(
            Prefetch(
                "person__engagements",
                Engagement.objects.filter(ends=None).select_related("employer"),
                to_attr="present_work",
            )
        )
        .order_by("pk")
    )
    last = 0
    while found := list(members.filter(pk__gt=last)[:batch]):
        yield from found
        last = found[-1].pk
