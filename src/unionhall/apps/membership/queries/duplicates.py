"""Records that may be one person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import combinations

from django.db.models import Count, Q, QuerySet

from unionhall.apps.membership.codes import MatchKind, MatchState
from unionhall.apps.membership.models import Match
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.models import Particulars, Person
from unionhall.kernel.clock import CITY

# A group larger than this is an entry in a register gone wrong (a default phone), not one person.
LARGEST = 6


def holder_of(identity_index: bytes) -> Person | None:
    """The person who holds an identity number, by its keyed index.

    The number of a record that was merged into another one is still that person's.
    """
    if not identity_index:
        return None
    held = Person.objects.select_related("union", "merged_into", "membership")
    own = held.filter(particulars__identity_index=identity_index, particulars__superseded=False).first()
    # Merged records are few, and found by that: no index over all numbers has to hold them too.
    person = own or held.filter(merged_into__isnull=False, particulars__identity_index=identity_index).first()
    while person is not None and person.merged_into is not None:
        person = held.get(pk=person.merged_into.pk)
    return person


def likely_pairs(union: Union, at: datetime) -> dict[tuple[int, int], MatchKind]:
    """Pairs of records (keys, the lower first) under a union that share phone and name, or name, birthday and
    employer. An identity number is held once, so that two records cannot share it.
    """
    unions = subtree([union.pk], at.astimezone(CITY).date())
    held = Particulars.objects.filter(person__union__among=unions, superseded=False, person__merged_into=None)
    found: dict[tuple[int, int], MatchKind] = {}
    for kind, shared in (
        (MatchKind.NAME_BIRTH_EMPLOYER, ("person__name", "birth", "person__employer")),
        (MatchKind.PHONE, ("person__name", "phone_index")),
    ):
        told = held.exclude(**{f"{shared[1]}__isnull": True})
        groups = told.values(*shared).annotate(n=Count("pk")).filter(n__gt=1, n__lte=LARGEST).order_by()
        for group in groups.iterator():
            same = {name: group[name] for name in shared}
            keys = sorted(told.filter(**same).values_list("person_id", flat=True))
            found |= dict.fromkeys(combinations(keys, 2), kind)
    return found


def matches_within(unions: Iterable[int], state: MatchState) -> QuerySet[Match]:
    """Pairs in a state of which at least one record stands under some unions."""
    keys = list(unions)
    return (
        Match.objects.filter(Q(first__union__among=keys) | Q(second__union__among=keys), state=state)
        .select_related(
            "first__union",
            "second__union",
            "first__employer",
            "second__employer",
            "first__membership",
            "second__membership",
            "kept__union",
        )
        .order_by("pk")
    )
