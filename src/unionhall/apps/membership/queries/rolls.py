"""The roll: members found by name, phone or number, and one member's record."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from unionhall.apps.membership.codes import Standing
from unionhall.apps.membership.models import Engagement, Membership, MembershipEvent
from unionhall.apps.membership.queries import ledger
from unionhall.apps.people.models import Person
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


def last_in_force(person: Person) -> MembershipEvent | None:
    """The last entry that counts, which alone can be corrected."""
    counting = ledger.in_force(ledger.entries_of(person))
    return MembershipEvent.objects.get(pk=counting[-1].key) if counting else None
