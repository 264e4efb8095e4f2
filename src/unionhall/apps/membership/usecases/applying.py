"""A worker asks to join. Nobody is signed in here: the key of the draft and a secret stand for the applicant.

The answers are the same for members and strangers, so that the form tells nobody who is a member.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from unionhall.apps.membership import queries, rules
from unionhall.apps.membership.codes import (
    ApplicationState,
    Channel,
    Confirmation,
    Employment,
    FilledBy,
    Step,
)
from unionhall.apps.membership.deadlines import DAYS_TO_ACCEPT, due_on
from unionhall.apps.membership.models import Application, ApplicationStep, SourceCode, Touch
from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.people.codes import IdentityKind
from unionhall.apps.people.models import Account
from unionhall.engines.identifiers import IdentifierError, read_document, read_mobile
from unionhall.kernel import audit, sealed
from unionhall.kernel.audit import Actor
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

FORM_VERSION = 1
# What the form says of the use of data. Version 2 adds the messages about the applicant's own application.
CONSENT_VERSION = 2
TOKEN_SECRET = 16
# What the applicant's own steps stand for in the trail: a phone, of which nothing is told.
APPLICANT = Actor("APPLICANT", "")


@dataclass(frozen=True)
class Answers:
    """What the form asks, as typed. ``employer`` or ``workplace`` and ``site``, by ``employment``."""

    name: str
    identity: str
    phone: str
    employment: Employment
    occupation: str
    identity_kind: IdentityKind = IdentityKind.ID_CARD
    employer: Employer | None = None
    workplace: str = ""
    site: str = ""
    area: Union | None = None
    sex: str = ""
    birth: date | None = None
    filled_by: FilledBy = FilledBy.SELF
    proxy: str = ""
    consent: bool = False


@dataclass(frozen=True)
class Received:
    """An application that came in, and the token with which its applicant returns to it."""

    application: Application
    token: str


def new_secret() -> str:
    """A secret for one application, shown only to whoever fills it in."""
    return secrets.token_hex(TOKEN_SECRET)


def secret_hash(secret: str) -> str:
    """What of a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def submit_application(
    *,
    at: datetime,
    key: str,
    secret: str,
    answers: Answers,
    source: SourceCode | None = None,
    filled_at: datetime | None = None,
    consent_version: int = CONSENT_VERSION,
) -> Received:
    """Take in a filled form. The same key with the same answers is the same application, however often it
    is sent; with others it is refused with KEY_REUSED.

    ``filled_at`` is when a form without network was filled in; it decides which contact came first, not when
    the application was received; ``consent_version`` is the wording that stood on it. Refused with
    CONSENT_MISSING, IDENTITY_WRONG or PHONE_WRONG (``why``), NAME_MISSING, EMPLOYMENT_INCOMPLETE, NO_UNION.
    """
    digest = _digest(answers)
    try:
        with transaction.atomic():
            return _submit(at, key, secret, answers, digest, source, filled_at, consent_version)
    except IntegrityError:
        # Two sendings of one form met: the first is in, and answers for both.
        with transaction.atomic():
            return _submit(at, key, secret, answers, digest, source, filled_at, consent_version)


def _digest(answers: Answers) -> str:
    told = asdict(answers) | {
        "employer": answers.employer.public_id if answers.employer else "",
        "area": answers.area.public_id if answers.area else "",
        "birth": answers.birth.isoformat() if answers.birth else "",
    }
    # Keyed, since a number that is nearly known could be found by trying.
    return sealed.keyed_index(json.dumps(told, sort_keys=True), column="application.body").hex()


def _submit(
    at: datetime,
    key: str,
    secret: str,
    answers: Answers,
    digest: str,
    source: SourceCode | None,
    filled_at: datetime | None,
    consent_version: int,
) -> Received:
    known = Application.objects.select_for_update().filter(key=key).first()
    if known is not None:
        if known.secret_hash != secret_hash(secret) or (
            known.state != ApplicationState.DRAFT and known.body_digest != digest
        ):
            raise Refusal("KEY_REUSED")
        if known.state != ApplicationState.DRAFT:
            return Received(known, queries.applications.token(known, secret))
    application = known or Application(
        public_id=new_public_id(), key=key, secret_hash=secret_hash(secret), created_at=at
    )
    _fill(application, answers, source)
    _must_be_complete(application, answers)
    application.body_digest = digest
    application.consent_version = min(consent_version, CONSENT_VERSION)
    application.consented_at = at
    application.state, application.submitted_at = ApplicationState.UNCONFIRMED, at
    application.due_on = due_on(at, DAYS_TO_ACCEPT)
    application.save()
    note_step(application, Step.SUBMIT, at)
    _touch(application, source, min(filled_at or at, at))
    audit.record(APPLICANT, "application.submit", application, at=at)
    return Received(application, queries.applications.token(application, secret))


def note_step(
    application: Application, step: Step, at: datetime, *, by: Acting = APPLICANT, reason: str = ""
) -> None:
    """Add a step, in the transaction of what it tells of."""
    account = by if isinstance(by, Account) else None
    ApplicationStep.objects.create(application=application, step=step, at=at, reason=reason, account=account)


def _fill(application: Application, answers: Answers, source: SourceCode | None) -> None:
    """Write the answers into a row; number and phone encrypted for it alone."""
    row = application.public_id
    application.form_version = FORM_VERSION
    application.source = source
    application.name = " ".join(unicodedata.normalize("NFC", answers.name).split())
    application.identity_kind = answers.identity_kind
    application.employment, application.occupation = answers.employment, answers.occupation
    with_employer = answers.employment == Employment.EMPLOYER
    application.employer = answers.employer if with_employer else None
    application.workplace = answers.workplace.strip()
    application.site = "" if with_employer else answers.site.strip()
    application.filled_by, application.proxy = answers.filled_by, answers.proxy.strip()
    application.union = queries.routing.union_for(application.employer, answers.area, source)
    if answers.identity.strip():
        try:
            document = read_document(answers.identity, answers.identity_kind)
        except IdentifierError as error:
            raise Refusal("IDENTITY_WRONG", why=error.code) from error
        application.identity_sealed = sealed.seal(document.number, row=row, column="application.identity")
        application.identity_index = sealed.keyed_index(document.number, column="identity")
        application.birth = document.birth or answers.birth
        application.sex = document.sex or answers.sex
    if answers.phone.strip():
        try:
            phone = read_mobile(answers.phone)
        except IdentifierError as error:
            raise Refusal("PHONE_WRONG", why=error.code) from error
        application.phone_sealed = sealed.seal(phone, row=row, column="application.phone")
        application.phone_index = sealed.keyed_index(phone, column="phone")
        application.phone_tail_index = sealed.keyed_index(phone[-4:], column="phone.tail")


def _must_be_complete(application: Application, answers: Answers) -> None:
    if not application.name:
        raise Refusal("NAME_MISSING")
    if application.identity_sealed is None:
        raise Refusal("IDENTITY_WRONG", why="MISSING")
    if application.phone_sealed is None:
        raise Refusal("PHONE_WRONG", why="MISSING")
    if not answers.consent:
        raise Refusal("CONSENT_MISSING")
    employed = application.employer is not None or bool(application.workplace)
    if not answers.employment or (answers.employment != Employment.NONE and not employed):
        raise Refusal("EMPLOYMENT_INCOMPLETE")
    if answers.filled_by == FilledBy.PROXY and not application.proxy:
        raise Refusal("PROXY_MISSING")
    if application.union is None:
        raise Refusal("NO_UNION")


def _touch(application: Application, source: SourceCode | None, at: datetime) -> None:
    """The contact that a scanned code stands for."""
    if source is not None and application.phone_index is not None:
        Touch.objects.create(
            phone_index=application.phone_index,
            channel=source.channel or Channel.UNKNOWN,
            session=source.session,
            source=source,
            at=at,
        )


@transaction.atomic
def save_draft(
    *, at: datetime, key: str, secret: str, answers: Answers, source: SourceCode | None = None
) -> Received:
    """Keep what has been filled in so far; the token leads back to it, from any phone."""
    draft = Application.objects.select_for_update().filter(key=key).first()
    if draft is not None and (
        draft.state != ApplicationState.DRAFT or draft.secret_hash != secret_hash(secret)
    ):
        raise Refusal("KEY_REUSED")
    draft = draft or Application(
        public_id=new_public_id(), key=key, secret_hash=secret_hash(secret), created_at=at
    )
    _fill(draft, answers, source)
    draft.save()
    audit.record(APPLICANT, "application.draft", draft, at=at)
    return Received(draft, queries.applications.token(draft, secret))


@transaction.atomic
def complete_application(
    *, at: datetime, application: Application, answers: Answers, by: Acting = APPLICANT
) -> None:
    """Send a returned application again, completed. A phone that is not confirmed still has to be."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.state != ApplicationState.RETURNED:
        raise Refusal("APPLICATION_STATE", state=application.state)
    confirmed = bytes(application.phone_index or b"") if application.confirmed_at is not None else None
    _fill(application, answers, application.source)
    _must_be_complete(application, answers)
    application.body_digest = _digest(answers)
    application.consent_version, application.consented_at = CONSENT_VERSION, at
    if bytes(application.phone_index or b"") != confirmed:
        application.confirmed, application.confirmed_at = "", None
        application.state = ApplicationState.UNCONFIRMED
    else:
        application.state = ApplicationState.SUBMITTED
    application.due_on = due_on(at, DAYS_TO_ACCEPT)
    application.save()
    note_step(application, Step.COMPLETE, at, by=by)
    audit.record(by.actor, "application.complete", application, at=at)


@transaction.atomic
def confirm_phone(*, at: datetime, application: Application) -> None:
    """The phone answered with its code (`confirmation.use_code` has seen it); the application is received."""
    _confirm(application, Confirmation.SMS, at)


@transaction.atomic
def confirm_at_desk(*, by: Acting, at: datetime, application: Application) -> None:
    """An officer has seen applicant and phone, or rung it: the way where no message can be sent."""
    require(rules.handles, by, application)
    _confirm(application, Confirmation.DESK, at, by=by)


def _confirm(application: Application, how: Confirmation, at: datetime, by: Acting = APPLICANT) -> None:
    fresh = Application.objects.select_for_update().get(pk=application.pk)
    if fresh.state != ApplicationState.UNCONFIRMED:
        if fresh.confirmed_at is not None:
            return
        raise Refusal("APPLICATION_STATE", state=fresh.state)
    fresh.confirmed, fresh.confirmed_at, fresh.state = how, at, ApplicationState.SUBMITTED
    fresh.save(update_fields=["confirmed", "confirmed_at", "state"])
    note_step(fresh, Step.CONFIRM, at, by=by)
    audit.record(by.actor, "application.confirm", fresh, at=at, refs={"how": how})


@transaction.atomic
def link_again(*, at: datetime, application: Application) -> str:
    """A fresh token for an applicant who has lost the link and showed a code of the phone.

    The first link goes on; one made like this before ends.
    """
    fresh = Application.objects.select_for_update().get(pk=application.pk)
    secret = new_secret()
    fresh.link_hash = secret_hash(secret)
    fresh.save(update_fields=["link_hash"])
    audit.record(APPLICANT, "application.find", fresh, at=at)
    return queries.applications.token(fresh, secret)


@transaction.atomic
def withdraw_application(*, at: datetime, application: Application, by: Acting = APPLICANT) -> None:
    """The applicant takes the wish back, at any time before the decision."""
    fresh = Application.objects.select_for_update().get(pk=application.pk)
    if not fresh.pending and fresh.state != ApplicationState.DRAFT:
        raise Refusal("APPLICATION_STATE", state=fresh.state)
    fresh.state = ApplicationState.WITHDRAWN
    fresh.save(update_fields=["state"])
    note_step(fresh, Step.WITHDRAW, at)
    audit.record(by.actor, "application.withdraw", fresh, at=at)


def plain_values(application: Application) -> Mapping[str, Any]:
    """The opened number and phone of an application, for its own applicant and for the person made of it."""
    row = application.public_id

    def opened(value: bytes | memoryview | None, column: str) -> str:
        return sealed.unseal(bytes(value), row=row, column=column) if value else ""

    return {
        "identity": opened(application.identity_sealed, "application.identity"),
        "phone": opened(application.phone_sealed, "application.phone"),
    }
