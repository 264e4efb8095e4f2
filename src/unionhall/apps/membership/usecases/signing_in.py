"""A worker comes to the own page: the phone and a code, and where several share a phone, which of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from unionhall.apps.membership import queries
from unionhall.apps.membership.usecases import confirmation
from unionhall.apps.people.models import Person
from unionhall.kernel import audit
from unionhall.kernel.audit import Actor
from unionhall.kernel.refusals import Refusal

# Without a step for so long the page asks for a code again.
IDLE = timedelta(minutes=30)


def member(person: Person) -> Actor:
    """How somebody who acts on the own page stands in the trail."""
    return Actor("MEMBER", person.public_id)


def persons_of_code(*, at: datetime, phone: str, code: str) -> list[Person]:
    """The persons to whom a phone's code opens the page: nobody, one, or all who share the phone.

    Refused with MEMBER_CODE for whatever is wrong with the code, so that nobody learns whether an officer
    handed one out, and to whom.
    """
    try:
        used = confirmation.use_code(at=at, phone=phone, code=code, desk=True)
    except Refusal as refusal:
        raise Refusal("MEMBER_CODE") from refusal
    persons = queries.members.of_phone(bytes(used.phone_index))
    return [one for one in persons if used.person_id in (None, one.pk)]


@transaction.atomic
def enter(*, at: datetime, person: Person) -> None:
    """Note that somebody came in."""
    audit.record(member(person), "member.sign_in", person, at=at)


@transaction.atomic
def choose(*, at: datetime, persons: Sequence[Person], told: str) -> Person:
    """Of those who share a phone the one who is told by name or by the last four characters of the number.

    Refused with MEMBER_WHO unless that fits just one.
    """
    person = queries.members.told_apart(persons, told)
    if person is None:
        raise Refusal("MEMBER_WHO")
    audit.record(member(person), "member.sign_in", person, at=at)
    return person
