"""Registering persons, their posts, honours and particulars, their accounts, signing in."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from unionhall.apps.orgs import rules as orgs_rules
from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.people import queries, rules
from unionhall.apps.people.codes import HonourKind, IdentityKind, PostRole, RevealReason, SealedColumn, Sex
from unionhall.apps.people.models import Account, FailedSignIn, Honour, Particulars, Person, Post, Reveal
from unionhall.engines.identifiers import IdentifierError, Identity, read_document, read_mobile
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting, allowed, require
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.sealed import UnsealError, keyed_index, seal, unseal

FAILURES = 5
WINDOW = timedelta(minutes=15)
REVEALS = 30
REVEAL_WINDOW = timedelta(hours=1)
# Checked when there is no such account, so that the time taken tells nothing about who exists.
_NOBODY = make_password("nobody")


@transaction.atomic
def register_person(
    *,
    by: Acting,
    at: datetime,
    name: str,
    union: Union | None,
    trade: str = "",
    employer: Employer | None = None,
) -> Person:
    """Register a person of a union. Whoever organises contests there registers their speakers and jurors.

    A person of no union yet is registered by the system only, or by a capability that asks its own rule.
    """
    require(rules.registers, by, union)
    person = Person.objects.create(name=name, union=union, trade=trade, employer=employer)
    audit.record(by.actor, "person.register", person, at=at, fields=["name", "trade", "union", "employer"])
    return person


@transaction.atomic
def honour_person(
    *, by: Acting, at: datetime, person: Person, kind: HonourKind, title: str, year: int
) -> Honour:
    """Add an honour that a person received; once only, however often it is sent."""
    require(rules.administers, by, person)
    honour, new = Honour.objects.get_or_create(person=person, title=title, year=year, defaults={"kind": kind})
    if new:
        audit.record(by.actor, "person.honour", person, at=at, fields=["honours"])
    return honour


@transaction.atomic
def write_particulars(
    *,
    by: Acting,
    at: datetime,
    person: Person,
    identity: str | None = None,
    id_kind: IdentityKind = IdentityKind.ID_CARD,
    phone: str | None = None,
    phone_confirmed: bool = False,
    birth: date | None = None,
    sex: Sex | None = None,
) -> Particulars:
    """Keep a person's identity number, phone, birth and sex; what is None stays as it was.

    Numbers are given as typed. Birth and sex come from the number where it says them. Refused with IDENTITY_…
    or PHONE_… and the engine's code for what cannot be right, and with IDENTITY_HELD when another person has
    the number.
    """
    require(rules.handles_particulars, by, person)
    return store_particulars(
        by=by,
        at=at,
        person=person,
        identity=identity,
        id_kind=id_kind,
        phone=phone,
        phone_confirmed=phone_confirmed,
        birth=birth,
        sex=sex,
    )


@transaction.atomic
def store_particulars(
    *,
    by: Acting,
    at: datetime,
    person: Person,
    identity: str | None = None,
    id_kind: IdentityKind = IdentityKind.ID_CARD,
    phone: str | None = None,
    phone_confirmed: bool = False,
    birth: date | None = None,
    sex: Sex | None = None,
) -> Particulars:
    """As `write_particulars`, for a use case of another capability that has asked its own rule."""
    row = person.public_id
    said = Particulars.objects.filter(person=person, id_kind=IdentityKind.ID_CARD).exists()
    written: dict[str, object] = {} if said else {"birth": birth, "sex": sex}
    if identity is not None:
        number = _read_identity(identity, id_kind, at)
        written |= {"id_kind": id_kind, "birth": number.birth or birth, "sex": number.sex or sex}
        written |= _sealed_identity(row, number.number)
    if phone is not None:
        written |= _sealed_phone(row, _read_phone(phone))
    written = {name: value for name, value in written.items() if value is not None}
    if phone is not None:
        written["phone_confirmed_at"] = at if phone_confirmed else None
    try:
        with transaction.atomic():
            held, _new = Particulars.objects.update_or_create(person=person, defaults=written)
    except IntegrityError:
        if identity is None:
            raise
        raise Refusal("IDENTITY_HELD", person=_holder(written["identity_index"])) from None
    audit.record(by.actor, "particulars.write", person, at=at, fields=sorted(written))
    return held


def sealed_particulars(
    person: Person, *, identity: str, id_kind: str, phone: str, birth: date | None, sex: str
) -> Particulars:
    """The unsaved particulars of a new person, for a use case of another capability that writes many at once.

    ``identity`` and ``phone`` are as `engines.identifiers` gives them, or empty.
    """
    row = person.public_id
    values: dict[str, object] = _sealed_identity(row, identity) | {"id_kind": id_kind} if identity else {}
    if phone:
        values |= _sealed_phone(row, phone)
    return Particulars(person=person, birth=birth, sex=sex, **values)


def _sealed_identity(row: str, number: str) -> dict[str, object]:
    return {
        "identity_sealed": seal(number, row=row, column=queries.bound_to(SealedColumn.IDENTITY)),
        "identity_index": keyed_index(number, column="identity"),
    }


def _sealed_phone(row: str, mobile: str) -> dict[str, object]:
    return {
        "phone_sealed": seal(mobile, row=row, column=queries.bound_to(SealedColumn.PHONE)),
        "phone_index": keyed_index(mobile, column="phone"),
        "phone_tail_index": keyed_index(mobile[-4:], column="phone.tail"),
    }


def _read_identity(text: str, kind: IdentityKind, at: datetime) -> Identity:
    try:
        return read_document(text, kind, on=at.astimezone(CITY).date())
    except IdentifierError as error:
        raise Refusal(f"IDENTITY_{error.code}", **error.data) from None


def _read_phone(text: str) -> str:
    try:
        return read_mobile(text)
    except IdentifierError as error:
        raise Refusal(f"PHONE_{error.code}", **error.data) from None


def _holder(index: object) -> str:
    holder = Person.objects.get(particulars__identity_index=index, particulars__superseded=False)
    return str(holder.public_id)


@transaction.atomic
def reveal(
    *, by: Account, at: datetime, person: Person, column: SealedColumn, reason: RevealReason, words: str
) -> str:
    """Open one sealed value for somebody who says why; the opening is kept for ever.

    The words must hold no number themselves. At most 30 in an hour for an account.
    """
    require(rules.handles_particulars, by, person)
    if not words.strip():
        raise Refusal("REVEAL_WORDS_MISSING")
    if re.search(r"(?:[0-9０-９][\s-]?){6}", words):
        raise Refusal("REVEAL_WORDS_HOLD_NUMBER")
    # Held, so that two presses at once are counted one after the other.
    account = Account.objects.select_for_update().get(pk=by.pk)
    if Reveal.objects.filter(account=account, at__gt=at - REVEAL_WINDOW).count() >= REVEALS:
        raise Refusal("REVEAL_LIMIT", most=REVEALS)
    held = Particulars.objects.filter(person=person).first()
    value = held and queries.sealed_value(held, column)
    if not value:
        raise Refusal("REVEAL_NOTHING")
    try:
        plain = unseal(value, row=person.public_id, column=queries.bound_to(column))
    except UnsealError as error:
        raise Refusal(f"REVEAL_{error.code}") from error
    Reveal.objects.create(
        person=person, column=column, account=account, reason=reason, words=words.strip(), at=at
    )
    audit.record(
        by.actor, "particulars.reveal", person, at=at, fields=[column.lower()], refs={"reason": str(reason)}
    )
    return plain


@transaction.atomic
def appoint(*, by: Acting, at: datetime, person: Person, union: Union, role: PostRole, since: date) -> Post:
    """Give a person a post in a union from a day on.

    An administrator fills posts at or below the own union only, with persons from there.
    """
    require(rules.administers, by, person)
    require(orgs_rules.administers, by, union)
    if Post.objects.filter(person=person, union=union, role=role, ends=None).exists():
        raise Refusal("POST_HELD", name=person.name)
    post = Post.objects.create(person=person, union=union, role=role, starts=since)
    audit.record(
        by.actor, "post.appoint", post, at=at, refs={"person": person.public_id, "union": union.public_id}
    )
    return post


@transaction.atomic
def end_post(*, by: Acting, at: datetime, post: Post, on: date) -> None:
    """End a post: from that day on it opens nothing."""
    require(orgs_rules.administers, by, post.union)
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.ends is not None:
        raise Refusal("POST_ENDED", on=post.ends.isoformat())
    if post.starts >= on:
        raise Refusal("POST_BEGINS_LATER", since=post.starts.isoformat())
    post.ends = on
    post.save(update_fields=["ends"])
    audit.record(by.actor, "post.end", post, at=at, fields=["ends"], refs={"person": post.person.public_id})


@transaction.atomic
def open_account(*, by: Acting, at: datetime, person: Person, username: str, password: str) -> Account:
    """Open an account for a person; a blank password leaves it without one."""
    require(rules.administers, by, person)
    _must_reach_posts(by, at, person)
    if Account.objects.filter(person=person).exists():
        raise Refusal("ACCOUNT_EXISTS", name=person.name)
    if Account.objects.filter(username=username).exists():
        raise Refusal("USERNAME_TAKEN", username=username)
    account = Account(username=username, person=person)
    _give_password(account, password)
    account.save()
    audit.record(by.actor, "account.open", account, at=at, refs={"person": person.public_id})
    return account


@transaction.atomic
def change_account(*, by: Acting, at: datetime, account: Account, active: bool, password: str) -> None:
    """Close or reopen a person's account, or give it another password (blank: it keeps its own).

    Sessions that were opened with the former password end.
    """
    assert account.person is not None, "an account that is changed here belongs to a person"
    require(rules.administers, by, account.person)
    _must_reach_posts(by, at, account.person)
    account = Account.objects.select_for_update().get(pk=account.pk)
    fields = ["is_active"] if account.is_active != active else []
    account.is_active = active
    if password:
        _give_password(account, password)
        fields.append("password")
    account.save(update_fields=["is_active", "password"])
    audit.record(by.actor, "account.change", account, at=at, fields=fields)


@transaction.atomic
def change_own_password(*, at: datetime, account: Account, old: str, new: str) -> None:
    """Whoever knows the present password gives the account another."""
    if not account.check_password(old):
        raise Refusal("PASSWORD_WRONG")
    _give_password(account, new)
    account.save(update_fields=["password"])
    audit.record(account.actor, "account.change", account, at=at, fields=["password"])


@transaction.atomic
def choose_daily_message(*, at: datetime, account: Account, wanted: bool) -> None:
    """Whether the account's holder wants a message a day; refused with NO_PHONE when none is on record."""
    if wanted and not Particulars.objects.filter(person=account.person, phone_sealed__isnull=False).exists():
        raise Refusal("NO_PHONE")
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.daily_message != wanted:
        account.daily_message = wanted
        account.save(update_fields=["daily_message"])
        audit.record(account.actor, "account.change", account, at=at, fields=["daily_message"])


def _give_password(account: Account, password: str) -> None:
    if password:
        account.set_password(password)
    else:
        account.set_unusable_password()


def _must_reach_posts(by: Acting, at: datetime, person: Person) -> None:
    """Whoever can enter as somebody has that person's posts; all of them must lie within the own reach."""
    for post in queries.present_posts(person, at.astimezone(CITY).date()):
        if not allowed(orgs_rules.administers, by, post.union):
            raise Refusal("POST_ABOVE", name=person.name, union=post.union.short_name)


def check_sign_in(*, at: datetime, username: str, password: str) -> Account:
    """The account that may sign in with this password.

    Refused with SIGN_IN_WRONG, the same for a wrong name and a wrong password; after five failures within
    a quarter of an hour with SIGN_IN_BLOCKED, even for the right one.
    """
    name_hash = hashlib.sha256(username.encode()).hexdigest()
    since = at - WINDOW
    FailedSignIn.objects.filter(at__lt=since).delete()
    if FailedSignIn.objects.filter(name_hash=name_hash, at__gte=since).count() >= FAILURES:
        raise Refusal("SIGN_IN_BLOCKED", minutes=int(WINDOW.total_seconds() // 60))
    account = Account.objects.filter(username=username, is_active=True).first()
    if check_password(password, account.password if account else _NOBODY) and account:
        FailedSignIn.objects.filter(name_hash=name_hash).delete()
        with transaction.atomic():
            audit.record(account.actor, "account.sign_in", account, at=at)
        return account
    FailedSignIn.objects.create(name_hash=name_hash, at=at)
    raise Refusal("SIGN_IN_WRONG")
