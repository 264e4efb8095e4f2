"""Registering persons, their posts and honours, opening accounts, signing in."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.people.codes import HonourKind, PostRole
from unionhall.apps.people.models import Account, FailedSignIn, Honour, Person, Post
from unionhall.kernel import audit
from unionhall.kernel.audit import Actor
from unionhall.kernel.refusals import Refusal

FAILURES = 5
WINDOW = timedelta(minutes=15)
# Checked when there is no such account, so that the time taken tells nothing about who exists.
_NOBODY = make_password("nobody")


@transaction.atomic
def register_person(
    *, by: Actor, at: datetime, name: str, union: Union, trade: str = "", employer: Employer | None = None
) -> Person:
    """Register a person of a union."""
    person = Person.objects.create(name=name, union=union, trade=trade, employer=employer)
    audit.record(by, "person.register", person, at=at, fields=["name", "trade", "union", "employer"])
    return person


@transaction.atomic
def honour_person(
    *, by: Actor, at: datetime, person: Person, kind: HonourKind, title: str, year: int
) -> Honour:
    """Add an honour that a person received."""
    honour = Honour.objects.create(person=person, kind=kind, title=title, year=year)
    audit.record(by, "person.honour", person, at=at, fields=["honours"])
    return honour


@transaction.atomic
def appoint(*, by: Actor, at: datetime, person: Person, union: Union, role: PostRole, since: date) -> Post:
    """Give a person a post in a union from a day on."""
    post = Post.objects.create(person=person, union=union, role=role, starts=since)
    audit.record(by, "post.appoint", post, at=at, refs={"person": person.public_id, "union": union.public_id})
    return post


@transaction.atomic
def open_account(*, by: Actor, at: datetime, person: Person, username: str, password: str) -> Account:
    """Open an account for a person; a blank password leaves it without one."""
    if Account.objects.filter(username=username).exists():
        raise Refusal("USERNAME_TAKEN", username=username)
    account = Account(username=username, person=person)
    if password:
        account.set_password(password)
    else:
        account.set_unusable_password()
    account.save()
    audit.record(by, "account.open", account, at=at, refs={"person": person.public_id})
    return account


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
