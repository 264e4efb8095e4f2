"""Who holds which post, and what it opens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.models import Account, Person, Post
from unionhall.kernel.audit import Actor


def present_posts(person: Person, on: date) -> QuerySet[Post]:
    """A person's posts on a day."""
    return person.posts.filter(Q(ends=None) | Q(ends__gt=on), starts__lte=on).select_related("union")


def reach(account: Account, roles: tuple[str, ...], on: date) -> frozenset[int]:
    """Keys of the unions at or under those in which the account's person holds one of ``roles``.

    Without roles any post opens its union.
    """
    if account.person is None:
        return frozenset()
    posts = present_posts(account.person, on)
    if roles:
        posts = posts.filter(role__in=roles)
    return subtree(posts.values_list("union_id", flat=True), on)


def people_within(unions: Iterable[int]) -> QuerySet[Person]:
    """The persons of some unions; one that was merged into another is not shown beside it."""
    persons = Person.objects.filter(union__in=unions, merged_into=None)
    return persons.select_related("union", "employer").order_by("pk")


def account_of(actor: Actor) -> Account:
    """The account that an actor stands for."""
    return Account.objects.select_related("person").get(public_id=actor.id)
