"""Adding to the membership ledger: joined once, it follows the job. Nothing is ever changed or taken out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from unionhall.apps.membership import queries, rules
from unionhall.apps.membership.codes import Employment, EventKind, Occupation, Standing
from unionhall.apps.membership.models import Application, Engagement, Membership, MembershipEvent
from unionhall.apps.membership.queries.ledger import Entry, Stand
from unionhall.apps.membership.usecases.engaging import engage
from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.people.codes import IdentityKind
from unionhall.apps.people.models import Account, Person
from unionhall.engines.identifiers import IdentifierError, read_document
from unionhall.kernel import audit, sealed
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal


def add_entry(
    *,
    by: Acting,
    at: datetime,
    person: Person,
    kind: EventKind,
    union: Union,
    on: date,
    reason: str = "",
    application: Application | None = None,
    occupation: str = "",
) -> MembershipEvent:
    """Write one entry and move the head; the caller has asked for permission and holds the transaction.

    Refused with LEDGER_ORDER when it may not follow on where the person stands, LEDGER_DATE when it would
    count before the entry that stands last or in the future.
    """
    head = _locked_head(person)
    stand = Stand(Standing(head.standing), head.union_id, head.since, head.joined_on)
    if on > at.astimezone(CITY).date() or (stand.since and on < stand.since):
        raise Refusal("LEDGER_DATE", since=stand.since.isoformat() if stand.since else "")
    try:
        after = stand.after(Entry(0, kind, union.pk, on))
    except ValueError as error:
        raise Refusal("LEDGER_ORDER", name=person.name, standing=stand.standing) from error
    event = MembershipEvent.objects.create(
        person=person,
        kind=kind,
        union=union,
        on=on,
        at=at,
        reason=reason,
        application=application,
        occupation=occupation,
        account=by if isinstance(by, Account) else None,
    )
    _move(head, after)
    audit.record(
        by.actor,
        f"membership.{kind.lower()}",
        head,
        at=at,
        refs={"person": person.public_id, "union": union.public_id},
    )
    return event


def _locked_head(person: Person) -> Membership:
    # The person first: a merge holds both persons, so that neither moves while it looks where they stand.
    held = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if held.merged_into_id is not None:
        raise Refusal("LEDGER_MERGED", name=held.name)
    Membership.objects.get_or_create(person=held)
    return Membership.objects.select_for_update().get(person=held)


def _fresh(membership: Membership) -> Membership:
    """The membership as it is now, held: a page may be older than what another officer wrote."""
    return _locked_head(membership.person)


def _move(head: Membership, after: Stand) -> None:
    head.standing, head.union_id = after.standing, after.union
    head.since, head.joined_on = after.since, after.joined_on
    head.save(update_fields=["standing", "union", "since", "joined_on"])
    # The person's union decides who sees the record; between two unions the former one still does.
    if after.union is not None:
        Person.objects.filter(pk=head.person_id).update(union_id=after.union)


def _present(membership: Membership) -> Union:
    if membership.union is None:
        raise Refusal("LEDGER_ORDER", name=membership.person.name, standing=membership.standing)
    return membership.union


@transaction.atomic
def transfer_out(*, by: Acting, at: datetime, membership: Membership, on: date, reason: str) -> None:
    """Let a member leave a union's roll because the job was left; membership goes on elsewhere."""
    membership = _fresh(membership)
    union = _present(membership)
    require(rules.keeps_roll, by, union)
    add_entry(
        by=by,
        at=at,
        person=membership.person,
        kind=EventKind.TRANSFER_OUT,
        union=union,
        on=on,
        reason=reason,
    )


@transaction.atomic
def transfer_in(
    *,
    by: Acting,
    at: datetime,
    membership: Membership,
    union: Union,
    on: date,
    occupation: str = "",
    employment: str = "",
    workplace: str = "",
    reason: str = "",
) -> None:
    """Take a member who comes from another union onto a roll; never a new join.

    Whoever still stands on another roll of this federation leaves it with the same entry's day. Without an
    occupation the present one stays; with a ``workplace`` (an employer's name, or a platform) the work
    itself is another from that day on.
    """
    require(rules.keeps_roll, by, union)
    membership = _fresh(membership)
    if membership.standing == Standing.MEMBER:
        former = _present(membership)
        if former.pk == union.pk:
            raise Refusal("SAME_UNION", union=union.short_name)
        add_entry(
            by=by,
            at=at,
            person=membership.person,
            kind=EventKind.TRANSFER_OUT,
            union=former,
            on=on,
            reason=reason,
        )
    work = queries.rolls.present_work(membership.person)
    occupation = occupation or (work.occupation if work else Occupation.OTHER)
    add_entry(
        by=by,
        at=at,
        person=membership.person,
        kind=EventKind.TRANSFER_IN,
        union=union,
        on=on,
        occupation=occupation,
        reason=reason,
    )
    _note_work(membership.person, on, work, occupation, employment, workplace)


def _note_work(
    person: Person, on: date, work: Engagement | None, occupation: str, employment: str, workplace: str
) -> None:
    """Note another work from a day on, where the officer named one; else the present ``work`` stays."""
    if workplace.strip():
        employer = Employer.objects.filter(name=workplace.strip()).first()
        engage(
            person,
            on,
            employment=Employment.EMPLOYER if employer else employment,
            occupation=occupation,
            employer=employer,
            workplace="" if employer else workplace.strip(),
        )
    elif work is not None and work.occupation != occupation:
        engage(
            person,
            on,
            employment=work.employment,
            occupation=occupation,
            employer=work.employer,
            workplace=work.workplace,
            site=work.site,
        )


def take_over(
    *,
    by: Acting,
    at: datetime,
    identity: str,
    id_kind: IdentityKind,
    union: Union,
    on: date,
    occupation: str = "",
    employment: str = "",
    workplace: str = "",
    reason: str = "",
) -> Membership:
    """Take a member onto a roll whose record lies beyond the officer's reach, by the number on the document.

    The former union has let the member go (transferred out, or retained the membership), so that nobody is
    taken away from a roll by another union. Refused with NOT_A_MEMBER, STILL_ELSEWHERE or MEMBERSHIP_ENDED.
    That somebody asked is on record also when it is refused, for the answer tells where a member stands.
    """
    require(rules.keeps_roll, by, union)
    try:
        document = read_document(identity, id_kind)
    except IdentifierError as error:
        raise Refusal("IDENTITY_WRONG", why=error.code) from error
    person = queries.duplicates.holder_of(sealed.keyed_index(document.number, column="identity"))
    with transaction.atomic():
        refs = {"person": person.public_id} if person else {}
        audit.record(by.actor, "membership.ask_over", union, at=at, refs=refs)
    with transaction.atomic():
        if person is None:
            raise Refusal("NOT_A_MEMBER")
        membership = _locked_head(person)
        told: dict[str, Any] = {"by": by, "at": at, "membership": membership, "union": union, "on": on}
        told["reason"] = reason
        work = queries.rolls.present_work(person)
        occupation = occupation or (work.occupation if work else Occupation.OTHER)
        match membership.standing:
            case Standing.MOVING:
                transfer_in(occupation=occupation, employment=employment, workplace=workplace, **told)
            case Standing.RETAINED:
                restore(**told)
                _note_work(person, on, work, occupation, employment, workplace)
            case Standing.MEMBER:
                former = _present(membership)
                if former.pk == union.pk:
                    raise Refusal("SAME_UNION", union=union.short_name)
                raise Refusal("STILL_ELSEWHERE", union=former.name)
            case Standing.ENDED:
                raise Refusal("MEMBERSHIP_ENDED")
            case _:
                raise Refusal("NOT_A_MEMBER")
    return membership


@transaction.atomic
def retain(*, by: Acting, at: datetime, membership: Membership, union: Union, on: date, reason: str) -> None:
    """Keep the membership of somebody without work, or of a closed employer, with ``union`` above."""
    membership = _fresh(membership)
    require(rules.keeps_roll, by, _present(membership))
    add_entry(
        by=by, at=at, person=membership.person, kind=EventKind.RETAIN, union=union, on=on, reason=reason
    )


@transaction.atomic
def restore(
    *, by: Acting, at: datetime, membership: Membership, union: Union, on: date, reason: str = ""
) -> None:
    """Let a retained or ended membership live again with a union."""
    require(rules.keeps_roll, by, union)
    add_entry(
        by=by, at=at, person=membership.person, kind=EventKind.RESTORE, union=union, on=on, reason=reason
    )


@transaction.atomic
def end_membership(
    *, by: Acting, at: datetime, membership: Membership, kind: EventKind, on: date, reason: str
) -> None:
    """End a membership: LEAVE by the member's own wish, REMOVE by a decision; both say why."""
    assert kind in (EventKind.LEAVE, EventKind.REMOVE), "a membership ends in one of two ways"
    membership = _fresh(membership)
    union = _present(membership)
    require(rules.keeps_roll, by, union)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    add_entry(by=by, at=at, person=membership.person, kind=kind, union=union, on=on, reason=reason.strip())


@transaction.atomic
def correct_entry(*, by: Acting, at: datetime, event: MembershipEvent, reason: str) -> MembershipEvent:
    """Declare the last entry that counts void, with a reason; the right one can then be written.

    Refused with NOT_LAST when a later entry builds on it, so that what stands never loses its ground.
    """
    require(rules.keeps_roll, by, event.union)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    head = _locked_head(event.person)
    entries = queries.ledger.entries_of(event.person)
    counting = queries.ledger.in_force(entries)
    if not counting or counting[-1].key != event.pk:
        raise Refusal("NOT_LAST")
    correction = MembershipEvent.objects.create(
        person=event.person,
        kind=EventKind.CORRECT,
        union=event.union,
        on=event.on,
        at=at,
        reason=reason.strip(),
        corrects=event,
        account=by if isinstance(by, Account) else None,
    )
    _move(head, queries.ledger.standing_of(counting[:-1]))
    audit.record(by.actor, "membership.correct", head, at=at, refs={"person": event.person.public_id})
    return correction
