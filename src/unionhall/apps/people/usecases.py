"""Registering persons, their posts and honours, their accounts, signing in."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from unionhall.apps.orgs import rules as orgs_rules
from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.people import queries, rules
from unionhall.apps.people.codes import HonourKind, PostRole
from unionhall.apps.people.models import Account, FailedSignIn, Honour, Particulars, Person, Post
from unionhall.kernel import audit, sealed
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting, allowed, require
from unionhall.kernel.refusals import Refusal

FAILURES = 5
WINDOW = timedelta(minutes=15)
KEPT_OF_PARTICULARS = ("id", "person", "superseded")
# Checked when there is no such account, so that the time taken tells nothing about who exists.
_NOBODY = make_password("nobody")


@transaction.atomic
def register_person(
    *, by: Acting, at: datetime, name: str, union: Union, trade: str = "", employer: Employer | None = None
) -> Person:
    """Register a person of a union. Whoever organises contests there registers their speakers and jurors."""
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


def write_particulars(
    person: Person, *, number: str, kind: str, phone: str, birth: date | None, sex: str
) -> Particulars:
    """Seal a person's particulars, in the transaction of whoever has asked for permission.

    ``number`` and ``phone`` are as `engines.identifiers` gives them, or empty. Refused with IDENTITY_HELD
    when another person holds the number.
    """
    sealed_now = sealed_particulars(person, number=number, kind=kind, phone=phone, birth=birth, sex=sex)
    index = sealed_now.identity_index
    held = Particulars.objects.filter(identity_index=index, superseded=False).exclude(person=person)
    if index and held.exists():
        raise Refusal("IDENTITY_HELD")
    fields = [one.name for one in Particulars._meta.concrete_fields if one.name not in KEPT_OF_PARTICULARS]
    particulars, _new = Particulars.objects.update_or_create(
        person=person, defaults={name: getattr(sealed_now, name) for name in fields}
    )
    return particulars


def sealed_particulars(
    person: Person, *, number: str, kind: str, phone: str, birth: date | None, sex: str
) -> Particulars:
    """The unsaved particulars of a person, for whoever writes many at once."""
    row = person.public_id
    return Particulars(
        person=person,
        identity_kind=kind if number else "",
        identity_sealed=sealed.seal(number, row=row, column="person.identity") if number else None,
        identity_index=sealed.keyed_index(number, column="identity") if number else None,
        phone_sealed=sealed.seal(phone, row=row, column="person.phone") if phone else None,
        phone_index=sealed.keyed_index(phone, column="phone") if phone else None,
        phone_tail_index=sealed.keyed_index(phone[-4:], column="phone.tail") if phone else None,
        birth=birth,
        sex=sex,
    )
