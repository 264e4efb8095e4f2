"""`unionhall begin`: the city federation, its first administrator, and the account that opens the rest."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any


def add_commands(commands: Any) -> None:
    """Add `begin` to an argparse subparsers object."""
    begin = commands.add_parser(
        "begin", help="in a new database: found the federation and open the first account"
    )
    begin.add_argument("--union", required=True, help="the federation's full name")
    begin.add_argument("--name", required=True, help="the first administrator's name")
    begin.add_argument("--user", required=True, help="the user name to sign in with")
    begin.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    begin.set_defaults(run=run_begin)


def run_begin(arguments: argparse.Namespace) -> int:
    """Migrate, found, register, appoint, open; nothing at all where a union exists already."""
    import django

    django.setup()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.management import call_command

    from unionhall.apps.orgs.models import Union

    call_command("migrate", verbosity=0)
    if Union.objects.exists():
        sys.stderr.write("This database has a federation already. Nothing was changed; sign in instead.\n")
        return 1
    password = sys.stdin.readline().rstrip("\n") if arguments.password_stdin else getpass.getpass()
    try:
        validate_password(password)
    except ValidationError as error:
        sys.stderr.write("".join(f"{one}\n" for one in error.messages) + "Nothing was changed.\n")
        return 1
    begin(union=arguments.union, name=arguments.name, username=arguments.user, password=password)
    sys.stdout.write(f"{arguments.user} can sign in now: unionhall serve\n")
    return 0


def begin(*, union: str, name: str, username: str, password: str) -> None:
    """The first rows of a city, in one transaction."""
    from django.db import transaction

    from unionhall.apps.orgs.codes import UnionLevel
    from unionhall.apps.orgs.usecases import found_union
    from unionhall.apps.people.codes import PostRole
    from unionhall.apps.people.usecases import appoint, open_account, register_person
    from unionhall.kernel import clock
    from unionhall.kernel.audit import SYSTEM
    from unionhall.kernel.models import Installation

    at, today = clock.now(), clock.today()
    with transaction.atomic():
        Installation.objects.create(demo=False, created_at=at)
        federation = found_union(
            by=SYSTEM,
            at=at,
            name=union,
            short_name=union[:40],
            level=UnionLevel.CITY,
            superior=None,
            since=today,
        )
        person = register_person(by=SYSTEM, at=at, name=name, union=federation)
        for role in (PostRole.ADMINISTRATOR, PostRole.CONTEST_ORGANISER):
            appoint(by=SYSTEM, at=at, person=person, union=federation, role=role, since=today)
        open_account(by=SYSTEM, at=at, person=person, username=username, password=password)
