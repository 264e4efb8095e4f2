"""The committee's decision: one meeting, any number of applications, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from unionhall.apps.meetings.models import Meeting
from unionhall.apps.membership import queries, rules
from unionhall.apps.membership.codes import ApplicationState, EventKind, Standing, Step
from unionhall.apps.membership.facts import MemberJoined
from unionhall.apps.membership.models import Application, Decision, Membership
from unionhall.apps.membership.usecases.applying import note_step, plain_values
from unionhall.apps.membership.usecases.attribution import attribute
from unionhall.apps.membership.usecases.engaging import engage
from unionhall.apps.membership.usecases.ledger import add_entry
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.codes import IdentityKind, Sex
from unionhall.apps.people.models import Account, Person
from unionhall.apps.people.usecases import store_particulars
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.facts import publish
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal


@transaction.atomic
def decide_applications(
    *,
    by: Account,
    at: datetime,
    union: Union,
    decided_on: date,
    approved: Sequence[Application],
    refused: Mapping[Application, str],
    evidence: str,
    deciders: Sequence[Person] = (),
    present: str = "",
    meeting: Meeting | None = None,
) -> Decision:
    """Record what a committee decided, with its day, who decided and where the signed minutes lie.

    All of it or nothing: one application that cannot be decided stops the whole decision, and is named.
    Each approved applicant becomes a person and a member (or, being one already, the same person), and keeps
    the card number that stands on the membership.
    """
    require(rules.keeps_roll, by, union)
    if decided_on > at.astimezone(CITY).date():
        raise Refusal("DECISION_AHEAD")
    if not evidence.strip():
        raise Refusal("EVIDENCE_MISSING")
    if not deciders and not present.strip():
        raise Refusal("DECIDERS_MISSING")
    if meeting is not None and meeting.union_id != union.pk:
        raise Refusal("OTHER_UNION")
    if not approved and not refused:
        raise Refusal("NOTHING_CHOSEN")
    if any(not reason.strip() for reason in refused.values()):
        raise Refusal("REASON_MISSING")
    decision = Decision.objects.create(
        union=union,
        meeting=meeting,
        decided_on=decided_on,
        present=present.strip(),
        evidence=evidence.strip(),
        recorded_by=by,
        at=at,
    )
    decision.deciders.set(deciders)
    fresh = _locked([*approved, *refused], union)
    for application in approved:
        _approve(fresh[application.pk], decision, by, at)
    for application, reason in refused.items():
        _refuse(fresh[application.pk], decision, reason.strip(), by, at)
    audit.record(
        by.actor,
        "membership.decide",
        decision,
        at=at,
        refs={"union": union.public_id, "approved": len(approved), "refused": len(refused)},
    )
    return decision


def _locked(applications: Sequence[Application], union: Union) -> dict[int, Application]:
    wanted = {application.pk for application in applications}
    if len(wanted) != len(applications):
        raise Refusal("DECIDED_TWICE")
    fresh = {
        one.pk: one
        for one in Application.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted)
        .select_related("employer", "source__session")
        .order_by("pk")
    }
    for one in fresh.values():
        if one.union_id != union.pk:
            raise Refusal("OTHER_UNION", name=one.name)
        if one.state != ApplicationState.ACCEPTED:
            raise Refusal("NOT_ACCEPTED", name=one.name, state=one.state)
    return fresh


def _approve(application: Application, decision: Decision, by: Account, at: datetime) -> None:
    person = _person(application, decision, by, at)
    membership, _new = Membership.objects.get_or_create(person=person)
    if membership.standing in (Standing.MEMBER, Standing.MOVING, Standing.RETAINED):
        # Joined once: a member's membership is transferred or restored, by the one who keeps the roll.
        raise Refusal("ALREADY_MEMBER", name=application.name)
    again = membership.standing == Standing.ENDED
    engage(
        person,
        decision.decided_on,
        employment=application.employment,
        occupation=application.occupation,
        employer=application.employer,
        workplace=application.workplace,
        site=application.site,
    )
    entry = add_entry(
        by=by,
        at=at,
        person=person,
        kind=EventKind.RESTORE if again else EventKind.JOIN,
        union=decision.union,
        on=decision.decided_on,
        application=application,
        occupation=application.occupation,
    )
    application.state, application.decision, application.person = ApplicationState.APPROVED, decision, person
    application.save(update_fields=["state", "decision", "person"])
    Membership.objects.filter(pk=membership.pk).update(card_issued_at=at)
    attribute(application, entry)
    note_step(application, Step.APPROVE, at, by=by)
    publish(MemberJoined(person=person.public_id, union=decision.union.public_id), at=at)


def _person(application: Application, decision: Decision, by: Account, at: datetime) -> Person:
    """The person with this identity number, or a new one."""
    known = queries.duplicates.holder_of(bytes(application.identity_index or b""))
    if known is not None:
        return known
    person = Person.objects.create(name=application.name, union=decision.union, employer=application.employer)
    opened = plain_values(application)
    try:
        store_particulars(
            by=by,
            at=at,
            person=person,
            identity=opened["identity"],
            id_kind=IdentityKind(application.identity_kind),
            phone=opened["phone"],
            phone_confirmed=True,
            birth=application.birth,
            sex=Sex(application.sex) if application.sex else None,
        )
    except Refusal as refusal:
        if refusal.code != "IDENTITY_HELD":
            raise
        # Another committee approved the same person at this moment.
        raise Refusal("ALREADY_MEMBER", name=application.name) from refusal
    audit.record(by.actor, "person.register", person, at=at, fields=["name", "union", "employer"])
    return person


def _refuse(application: Application, decision: Decision, reason: str, by: Account, at: datetime) -> None:
    application.state, application.decision = ApplicationState.REFUSED, decision
    application.save(update_fields=["state", "decision"])
    note_step(application, Step.REFUSE, at, by=by, reason=reason)
