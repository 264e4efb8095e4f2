"""What people do with their own data: see it, take it along, have it corrected, withdraw their consent."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from unionhall.apps.membership import queries, rules
from unionhall.apps.membership.codes import Employment, WishField, WishState
from unionhall.apps.membership.models import Application, CorrectionWish, Engagement, Membership
from unionhall.apps.membership.queries.kept import Section
from unionhall.apps.membership.usecases.applying import withdraw_application
from unionhall.apps.membership.usecases.signing_in import member
from unionhall.apps.orgs.models import Employer
from unionhall.apps.people.models import Account, Person
from unionhall.apps.people.usecases import store_particulars
from unionhall.engines.identifiers import IdentifierError, normal_name, read_mobile
from unionhall.kernel import audit, sealed
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

WISH = "wish.value"


@transaction.atomic
def show_own(*, at: datetime, person: Person, name: str) -> None:
    """The person opens the own number or phone, called ``name``; that is noted like any opening."""
    audit.record(member(person), "member.show", person, at=at, fields=[name])


@transaction.atomic
def take_along(*, at: datetime, person: Person, form: str) -> list[Section]:
    """Everything that is kept, opened, for a file in ``form``."""
    audit.record(member(person), "member.export", person, at=at, refs={"form": form})
    return queries.kept.of(person)


@transaction.atomic
def withdraw_consent(*, at: datetime, person: Person) -> None:
    """Withdraw consent: what is pending is withdrawn, the rest is marked. A membership goes on.

    Refused with CONSENT_NOTHING when there is no consent to withdraw.
    """
    for application in queries.members.pending_of(person):
        withdraw_application(at=at, application=application, by=member(person))
    own = Application.objects.filter(pk__in=queries.members.applications_of(person).values("pk"))
    marked = own.filter(consented_at__isnull=False, consent_withdrawn_at=None).update(consent_withdrawn_at=at)
    kept = Membership.objects.filter(person=person, consent_withdrawn_at=None)
    marked += kept.update(consent_withdrawn_at=at)
    if not marked:
        raise Refusal("CONSENT_NOTHING")
    audit.record(member(person), "member.withdraw_consent", person, at=at)


@transaction.atomic
def wish_correction(
    *, at: datetime, person: Person, field: WishField, value: str, ground: str = ""
) -> CorrectionWish:
    """Ask to have something corrected. Refused with WISH_OPEN while one about the same awaits its answer,
    with VALUE_MISSING, PHONE_WRONG (``why``) or DAY_WRONG when it cannot be, with BIRTH_IN_NUMBER for a birth
    that the identity number says.
    """
    plain = _read(field, value, at)
    if field == WishField.BIRTH:
        _birth_is_free(person)
    if queries.members.open_wish(person, field) is not None:
        raise Refusal("WISH_OPEN")
    public_id = new_public_id()
    try:
        with transaction.atomic():
            wish = CorrectionWish.objects.create(
                public_id=public_id,
                person=person,
                field=field,
                value_sealed=sealed.seal(plain, row=public_id, column=WISH),
                ground=ground.strip(),
                made_at=at,
            )
    except IntegrityError as error:
        raise Refusal("WISH_OPEN") from error
    audit.record(member(person), "wish.make", person, at=at, fields=[field], refs={"wish": public_id})
    return wish


def _read(field: WishField, value: str, at: datetime) -> str:
    text = normal_name(value) if field == WishField.NAME else value.strip()
    if not text:
        raise Refusal("VALUE_MISSING")
    if field == WishField.PHONE:
        try:
            return read_mobile(text)
        except IdentifierError as error:
            raise Refusal("PHONE_WRONG", why=error.code) from error
    if field == WishField.BIRTH:
        try:
            born = date.fromisoformat(text)
        except ValueError as error:
            raise Refusal("DAY_WRONG") from error
        if not date(1900, 1, 1) < born < at.date():
            raise Refusal("DAY_WRONG")
    return text


@transaction.atomic
def open_wish(*, by: Acting, at: datetime, wish: CorrectionWish) -> str:
    """What the record should say, for the officer who decides; empty once it has been decided."""
    require(rules.keeps_person, by, wish.person)
    if wish.value_sealed is None:
        return ""
    audit.record(by.actor, "wish.open", wish.person, at=at, fields=[wish.field])
    return sealed.unseal(bytes(wish.value_sealed), row=wish.public_id, column=WISH)


@transaction.atomic
def decide_wish(*, by: Account, at: datetime, wish: CorrectionWish, correct: bool, answer: str = "") -> None:
    """Correct the record as wished, or say why not. The wished value is erased with the decision.

    Refused with WISH_DECIDED when somebody has decided meanwhile, REASON_MISSING for a no without a reason.
    """
    require(rules.keeps_person, by, wish.person)
    if not correct and not answer.strip():
        raise Refusal("REASON_MISSING")
    fresh = CorrectionWish.objects.select_for_update(of=("self",)).select_related("person").get(pk=wish.pk)
    if fresh.state != WishState.WAITING or fresh.value_sealed is None:
        raise Refusal("WISH_DECIDED")
    if correct:
        value = sealed.unseal(bytes(fresh.value_sealed), row=fresh.public_id, column=WISH)
        _apply(fresh.person, WishField(fresh.field), value, by=by, at=at)
    fresh.state = WishState.DONE if correct else WishState.REJECTED
    fresh.value_sealed, fresh.answer = None, answer.strip()
    fresh.decided_by, fresh.decided_at = by, at
    fresh.save()
    audit.record(
        by.actor,
        "wish.grant" if correct else "wish.refuse",
        fresh.person,
        at=at,
        fields=[fresh.field],
        refs={"wish": fresh.public_id},
    )


def _apply(person: Person, field: WishField, value: str, *, by: Account, at: datetime) -> None:
    if field == WishField.NAME:
        person.name = value
        person.save(update_fields=["name", "name_key"])
    elif field == WishField.EMPLOYER:
        _work_at(person, value)
    elif field == WishField.PHONE:
        store_particulars(by=by, at=at, person=person, phone=value)
    else:
        _birth_is_free(person)
        store_particulars(by=by, at=at, person=person, birth=date.fromisoformat(value))


def _birth_is_free(person: Person) -> None:
    if queries.members.birth_in_number(person):
        raise Refusal("BIRTH_IN_NUMBER")


def _work_at(person: Person, value: str) -> None:
    """The employer on the register with this name or credit code; any other stands as it was written."""
    employer = (
        Employer.objects.filter(name=value).first()
        or Employer.objects.filter(credit_code=value.upper()).first()
    )
    person.employer = employer
    person.save(update_fields=["employer"])
    present = Engagement.objects.filter(person=person, ends=None)
    present.update(employer=employer, workplace="" if employer else value)
    if employer:
        present.update(employment=Employment.EMPLOYER, site="")
