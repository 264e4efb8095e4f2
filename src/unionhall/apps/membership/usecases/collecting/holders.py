"""Who holds the identity numbers of a form's rows, as far as the rows hang on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from unionhall.apps.membership.codes import (
    Standing,
)
from unionhall.apps.membership.models import Engagement, Membership
from unionhall.apps.membership.queries.ledger import Stand
from unionhall.apps.people.models import Particulars


@dataclass(slots=True)
class Holder:
    """The person who holds an identity number, as far as a row hangs on it."""

    person: int
    public_id: str
    name_key: str
    phone_index: bytes | None
    head: Membership | None = None
    work: tuple[Any, ...] | None = None

    @property
    def stand(self) -> Stand:
        """Where the person stands."""
        if self.head is None:
            return Stand()
        return Stand(Standing(self.head.standing), self.head.union_id, self.head.since, self.head.joined_on)


def holders_of(identities: Sequence[bytes], *, lock: bool) -> dict[bytes, Holder]:
    """Those who hold some identity numbers, with where they stand and what they work as."""
    held = Particulars.objects.filter(identity_index__in=identities, superseded=False).values_list(
        "identity_index", "phone_index", "person_id", "person__public_id", "person__name_key"
    )
    found = {
        bytes(identity or b""): Holder(person, public_id, name_key, bytes(phone) if phone else None)
        for identity, phone, person, public_id, name_key in held
    }
    by_person = {holder.person: holder for holder in found.values()}
    if not by_person:
        return found
    heads = Membership.objects.filter(person__in=by_person).order_by("pk")
    for head in heads.select_for_update() if lock else heads:
        by_person[head.person_id].head = head
    work = Engagement.objects.filter(person__in=by_person, ends=None).values_list(
        "person_id", "employment", "employer_id", "workplace", "site", "occupation"
    )
    for person, *told in work:
        by_person[person].work = tuple(told)
    return found


def merged_among(identities: Sequence[bytes]) -> set[bytes]:
    """Numbers of records that were merged into others; the person is known by the number that holds on."""
    held = Particulars.objects.filter(
        person__merged_into__isnull=False, superseded=True, identity_index__in=identities
    )
    return {bytes(index or b"") for index in held.values_list("identity_index", flat=True)}
