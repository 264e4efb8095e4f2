"""Who holds which post and what it opens; persons, found by what is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from unionhall.apps.orgs.queries import subtree, under
from unionhall.apps.people.codes import PostRole, SealedColumn
from unionhall.apps.people.models import Account, Particulars, Person, Post, Reveal
from unionhall.engines.identifiers import IdentifierError, masked, normal_name, read_mobile
from unionhall.engines.identifiers.typed import plain
from unionhall.kernel import clock
from unionhall.kernel.audit import Actor
from unionhall.kernel.ids import ALPHABET, LENGTH
from unionhall.kernel.sealed import UnsealError, keyed_index, unseal

# Whose posts open particulars, masked or whole.
HANDLERS = (PostRole.ADMINISTRATOR, PostRole.OFFICER)
MOST = 50
FEW_UNIONS, FIRST_NAMES = 100, (100, 1_000)


def present_posts(person: Person, on: date) -> QuerySet[Post]:
    """A person's posts on a day."""
    return person.posts.filter(Q(ends=None) | Q(ends__gt=on), starts__lte=on).select_related("union")


def holds_post(account: Account, roles: tuple[str, ...], on: date) -> bool:
    """Whether the account's person holds a present post with one of ``roles``; without roles any counts."""
    if account.person is None:
        return False
    posts = present_posts(account.person, on)
    return (posts.filter(role__in=roles) if roles else posts).exists()


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


def reaches(account: Account, roles: tuple[str, ...], union: int, on: date) -> bool:
    """Whether a union (key) is within `reach`, without walking through all of it."""
    if account.person is None:
        return False
    posts = present_posts(account.person, on)
    if roles:
        posts = posts.filter(role__in=roles)
    return bool(under([union], posts.values_list("union_id", flat=True), on))


def people_within(unions: Iterable[int]) -> QuerySet[Person]:
    """The persons of some unions; one that was merged into another is not shown beside it."""
    persons = Person.objects.filter(union__among=unions, merged_into=None)
    return persons.select_related("union", "employer").order_by("pk")


def account_of(actor: Actor) -> Account:
    """The account that an actor stands for."""
    return Account.objects.select_related("person").get(public_id=actor.id)


class Kept(NamedTuple):
    """A sealed value as it is shown: masked, or empty with the reason why it does not open."""

    column: SealedColumn
    masked: str
    broken: str = ""


def kept(person: Person) -> list[Kept]:
    """What is kept sealed about a person."""
    held: Particulars | None = getattr(person, "particulars", None)
    values = [(column, held and sealed_value(held, column)) for column in SealedColumn]
    return [_kept(person, column, value) for column, value in values if value]


def sealed_value(held: Particulars, column: SealedColumn) -> bytes | None:
    """What is stored in a column."""
    value = held.identity_sealed if column == SealedColumn.IDENTITY else held.phone_sealed
    return bytes(value) if value else None


def bound_to(column: SealedColumn) -> str:
    """The name under which a column is sealed."""
    return f"person.{column.lower()}"


def phone_of(person: Person) -> str:
    """A person's phone, opened for the house to send a message to; raises UnsealError. No page shows it."""
    sealed = bytes(person.particulars.phone_sealed or b"")
    return unseal(sealed, row=person.public_id, column=bound_to(SealedColumn.PHONE))


def _kept(person: Person, column: SealedColumn, value: bytes) -> Kept:
    try:
        return Kept(column, masked(unseal(value, row=person.public_id, column=bound_to(column))))
    except UnsealError as error:
        return Kept(column, "", error.code)


class Found(NamedTuple):
    """Persons that one search box found, with what is kept of those whose particulars may be seen.

    ``by`` says what the text was taken for: NAME, PHONE, TAIL or NUMBER. ``more`` when there are others.
    """

    by: str
    rows: list[tuple[Person, list[Kept]]]
    more: bool = False


def found(account: Account, text: str) -> Found:
    """At most so many persons within the account's reach whom a text finds; its shape says what it is.

    A whole phone, its last four digits, a whole identity number, a register number, a name or its beginning.
    By phone and identity number only those whose particulars the account handles.
    """
    matched = matching(account, text)
    persons = Person.objects.select_related("union", "employer", "particulars").filter(pk__in=matched.keys)
    rows = list(persons.order_by("name_key", "pk"))
    handled = matched.handled(one.union_id for one in rows)
    return Found(
        matched.by, [(one, kept(one) if one.union_id in handled else []) for one in rows], matched.more
    )


class Matched(NamedTuple):
    """The keys of those whom a text finds, the first by name; ``more`` when there are others.

    ``handling`` are the unions (keys) whose posts let the account handle particulars, there and below.
    """

    by: str
    keys: list[int]
    handling: frozenset[int]
    more: bool = False

    def handled(self, unions: Iterable[int | None]) -> frozenset[int]:
        """Of some unions those whose particulars the account handles."""
        return under(_known(unions), self.handling, clock.today())


def matching(account: Account, text: str) -> Matched:
    """As `found`, for a capability that shows rows of its own for these persons."""
    by, index = _taken_for(text)
    key = normal_name(text)
    if not key or account.person is None:
        return Matched(by, [], frozenset())
    posts = list(present_posts(account.person, clock.today()))
    handling = frozenset(post.union_id for post in posts if post.role in HANDLERS)
    tops = frozenset(post.union_id for post in posts) if by in ("NAME", "NUMBER") else handling
    typed = plain(text)
    wanted = Q(name_key__gte=key, name_key__lt=key + chr(0x10FFFF)) if by == "NAME" else Q(pk__in=())
    if index:
        holders = list(Particulars.objects.filter(**index).values_list("person_id", "person__union_id"))
        handled = under(_known(union for _person, union in holders), handling, clock.today())
        wanted = Q(pk__in=[person for person, union in holders if union in handled])
    if len(typed) == LENGTH and set(typed) <= set(ALPHABET):
        wanted |= Q(public_id=typed)
    keys = _first(Person.objects.filter(wanted, merged_into=None).order_by("name_key", "pk"), tops)
    return Matched(by, keys[:MOST], handling, len(keys) > MOST)


def _known(unions: Iterable[int | None]) -> set[int]:
    return {union for union in unions if union is not None}


def _first(persons: QuerySet[Person], tops: frozenset[int]) -> list[int]:
    """Keys of the first persons who are of some unions or those below them: one more than are shown.

    A city's officer reaches tens of thousands of unions, which takes longer to find out than whether the
    first names that fit are of any of them. Only when too few are is the whole reach told to the database.
    """
    day = clock.today()
    reach = subtree(tops, day, FEW_UNIONS + 1)
    if len(reach) > FEW_UNIONS:
        for most in FIRST_NAMES:
            names = list(persons.values_list("pk", "union_id")[:most])
            within = under(_known(union for _key, union in names), tops, day)
            keys = [key for key, union in names if union in within]
            if len(keys) > MOST or len(names) < most:
                return keys[: MOST + 1]
        reach = subtree(tops, day)
    return list(persons.filter(union__among=reach).values_list("pk", flat=True)[: MOST + 1])


def _taken_for(text: str) -> tuple[str, dict[str, bytes | bool]]:
    """What a text in the search box is, and the index that finds it."""
    typed = plain(text)
    if re.fullmatch(r"[0-9]{4}", typed):
        return "TAIL", {"phone_tail_index": keyed_index(typed, column="phone.tail")}
    try:
        return "PHONE", {"phone_index": keyed_index(read_mobile(text), column="phone")}
    except IdentifierError:
        pass
    if re.fullmatch(r"[0-9A-Z]{5,20}", typed) and re.search(r"[0-9]", typed):
        # The index covers those that hold on only, and must be asked for by its own condition.
        return "NUMBER", {"identity_index": keyed_index(typed, column="identity"), "superseded": False}
    return "NAME", {}


def reveals(person: Person) -> QuerySet[Reveal]:
    """Who opened what of a person's particulars, the newest first."""
    return person.reveals.select_related("account__person").order_by("-pk")
