"""The roll: members found by name, phone or number, and one member's record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Prefetch, Q, QuerySet

from unionhall.apps.membership.codes import Standing
from unionhall.apps.membership.models import Engagement, Membership, MembershipEvent
from unionhall.apps.people.models import Particulars, Person
from unionhall.engines.identifiers import IdentifierError, normal_name, read_document, read_mobile
from unionhall.kernel import sealed


def members_within(unions: Iterable[int]) -> QuerySet[Membership]:
    """Memberships of some unions; of merged records only the one that holds on."""
    return (
        Membership.objects.filter(person__union__in=unions, person__merged_into=None)
        .exclude(standing=Standing.NONE)
        .select_related("person__employer", "union")
        .order_by("pk")
    )


def found(unions: Iterable[int], text: str, most: int = 50) -> list[Membership]:
    """Members whom one search box finds, within some unions, at most so many.

    What was typed says what it is: a whole identity number, a whole phone, the last four digits of one, a
    membership's number, or the beginning of a name.
    """
    words = text.strip()
    persons = _persons(words)
    if persons is None:
        rows = Membership.objects.filter(public_id=words.upper())
    else:
        rows = Membership.objects.filter(person__in=persons)
    within = frozenset(unions)
    picked = rows.select_related("person__employer", "person__union", "union").order_by("pk")[: 20 * most]
    return [one for one in picked if one.person.union_id in within and not one.person.merged_into_id][:most]


def _persons(words: str) -> QuerySet[Person] | None:
    if words.isdecimal() and len(words) == 4:
        tail = sealed.keyed_index(words, column="phone.tail")
        return Person.objects.filter(particulars__phone_tail_index=tail)
    for read, column in ((read_mobile, "phone"), (_number, "identity")):
        try:
            index = sealed.keyed_index(read(words), column=column)
        except IdentifierError:
            continue
        return Person.objects.filter(**{f"particulars__{column}_index": index})
    if len(words) == 12 and words.isascii():
        return None
    return Person.objects.filter(name_key__startswith=normal_name(words)) if words else Person.objects.none()


def _number(words: str) -> str:
    return read_document(words).number


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


def particulars_of(person: Person) -> Particulars | None:
    """A person's particulars, sealed as they are."""
    return Particulars.objects.filter(Q(person=person)).first()


def roll(unions: Iterable[int], batch: int = 2000) -> Iterator[Membership]:
    """All who stand on the rolls of some unions, with what an export tells; memory does not grow with them.

    Batches follow the key, so that no cursor and no transaction stays open while a file is written.
    """
    members = (
        Membership.objects.filter(
            union__in=list(unions),
            standing__in=(Standing.MEMBER, Standing.RETAINED),
            person__merged_into=None,
        )
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
