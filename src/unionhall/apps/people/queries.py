"""Who holds which post, and what it opens."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.models import Account, Person, Post


def present_posts(person: Person, on: date) -> QuerySet[Post]:
    """A person's posts on a day."""
    return person.posts.filter(Q(ends=None) | Q(ends__gt=on), starts__lte=on).select_related("union")


def reach(account: Account, roles: tuple[str, ...], on: date) -> frozenset[int]:
    """Keys of the unions at or under those in which the account's person holds one of ``roles``."""
    if account.person is None:
        return frozenset()
    unions = present_posts(account.person, on).filter(role__in=roles).values_list("union_id", flat=True)
    return subtree(unions, on)
