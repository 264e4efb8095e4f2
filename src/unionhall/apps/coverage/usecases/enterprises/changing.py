"""What changes about an enterprise, each with its history: name, place, numbers, employees, facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import CodeKind, Funds, Source
from unionhall.apps.coverage.models import (
    Enterprise,
    EnterpriseAddress,
    EnterpriseCode,
    EnterpriseName,
    Headcount,
)
from unionhall.apps.coverage.queries.names import index_of
from unionhall.apps.coverage.usecases.enterprises.naming import ToldName, keep_whole, tell_again, written
from unionhall.apps.coverage.usecases.enterprises.rows import (
    PLACE_FIELDS,
    day_of,
    exists,
    hours_of,
    locked,
    not_in_future,
    place_of,
    read_numbers,
    save,
)
from unionhall.apps.coverage.usecases.placing import put_by_coordinates
from unionhall.kernel import audit
from unionhall.kernel.permissions import Acting
from unionhall.kernel.refusals import Refusal

# What a move writes: the block follows from the coordinates.
MOVED_FIELDS = (*PLACE_FIELDS, "block")


@transaction.atomic
def rename(
    *, by: Acting, at: datetime, enterprise: Enterprise, name: str, since: date | None, source: Source
) -> Enterprise:
    """Note that an enterprise bears another name; the former one stays and is still found."""
    fresh = locked(enterprise, by)
    if put_name(fresh, name, since, source, at):
        save(fresh, ["name"], at)
        audit.record(by.actor, "enterprise.rename", fresh, at=at, fields=["name"])
    return fresh


def put_name(
    fresh: Enterprise, name: str, since: date | None, source: Source, at: datetime, person: str = ""
) -> bool:
    """Put a name in place of the present one; whether it is written otherwise now.

    ``person`` is the legal representative, where known.
    """
    if not name.strip():
        raise Refusal("NAME_MISSING")
    not_in_future(since, at)
    held = fresh.names.filter(former=False).first()
    if fresh.name == name.strip() or (held and bears(held, name)):
        return bool(tell_again([ToldName(fresh, name, person)], at))
    fresh.names.filter(former=False).update(former=True, until=since)
    now = written(name, person)
    fresh.name = now.name
    row = now.of(fresh, source, at, since)
    row.save()
    keep_whole([(row, name)], at)
    return True


def bears(held: EnterpriseName, name: str) -> bool:
    """Whether a row is a whole name that names a person."""
    return held.name_index is not None and bytes(held.name_index) == index_of(name)


@transaction.atomic
def move(
    *,
    by: Acting,
    at: datetime,
    enterprise: Enterprise,
    address: str,
    since: date | None,
    source: Source,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> Enterprise:
    """Note another address, or where on the map the present one is."""
    fresh = locked(enterprise, by)
    if put_address(fresh, address, since, source, at, latitude, longitude):
        save(fresh, MOVED_FIELDS, at)
        audit.record(by.actor, "enterprise.move", fresh, at=at, fields=["address"])
    return fresh


def put_address(
    fresh: Enterprise,
    address: str,
    since: date | None,
    source: Source,
    at: datetime,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> bool:
    """Put an address in place of the present one; whether it is another."""
    not_in_future(since, at)
    if (latitude is None) != (longitude is None):
        raise Refusal("POSITION_HALF")
    if (fresh.address, fresh.latitude, fresh.longitude) == (address.strip(), latitude, longitude):
        return False
    place = place_of(address, latitude, longitude)
    for name, value in place.items():
        setattr(fresh, name, value)
    put_by_coordinates([fresh])
    fresh.addresses.filter(former=False).update(former=True, until=since)
    EnterpriseAddress.objects.create(enterprise=fresh, since=since, source=source, at=at, **place)
    return True


@transaction.atomic
def note_code(*, by: Acting, at: datetime, enterprise: Enterprise, code: str, source: Source) -> Enterprise:
    """Note a number; what kind it is, its check digits say. A former one of the kind stays in the history.

    Refused with CODE_WRONG, or ENTERPRISE_EXISTS when another enterprise has it.
    """
    fresh = locked(enterprise, by)
    if put_codes(fresh, [code], source, at):
        save(fresh, ["credit_code"], at)
        audit.record(by.actor, "enterprise.code", fresh, at=at, fields=["codes"])
    return fresh


def put_codes(fresh: Enterprise, codes: Sequence[str], source: Source, at: datetime) -> bool:
    """Put numbers in place of those of the same kinds; whether any is new."""
    held = dict(fresh.numbers.filter(former=False).values_list("kind", "code"))
    new = {kind: code for kind, code in read_numbers(codes).items() if held.get(kind) != code}
    for kind, code in new.items():
        other = EnterpriseCode.objects.filter(code=code, former=False).exclude(enterprise=fresh)
        if one := other.select_related("enterprise__ground").first():
            raise exists(one.enterprise)
        fresh.numbers.filter(kind=kind, former=False).update(former=True, until=day_of(at))
        EnterpriseCode.objects.create(enterprise=fresh, kind=kind, code=code, source=source, at=at)
        if kind == CodeKind.CREDIT:
            fresh.credit_code = code
    return bool(new)


@transaction.atomic
def count_employees(
    *, by: Acting, at: datetime, enterprise: Enterprise, count: int, on: date, source: Source
) -> Enterprise:
    """Note how many employees were insured on a day; the latest day is what the ledger shows."""
    fresh = locked(enterprise, by)
    if fields := put_headcount(fresh, count, on, source, at):
        save(fresh, fields, at)
    audit.record(by.actor, "enterprise.count", fresh, at=at, fields=["headcount"])
    return fresh


def put_headcount(fresh: Enterprise, count: int, on: date, source: Source, at: datetime) -> list[str]:
    """Note a count; the fields that changed by it."""
    not_in_future(on, at)
    Headcount.objects.create(enterprise=fresh, count=count, on=on, source=source, at=at)
    if fresh.headcount_on is not None and fresh.headcount_on > on:
        return []
    fresh.headcount, fresh.headcount_on, fresh.headcount_source = count, on, source
    return ["headcount", "headcount_on", "headcount_source"]


@transaction.atomic
def change_facts(
    *,
    by: Acting,
    at: datetime,
    enterprise: Enterprise,
    trade: str,
    legal_form: str,
    party: str,
    funds: str,
    funds_fen: int | None,
    funds_year: int | None,
    new_employment: int | None,
    steward_words: str,
    opening_hours: str,
) -> Enterprise:
    """Put right what has no history of its own; refused with HOURS_WRONG."""
    fresh = locked(enterprise, by)
    collected = funds == Funds.YES
    changed = put_facts(
        fresh,
        trade=trade.strip(),
        legal_form=legal_form,
        party=party,
        funds=funds,
        funds_fen=funds_fen if collected else None,
        funds_year=funds_year if collected else None,
        new_employment=new_employment,
        steward_words=steward_words.strip(),
        opening_hours=hours_of(opening_hours),
    )
    if changed:
        save(fresh, changed, at)
        audit.record(by.actor, "enterprise.change", fresh, at=at, fields=changed)
    return fresh


def put_facts(fresh: Enterprise, **values: object) -> list[str]:
    """Set some fields; the names of those that changed."""
    changed = [name for name, value in values.items() if getattr(fresh, name) != value]
    for name in changed:
        setattr(fresh, name, values[name])
    if "trade" in changed:
        fresh.sector = queries.trades.sector_of(fresh.trade)
        changed.append("sector")
    return changed


@transaction.atomic
def set_next_step(
    *, by: Acting, at: datetime, enterprise: Enterprise, next_step: str, next_due: date | None
) -> Enterprise:
    """Say what comes next and until when, or that nothing does."""
    fresh = locked(enterprise, by)
    if next_due is not None and not next_step.strip():
        raise Refusal("STEP_MISSING")
    fresh.next_step, fresh.next_due = next_step.strip(), next_due
    save(fresh, ["next_step", "next_due"], at)
    audit.record(by.actor, "enterprise.next_step", fresh, at=at, fields=["next_step", "next_due"])
    return fresh
