"""A union's roll, in the form in which members are collected."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from rules.predicates import Predicate

from unionhall.apps.membership import queries, rules
from unionhall.apps.membership.codes import EventKind, ExportPurpose
from unionhall.apps.membership.models import Engagement, Membership, RollExport, RollFile
from unionhall.apps.membership.usecases.collecting.columns import MEMBERS, UNIONS_LIST
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.models import Account
from unionhall.engines.identifiers import masked
from unionhall.kernel import audit, keyring, sealed
from unionhall.kernel.clock import CITY
from unionhall.kernel.imports import write_form
from unionhall.kernel.imports.forms import labels
from unionhall.kernel.imports.sheets import LARGE
from unionhall.kernel.jobs import enqueue
from unionhall.kernel.permissions import Acting, allowed, require
from unionhall.kernel.refusals import Refusal

EXPORT = "ROLL_EXPORT"
KEPT = timedelta(days=7)
PORTION = 200

Step = Callable[[int, int | None, str], object]


def ask_export(
    *, by: Account, at: datetime, union: Union, purpose: ExportPurpose, reason: str, opened: bool
) -> RollExport:
    """Have a job write the roll of a union and of all that answer to it, and note who wants it, what for.

    Identity numbers and phones are masked unless ``opened``, which only an administrator may ask for. While
    the same is being written, that one is given instead of another. Refused with REASON_MISSING, and with
    ROLL_TOO_LARGE when more people stand on it than a form holds.
    """
    require(rules.opens_roll if opened else rules.keeps_roll, by, union)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    _ground, members = _members(union, at)
    asked = {"union": union, "purpose": purpose, "reason": reason.strip(), "opened": opened, "account": by}
    with transaction.atomic():
        # A second press waits for the first.
        Account.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
        if same := queries.collections.under_way(**asked):
            return same
        export = RollExport.objects.create(form=MEMBERS.stamp, rows=members, at=at, **asked)
        refs: dict[str, str | int] = {"union": union.public_id, "purpose": purpose, "opened": int(opened)}
        audit.record(by.actor, "membership.ask_export", export, at=at, refs=refs)
        enqueue(EXPORT, by=by, at=at, subject=export.public_id, union=union.pk, export=export.public_id)
    return export


def write_roll(*, by: Acting, at: datetime, export: RollExport, step: Step) -> int:
    """Write the workbook that was asked for, and keep it encrypted; how many rows. Done once, however often.

    ``step`` is told how many rows are written, of how many, and raises when the job is to stop: nothing is
    left of it then. Refused with NOT_ALLOWED and ROLL_TOO_LARGE by what holds now.
    """
    require(_rule(export), by, export.union)
    if made := RollFile.objects.filter(export=export).defer("payload").first():
        return made.rows
    ground, members = _members(export.union, at)
    with tempfile.TemporaryFile() as target:
        told = _counted(roll_rows(ground, opened=export.opened), members, step)
        rows = write_form(MEMBERS, target, told, union_list(ground))
        target.seek(0)
        payload = keyring.encrypt(target.read(), _bound_to(export))
    step(rows, members, "ROLL_PACKED")
    with transaction.atomic():
        RollExport.objects.select_for_update(of=("self",), no_key=True).get(pk=export.pk)
        file, new = RollFile.objects.get_or_create(
            export=export, defaults={"rows": rows, "payload": payload, "made_at": at}
        )
        if new:
            audit.record(
                by.actor,
                "membership.export",
                export,
                at=at,
                fields=[column.name for column in MEMBERS.columns],
                refs={
                    "union": export.union.public_id,
                    "rows": rows,
                    "purpose": export.purpose,
                    "opened": int(export.opened),
                },
            )
    return file.rows


def may_fetch(account: Any, export: RollExport) -> bool:
    """Whether an account gets the workbook: whoever asked for it, and still may."""
    return export.account_id == account.pk and allowed(_rule(export), account, export.union)


@transaction.atomic
def fetch_export(*, by: Account, at: datetime, export: RollExport) -> bytes:
    """The finished workbook; each time it is fetched stays on record.

    Refused with NOT_ALLOWED to whoever may not, or not any more; with EXPORT_UNFINISHED and EXPORT_DELETED.
    """
    if not may_fetch(by, export):
        raise Refusal("NOT_ALLOWED")
    file = RollFile.objects.filter(export=export).first()
    if file is None:
        raise Refusal("EXPORT_UNFINISHED")
    if file.payload is None or file.made_at < at - KEPT:
        raise Refusal("EXPORT_DELETED")
    refs: dict[str, str | int] = {"union": export.union.public_id, "rows": file.rows}
    audit.record(by.actor, "membership.fetch_export", export, at=at, refs=refs)
    return keyring.decrypt(bytes(file.payload), _bound_to(export))


def purge_exports(*, at: datetime) -> int:
    """Delete workbooks seven days after they were made; how many."""
    return RollFile.objects.filter(made_at__lt=at - KEPT).exclude(payload=None).update(payload=None)


def _rule(export: RollExport) -> Predicate:
    return rules.opens_roll if export.opened else rules.keeps_roll


def _bound_to(export: RollExport) -> str:
    return f"roll:{export.public_id}"


def _members(union: Union, at: datetime) -> tuple[frozenset[int], int]:
    """The unions of an export, and how many stand on their rolls; refused when a form cannot hold them."""
    ground = subtree([union.pk], at.astimezone(CITY).date())
    members = queries.rolls.on_roll(ground).count()
    if members > LARGE.rows:
        raise Refusal("ROLL_TOO_LARGE", members=members, limit=LARGE.rows)
    return ground, members


def _counted(rows: Iterable[list[str]], members: int, step: Step) -> Iterator[list[str]]:
    written = 0
    for written, row in enumerate(rows, start=1):
        if written % PORTION == 0:
            step(written, members, "ROLL_WRITTEN")
        yield row
    step(written, members, "ROLL_PACKING")


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
