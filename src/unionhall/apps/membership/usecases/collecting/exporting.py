"""A union's roll, in the form in which members are collected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import IO

from django.db import transaction

from unionhall.apps.membership import queries, rules
from unionhall.apps.membership.codes import EventKind, ExportPurpose
from unionhall.apps.membership.models import Engagement, Membership, RollExport
from unionhall.apps.membership.usecases.collecting.columns import MEMBERS, UNIONS_LIST
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.models import Account
from unionhall.engines.identifiers import masked
from unionhall.kernel import audit, sealed
from unionhall.kernel.clock import CITY
from unionhall.kernel.imports import write_form
from unionhall.kernel.imports.forms import labels
from unionhall.kernel.imports.sheets import LARGE
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal


def export_roll(
    *,
    by: Account,
    at: datetime,
    union: Union,
    purpose: ExportPurpose,
    reason: str,
    opened: bool,
    target: IO[bytes],
) -> RollExport:
    """Write the roll of a union and of all that answer to it into ``target``, and note who took it, what for.

    Identity numbers and phones are masked unless ``opened``, which only an administrator may ask for. Nobody
    gets the file before the note is written. Refused with REASON_MISSING, and with ROLL_TOO_LARGE when more
    people stand on it than a form holds.
    """
    require(rules.opens_roll if opened else rules.keeps_roll, by, union)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    ground = subtree([union.pk], at.astimezone(CITY).date())
    members = queries.rolls.on_roll(ground).count()
    if members > LARGE.rows:
        raise Refusal("ROLL_TOO_LARGE", members=members, limit=LARGE.rows)
    rows = write_form(MEMBERS, target, roll_rows(ground, opened=opened), union_list(ground))
    with transaction.atomic():
        export = RollExport.objects.create(
            union=union,
            form=MEMBERS.stamp,
            purpose=purpose,
            reason=reason.strip(),
            opened=opened,
            rows=rows,
            account=by,
            at=at,
        )
        audit.record(
            by.actor,
            "membership.export",
            export,
            at=at,
            fields=[column.name for column in MEMBERS.columns],
            refs={"union": union.public_id, "rows": rows, "purpose": purpose, "opened": int(opened)},
        )
    return export


def union_list(ground: frozenset[int]) -> dict[str, list[str]]:
    """The unions that a form's drop-downs offer."""
    return {
        UNIONS_LIST: list(Union.objects.filter(pk__in=ground).order_by("pk").values_list("name", flat=True))
    }


def roll_rows(ground: frozenset[int], *, opened: bool) -> Iterator[list[str]]:
    """The members of some unions as rows of the form."""
    words = {column.name: labels(column) for column in MEMBERS.columns if column.choices}
    for member in queries.rolls.roll(ground):
        told = _row(member, opened=opened)
        yield [words[name].get(text, "") if name in words else text for name, text in told.items()]


def _row(member: Membership, *, opened: bool) -> dict[str, str]:
    person = member.person
    particulars = getattr(person, "particulars", None)
    # Prefetched by `queries.rolls.roll`.
    work: Engagement | None = next(iter(getattr(person, "present_work")), None)  # noqa: B009
    row = person.public_id

    def number(name: str) -> str:
        value = getattr(particulars, f"{name}_sealed", None)
        if not value:
            return ""
        plain = sealed.unseal(bytes(value), row=row, column=f"person.{name}")
        return plain if opened else masked(plain)

    return {
        "name": person.name,
        "sex": particulars.sex if particulars else "",
        "identity_kind": particulars.id_kind if particulars else "",
        "identity": number("identity"),
        "phone": number("phone"),
        "birth": _day(particulars.birth if particulars else None),
        "union": member.union.name if member.union else "",
        "employment": work.employment if work else "",
        "employer": (work.employer.name if work.employer else work.workplace) if work else "",
        "credit_code": (work.employer.credit_code or "") if work and work.employer else "",
        "occupation": work.occupation if work else "",
        "site": work.site if work else "",
        "on": _day(member.joined_on or member.since),
        "how": EventKind.JOIN if member.joined_on else EventKind.TRANSFER_IN,
        "standing": member.standing,
        # Who collected the row then is told by the ledger, not by the roll.
        "collector": "",
        "confirmed": "",
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
