"""Outreach: planning a session, its codes, who came, what was asked and answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from unionhall.apps.meetings.models import Meeting
from unionhall.apps.membership import rules
from unionhall.apps.membership.codes import Channel, PartnerKind, SessionState
from unionhall.apps.membership.models import (
    CheckIn,
    OutreachSession,
    Partner,
    Question,
    SourceCode,
    Touch,
)
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account, Person
from unionhall.engines.identifiers import IdentifierError, read_mobile
from unionhall.kernel import audit, sealed
from unionhall.kernel.audit import Actor
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

VISITOR = Actor("VISITOR", "")


@transaction.atomic
def plan_session(
    *,
    by: Acting,
    at: datetime,
    union: Union,
    channel: Channel,
    title: str,
    starts_at: datetime,
    place: str,
    ends_at: datetime | None = None,
    partners: Sequence[Partner] = (),
    staff: Sequence[Person] = (),
    materials: str = "",
    expected: int | None = None,
    cost: int | None = None,
    meeting: Meeting | None = None,
) -> OutreachSession:
    """Plan a session; its first code, for the desk, is made with it. ``cost`` is in fen."""
    require(rules.keeps_roll, by, union)
    if ends_at is not None and ends_at <= starts_at:
        raise Refusal("ENDS_BEFORE")
    session = OutreachSession.objects.create(
        union=union,
        channel=channel,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        materials=materials,
        expected=expected,
        cost=cost,
        meeting=meeting,
    )
    session.partners.set(partners)
    session.staff.set(staff)
    audit.record(by.actor, "outreach.plan", session, at=at, refs={"union": union.public_id})
    SourceCode.objects.create(union=union, channel=channel, session=session, label=place[:80])
    return session


@transaction.atomic
def change_session(
    *,
    by: Acting,
    at: datetime,
    session: OutreachSession,
    title: str,
    starts_at: datetime,
    place: str,
    ends_at: datetime | None = None,
    partners: Sequence[Partner] = (),
    staff: Sequence[Person] = (),
    materials: str = "",
    expected: int | None = None,
) -> None:
    """Change the plan of a session that has not been held; union, channel and printed codes stay."""
    require(rules.handles, by, session)
    fresh = OutreachSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if fresh.state != SessionState.PLANNED:
        raise Refusal("SESSION_OVER")
    if ends_at is not None and ends_at <= starts_at:
        raise Refusal("ENDS_BEFORE")
    told = {
        "title": title,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "place": place,
        "materials": materials,
        "expected": expected,
    }
    changed = [name for name, value in told.items() if getattr(fresh, name) != value]
    for name, value in told.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=list(told))
    fresh.partners.set(partners)
    fresh.staff.set(staff)
    audit.record(by.actor, "outreach.change", fresh, at=at, fields=changed)


@transaction.atomic
def close_session(
    *, by: Acting, at: datetime, session: OutreachSession, counted: int | None, cost: int | None, held: bool
) -> None:
    """Note that a session was held, with the number of people counted and its cost in fen, or cancelled."""
    require(rules.handles, by, session)
    fresh = OutreachSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    fresh.state = SessionState.HELD if held else SessionState.CANCELLED
    fresh.counted, fresh.cost = counted, cost
    fresh.save(update_fields=["state", "counted", "cost"])
    audit.record(by.actor, "outreach.close", fresh, at=at, fields=["state", "counted", "cost"])


@transaction.atomic
def open_source_code(
    *,
    by: Acting,
    at: datetime,
    union: Union,
    channel: Channel,
    label: str,
    session: OutreachSession | None = None,
) -> SourceCode:
    """Make a code to print: for a station, a poster, a workshop, or another place of a session."""
    require(rules.keeps_roll, by, union)
    code = SourceCode.objects.create(union=union, channel=channel, label=label, session=session)
    audit.record(by.actor, "source_code.open", code, at=at, refs={"union": union.public_id})
    return code


@transaction.atomic
def close_source_code(*, by: Acting, at: datetime, code: SourceCode) -> None:
    """Retire a code. Printed ones still lead to the form, as every printed code does; they count no more."""
    require(rules.handles, by, code)
    SourceCode.objects.filter(pk=code.pk, closed_at=None).update(closed_at=at)
    audit.record(by.actor, "source_code.close", code, at=at)


def check_in(
    *, at: datetime, session: OutreachSession, key: str, scanned_at: datetime, phone: str = ""
) -> CheckIn:
    """Note that somebody came; sent twice, it counts once. A phone, if given, is kept as an index only.

    With a phone it is also a contact, to which a later application can lead back.
    """
    index = None
    if phone.strip():
        try:
            index = sealed.keyed_index(read_mobile(phone), column="phone")
        except IdentifierError as error:
            raise Refusal("PHONE_WRONG", why=error.code) from error
    if session.state == SessionState.CANCELLED:
        raise Refusal("SESSION_CANCELLED")
    scanned = min(scanned_at, at)
    try:
        with transaction.atomic():
            came = CheckIn.objects.create(
                session=session, key=key, phone_index=index, scanned_at=scanned, received_at=at
            )
            if index is not None:
                Touch.objects.create(phone_index=index, channel=session.channel, session=session, at=scanned)
            audit.record(VISITOR, "outreach.check_in", session, at=at)
            return came
    except IntegrityError:
        return CheckIn.objects.get(key=key)


@transaction.atomic
def note_question(
    *, by: Acting, at: datetime, session: OutreachSession, text: str, answer: str = ""
) -> Question:
    """Note what was asked, with the answer that was given on the spot, if any."""
    require(rules.handles, by, session)
    question = Question.objects.create(
        union=session.union, session=session, text=text.strip(), answer=answer.strip(), asked_at=at
    )
    if answer.strip():
        _answered(question, by, at)
    audit.record(by.actor, "question.note", question, at=at, refs={"session": session.public_id})
    return question


def _answered(question: Question, by: Acting, at: datetime) -> None:
    question.answered_by, question.answered_at = (by if isinstance(by, Account) else None), at
    question.save(update_fields=["answer", "answered_by", "answered_at", "published_at"])


@transaction.atomic
def answer_question(*, by: Acting, at: datetime, question: Question, answer: str, publish: bool) -> None:
    """Answer a question, or better an answer; a published one joins the bank that everybody can read."""
    require(rules.answers, by, question)
    if not answer.strip():
        raise Refusal("ANSWER_MISSING")
    question.answer = answer.strip()
    question.published_at = (question.published_at or at) if publish else None
    _answered(question, by, at)
    audit.record(by.actor, "question.answer", question, at=at, fields=["answer", "published_at"])


@transaction.atomic
def add_partner(*, by: Acting, at: datetime, name: str, kind: PartnerKind) -> Partner:
    """Add a body that reaches workers together with the union; once only."""
    require(rules.keeps_any_roll, by, None)
    partner, new = Partner.objects.get_or_create(name=name.strip(), defaults={"kind": kind})
    if new:
        audit.record(by.actor, "partner.add", partner, at=at, fields=["name", "kind"])
    return partner
