"""Members on their own pages: who belongs to a phone, the card, and where the union is to be met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from unionhall.apps.membership.codes import PENDING, SessionState, Standing, WishField, WishState
from unionhall.apps.membership.models import Application, CorrectionWish, Membership, OutreachSession
from unionhall.apps.membership.queries import rolls
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import line_of_command
from unionhall.apps.people.codes import IdentityKind, SealedColumn
from unionhall.apps.people.models import Particulars, Person
from unionhall.apps.people.queries import bound_to, sealed_value
from unionhall.engines.identifiers import masked, normal_name
from unionhall.kernel import sealed
from unionhall.kernel.clock import CITY

VALID = (Standing.MEMBER, Standing.RETAINED, Standing.MOVING)
TAIL = 4


def of_phone(phone_index: bytes) -> list[Person]:
    """The persons who are registered with a phone; several when a family shares one."""
    return list(
        Person.objects.filter(
            particulars__phone_index=phone_index, particulars__superseded=False, merged_into=None
        )
        .select_related("particulars")
        .order_by("pk")
    )


def told_apart(persons: Iterable[Person], text: str) -> Person | None:
    """The one whom a whole name, or the last four characters of the number, names; None unless just one."""
    words = text.strip()
    fitting = [
        person
        for person in persons
        if words
        and (
            person.name_key == normal_name(words)
            or (len(words) == TAIL and number_of(person)[-TAIL:] == words.upper())
        )
    ]
    return fitting[0] if len(fitting) == 1 else None


def number_of(person: Person) -> str:
    """A person's identity number, opened; empty when none is known."""
    return _opened(person, SealedColumn.IDENTITY)


def birth_in_number(person: Person) -> bool:
    """Whether the identity number says when the person was born, so that nobody can write it otherwise."""
    held: Particulars | None = getattr(person, "particulars", None)
    return held is not None and held.id_kind == IdentityKind.ID_CARD


def phone_number_of(person: Person) -> str:
    """A person's phone, opened; empty when none is known."""
    return _opened(person, SealedColumn.PHONE)


def _opened(person: Person, column: SealedColumn) -> str:
    held: Particulars | None = getattr(person, "particulars", None)
    value = held and sealed_value(held, column)
    return sealed.unseal(value, row=person.public_id, column=bound_to(column)) if value else ""


def present(public_id: str) -> Person | None:
    """Somebody on the register, by public id; a record that was merged into another lets nobody in."""
    return (
        Person.objects.filter(public_id=public_id, merged_into=None)
        .select_related("union", "employer", "particulars", "membership__union")
        .first()
    )


def membership_of(person: Person) -> Membership | None:
    """A person's membership, unless nothing was ever written into the ledger."""
    held: Membership | None = getattr(person, "membership", None)
    return held if held and held.standing != Standing.NONE else None


def workplace_of(person: Person) -> str:
    """Where a person works: the employer on the register, or else as it was written; empty when unknown."""
    if person.employer:
        return person.employer.name
    work = rolls.present_work(person)
    return work.workplace if work else ""


def present_value(person: Person, field: WishField) -> str:
    """What the record says now of something that can be corrected; a phone masked."""
    held: Particulars | None = getattr(person, "particulars", None)
    said = {
        WishField.NAME: person.name,
        WishField.PHONE: masked(phone_number_of(person)),
        WishField.BIRTH: held.birth.isoformat() if held and held.birth else "",
        WishField.EMPLOYER: workplace_of(person),
    }
    return said[field]


def applications_of(person: Person) -> QuerySet[Application]:
    """A person's own applications, the newest first: made into this record, or with the same number."""
    held: Particulars | None = getattr(person, "particulars", None)
    own = Q(person=person)
    if held and held.identity_index:
        own |= Q(identity_index=bytes(held.identity_index))
    return (
        Application.objects.filter(own)
        .select_related("union", "employer", "source__session", "attribution")
        .prefetch_related("steps")
        .order_by("-pk")
    )


def pending_of(person: Person) -> QuerySet[Application]:
    """A person's applications that still wait for somebody."""
    return applications_of(person).filter(state__in=PENDING)


@dataclass(frozen=True)
class Card:
    """What a membership card says of itself to whoever checks it."""

    valid: bool
    name: str = ""
    union: Union | None = None
    membership: Membership | None = None


def card(membership: Membership) -> Card:
    """A card as strangers may see it. One printed for a record that was merged since stands for the other."""
    while (kept := membership.person.merged_into) is not None:
        following = (
            Membership.objects.select_related("union", "person__merged_into").filter(person=kept).first()
        )
        if following is None:
            return Card(valid=False)
        membership = following
    if membership.standing not in VALID:
        return Card(valid=False)
    return Card(True, masked_name(membership.person.name), membership.union, membership)


def masked_name(name: str) -> str:
    """A name as strangers may see it: the first character, and the last of three or more."""
    last = name[-1] if len(name) > 2 else ""
    return f"{name[:1]}{'*' * (len(name) - 1 - len(last))}{last}"


def unions_of(person: Person, at: datetime) -> list[Union]:
    """A person's union and those above it, the nearest first."""
    if person.union is None:
        return []
    return [person.union, *line_of_command(person.union, at.astimezone(CITY).date())]


def coming_sessions(unions: Iterable[Union], at: datetime, most: int = 10) -> QuerySet[OutreachSession]:
    """Where unions can be met next."""
    return (
        OutreachSession.objects.filter(union__in=list(unions), state=SessionState.PLANNED)
        .filter(Q(starts_at__gte=at) | Q(ends_at__gte=at))
        .select_related("union")
        .order_by("starts_at", "pk")[:most]
    )


def wishes_of(person: Person) -> QuerySet[CorrectionWish]:
    """What a person asked to have corrected, the newest first."""
    return CorrectionWish.objects.filter(person=person).order_by("-pk")


def wishes_within(unions: Iterable[int]) -> QuerySet[CorrectionWish]:
    """Wishes of persons of some unions; those that await an answer first, the oldest on top."""
    return (
        CorrectionWish.objects.filter(person__union__among=unions)
        .select_related("person__union", "decided_by__person")
        .order_by("decided_at", "made_at", "pk")
    )


def open_wish(person: Person, field: str) -> CorrectionWish | None:
    """The wish about a field that awaits an answer."""
    return CorrectionWish.objects.filter(person=person, field=field, state=WishState.WAITING).first()
