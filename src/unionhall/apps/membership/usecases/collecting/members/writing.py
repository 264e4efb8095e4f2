"""Members made of good rows, a thousand at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from unionhall.apps.membership.codes import (
    EventKind,
    MatchKind,
    Occupation,
    Standing,
)
from unionhall.apps.membership.models import Engagement, Match, Membership, MembershipEvent
from unionhall.apps.membership.queries.ledger import Entry, Stand
from unionhall.apps.membership.usecases.collecting.members.reading import Told
from unionhall.apps.membership.usecases.collecting.verdicts import Verdict
from unionhall.apps.people.models import Account, Particulars, Person
from unionhall.apps.people.usecases import sealed_particulars
from unionhall.kernel import audit
from unionhall.kernel.models import AuditLine
from unionhall.kernel.permissions import Acting


def write_members(
    chosen: Sequence[Verdict], *, by: Acting, at: datetime, source: str, public_ids: Mapping[int, str]
) -> None:
    """Make members of good rows, with one audit line for each; ``public_ids`` are those of their unions."""
    persons = _persons(chosen)
    account = by if isinstance(by, Account) else None
    heads: list[Membership] = []
    known_heads: list[Membership] = []
    events: list[MembershipEvent] = []
    lines: list[AuditLine] = []
    moved: dict[int, list[int]] = defaultdict(list)
    for one in chosen:
        told: Told = one.told
        person, public_id = persons[one.row.number]
        stand = told.holder.stand if told.holder else Stand()
        entries = list(_entries(told, stand))
        for kind, union in entries:
            stand = stand.after(Entry(0, kind, union, told.on))
            events.append(
                MembershipEvent(
                    person_id=person,
                    kind=kind,
                    union_id=union,
                    on=told.on,
                    at=at,
                    reason=told.reason,
                    occupation=told.occupation if kind != EventKind.TRANSFER_OUT else "",
                    account=account,
                )
            )
        known = told.holder.head if told.holder else None
        head = known or Membership(person_id=person)
        (heads if known is None else known_heads).append(head)
        head.standing, head.union_id = stand.standing, stand.union
        head.since, head.joined_on = stand.since, stand.joined_on
        if told.holder:
            moved[told.union].append(person)
        lines.append(
            audit.line(
                by.actor,
                f"membership.{entries[-1][0].lower()}",
                head,
                at=at,
                refs={"person": public_id, "union": public_ids[told.union], "import": source},
            )
        )
    Membership.objects.bulk_create(heads)
    Membership.objects.bulk_update(known_heads, ["standing", "union", "since", "joined_on"])
    MembershipEvent.objects.bulk_create(events)
    for union, keys in moved.items():
        Person.objects.filter(pk__in=keys).update(union_id=union)
    _engage(chosen, persons)
    _bring_up(chosen, persons, at)
    audit.record_all(lines)


def _persons(chosen: Sequence[Verdict]) -> dict[int, tuple[int, str]]:
    """The person of each row: key and public id; those who are new are registered."""
    new = [one for one in chosen if one.told.holder is None]
    made = Person.objects.bulk_create(
        Person(
            name=one.told.name,
            union_id=one.told.union,
            employer_id=one.told.employer,
        )
        for one in new
    )
    Particulars.objects.bulk_create(
        sealed_particulars(
            person,
            identity=one.told.number,
            id_kind=one.told.kind,
            phone=one.told.phone,
            birth=one.told.birth,
            sex=one.told.sex,
        )
        for one, person in zip(new, made, strict=True)
    )
    persons = {
        one.row.number: (one.told.holder.person, one.told.holder.public_id)
        for one in chosen
        if one.told.holder is not None
    }
    return persons | {
        one.row.number: (person.pk, person.public_id) for one, person in zip(new, made, strict=True)
    }


def _entries(told: Told, stand: Stand) -> Iterable[tuple[EventKind, int]]:
    """The entries of the ledger that a row stands for: kind and union."""
    if stand.standing == Standing.MEMBER:
        assert stand.union is not None, "a member stands on a roll"
        yield EventKind.TRANSFER_OUT, stand.union
    yield (told.how if stand.standing == Standing.NONE else EventKind.TRANSFER_IN), told.union
    if told.standing == Standing.RETAINED:
        yield EventKind.RETAIN, told.union


def _engage(chosen: Sequence[Verdict], persons: dict[int, tuple[int, str]]) -> None:
    """Note what the members work as; work that was noted before ends."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for one in chosen:
        if one.told.holder is not None:
            by_day[one.told.on].append(one.told.holder.person)
    for on, keys in by_day.items():
        former = Engagement.objects.filter(person__in=keys, ends=None)
        former.filter(starts__lt=on).update(ends=on)
        former.delete()
    Engagement.objects.bulk_create(
        Engagement(
            person_id=persons[one.row.number][0],
            employment=one.told.employment,
            employer_id=one.told.employer,
            workplace=one.told.workplace,
            site=one.told.site,
            occupation=one.told.occupation or Occupation.OTHER,
            starts=one.told.on,
        )
        for one in chosen
    )


def _bring_up(chosen: Sequence[Verdict], persons: dict[int, tuple[int, str]], at: datetime) -> None:
    """Put likely doubles before an officer."""
    pairs: dict[tuple[int, int], MatchKind] = {}
    for one in chosen:
        own = persons[one.row.number][0]
        likely = dict(one.told.likely)
        if one.told.likely_row in persons:
            likely[persons[one.told.likely_row][0]] = MatchKind.PHONE
        pairs |= {(min(own, other), max(own, other)): kind for other, kind in likely.items()}
    Match.objects.bulk_create(
        (
            Match(first_id=first, second_id=second, kind=kind, found_at=at)
            for (first, second), kind in pairs.items()
        ),
        ignore_conflicts=True,
    )
