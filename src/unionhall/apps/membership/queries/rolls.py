"""The roll: members found by name, phone or number, and one member's record."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from unionhall.apps.membership.codes import Standing
from unionhall.apps.membership.models import Engagement, Membership, MembershipEvent
from unionhall.apps.membership.queries import ledger
from unionhall.apps.orgs.queries import of_unions
from unionhall.apps.people.models import Particulars, Person
from unionhall.engines.identifiers import IdentifierError, normal_name, read_document, read_mobile
from unionhall.kernel import sealed
from unionhall.kernel.ids import LENGTH


def members_within(unions: Iterable[int]) -> QuerySet[Membership]:
    """Memberships of some unions; of merged records only the one that holds on."""
    return (
        Membership.objects.filter(person__union__in=unions, person__merged_into=None)
        .exclude(standing=Standing.NONE)
        .select_related("person__employer", "union")
        .order_by("pk")
    )


def found(unions: Iterable[int], text: str, most: int = 50) -> list[Membership]:
    """Members whom one search box finds, within some unions, at most so many, by name.

    What was typed says what it is: a whole identity number, a whole phone, the last four digits of one, a
    membership's number, or the beginning of a name; whoever has exactly that name comes first.
    """
    words = text.strip()
    within = frozenset(unions)
    rows = Membership.objects.filter(person__merged_into=None).select_related(
        "person__employer", "person__union", "union"
    )
    sealed_as = _sealed_as(words)
    if sealed_as is not None:
        # A few hundred at most in a city: whose they are is looked at here, not by the database.
        held = Particulars.objects.filter(**sealed_as).values_list("person", "person__union")
        return _by_name(rows.filter(person__in=[one for one, union in held if union in within][:most]))
    if len(words) == LENGTH and words.isascii():
        return [one for one in rows.filter(public_id=words.upper()) if one.person.union_id in within]
    name = normal_name(words)
    if not name:
        return []
    rows = rows.filter(of_unions("person__union", within))
    exact = _by_name(rows.filter(person__name_key=name)[:most])
    # Not sorted by the database: it would have to read everybody whose name begins so, and not some.
    longer = rows.filter(person__name_key__startswith=name).exclude(person__name_key=name)
    return exact + _by_name(longer[: most - len(exact)])


def _by_name(rows: Iterable[Membership]) -> list[Membership]:
    return sorted(rows, key=lambda one: (one.person.name_key, one.pk))


def _sealed_as(words: str) -> dict[str, bytes | bool] | None:
    """The keyed index under which a phone, the end of one, or an identity number is found."""
    if words.isdecimal() and len(words) == 4:
        return {"phone_tail_index": sealed.keyed_index(words, column="phone.tail")}
    for read, column in ((read_mobile, "phone"), (_number, "identity")):
        try:
            index = sealed.keyed_index(read(words), column=column)
        except IdentifierError:
            continue
        return {f"{column}_index": index, "superseded": False}
    return None


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
