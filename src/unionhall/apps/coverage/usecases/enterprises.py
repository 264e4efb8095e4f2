"""Entering enterprises in the ledger and keeping what is known of them, with its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import CodeKind, Funds, Gone, Source, UnionState
from unionhall.apps.coverage.models import (
    Enterprise,
    EnterpriseAddress,
    EnterpriseCode,
    EnterpriseName,
    Headcount,
    StateEntry,
)
from unionhall.apps.coverage.queries.priority import SCORE_FIELDS, Scorer
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account
from unionhall.engines.linkage import plain_text, read_address, read_codes
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

PLACE_FIELDS = ("address", "area_code", "town", "road", "number", "latitude", "longitude")


@dataclass(frozen=True)
class Told:
    """What is told of an enterprise; whatever is empty or None was not told."""

    name: str
    codes: tuple[str, ...] = ()
    address: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    headcount: int | None = None
    headcount_on: date | None = None
    trade: str = ""
    legal_form: str = ""
    party: str = ""
    state: str = ""
    state_on: date | None = None
    funds: str = ""
    funds_fen: int | None = None
    funds_year: int | None = None
    new_employment: int | None = None
    next_step: str = ""
    next_due: date | None = None
    steward_words: str = ""


@transaction.atomic
def add_enterprise(*, by: Acting, at: datetime, ground: Union, told: Told, source: Source) -> Enterprise:
    """As `add_enterprises`, of one. One that moved out elsewhere is taken in with its history."""
    require(rules.keeps_ground, by, ground)
    moved = _moved_out(_numbers(told.codes).values())
    if moved is None:
        return add_enterprises(by=by, at=at, ground=ground, told=[told], source=source)[0]
    former = moved.ground
    moved.ground, moved.gone, moved.gone_on = ground, "", None
    fields = ["ground", "gone", "gone_on"]
    if put_name(moved, told.name, None, source, at):
        fields.append("name")
    if told.address and put_address(moved, told.address, None, source, at, told.latitude, told.longitude):
        fields += PLACE_FIELDS
    save(moved, fields, at)
    refs = {"from": former.public_id, "union": ground.public_id}
    audit.record(by.actor, "enterprise.take_in", moved, at=at, fields=["ground"], refs=refs)
    return moved


def _moved_out(codes: Iterable[str]) -> Enterprise | None:
    """The enterprise with one of some numbers, held, if it is marked as moved out of where it was."""
    rows = Enterprise.objects.select_for_update(of=("self",)).select_related("ground")
    return rows.filter(gone=Gone.MOVED, numbers__code__in=list(codes), numbers__former=False).first()


@transaction.atomic
def add_enterprises(
    *, by: Acting, at: datetime, ground: Union, told: Sequence[Told], source: Source
) -> list[Enterprise]:
    """Enter enterprises in the ground of a union.

    Refused with ENTERPRISE_EXISTS when one of the same number is in the ledger, or one of the same name in
    this ground; with CODE_WRONG, NAME_MISSING, FUTURE.
    """
    require(rules.keeps_ground, by, ground)
    today = _day(at)
    rows = [_new_row(one, ground, source, at, today) for one in told]
    numbers = [_numbers(one.codes) for one in told]
    for row, given in zip(rows, numbers, strict=True):
        row.credit_code = given.get(CodeKind.CREDIT)
    _must_be_new(rows, numbers, ground)
    scorer = Scorer([ground.pk], today)
    for row in rows:
        scorer.put(row)
    try:
        with transaction.atomic():
            Enterprise.objects.bulk_create(rows, batch_size=500)
    except IntegrityError:
        # Somebody entered one of them in this very moment; now it is seen.
        _must_be_new(rows, numbers, ground)
        raise
    _write_histories(by, at, rows, told, numbers, source, today)
    refs = {"union": ground.public_id, "source": str(source)}
    audit.record_all(audit.line(by.actor, "enterprise.add", row, at=at, refs=refs) for row in rows)
    return rows


def _day(at: datetime) -> date:
    return at.astimezone(CITY).date()


def not_in_future(day: date | None, at: datetime) -> None:
    """Refused with FUTURE when a day lies ahead."""
    if day is not None and day > _day(at):
        raise Refusal("FUTURE", day=day.isoformat())


def _new_row(told: Told, ground: Union, source: Source, at: datetime, today: date) -> Enterprise:
    if not told.name.strip():
        raise Refusal("NAME_MISSING")
    not_in_future(told.headcount_on, at)
    not_in_future(told.state_on, at)
    _must_be_by_hand(told.state)
    if told.next_due is not None and not told.next_step.strip():
        raise Refusal("STEP_MISSING")
    collected = told.funds == Funds.YES
    counted = told.headcount is not None
    return Enterprise(
        ground=ground,
        name=told.name.strip(),
        trade=told.trade.strip(),
        sector=queries.trades.sector_of(told.trade),
        legal_form=told.legal_form,
        headcount=told.headcount,
        headcount_on=(told.headcount_on or today) if counted else None,
        headcount_source=source if counted else "",
        new_employment=told.new_employment,
        party=told.party,
        state=told.state or UnionState.UNKNOWN,
        state_on=(told.state_on or today) if told.state else None,
        funds=told.funds or Funds.UNKNOWN,
        funds_fen=told.funds_fen if collected else None,
        funds_year=told.funds_year if collected else None,
        next_step=told.next_step,
        next_due=told.next_due,
        steward_words=told.steward_words,
        created_at=at,
        **place_of(told.address, told.latitude, told.longitude),
    )


def _must_be_by_hand(state: str) -> None:
    if state == UnionState.BEING_FOUNDED:
        raise Refusal("STATE_BY_FOUNDING")


def place_of(
    address: str, latitude: Decimal | None = None, longitude: Decimal | None = None
) -> dict[str, object]:
    """An address as it was written, with the parts that can be told apart."""
    parts = read_address(plain_text(address, dashes=True))
    return {
        "address": address.strip(),
        "area_code": parts.area_code[:6],
        "town": parts.town[:40],
        "road": parts.road[:60],
        "number": parts.number[:40],
        "latitude": latitude,
        "longitude": longitude,
    }


def _numbers(codes: Iterable[str]) -> dict[CodeKind, str]:
    """The numbers in some cells by kind; refused with CODE_WRONG when none can be made of one."""
    given = [code for code in codes if code.strip()]
    if not given:
        return {}
    read = read_codes(given)
    found = {CodeKind.CREDIT: read.credit, CodeKind.TAX: read.tax, CodeKind.REGISTRATION: read.registration}
    if not any(found.values()):
        found[CodeKind.ORGANISATION] = read.organisation
    if read.problem and not read.credit:
        raise Refusal("CODE_WRONG", problem=read.problem)
    return {kind: code for kind, code in found.items() if code}


def _must_be_new(rows: Sequence[Enterprise], numbers: Sequence[dict[CodeKind, str]], ground: Union) -> None:
    codes = [code for given in numbers for code in given.values()]
    names = [plain_text(row.name) for row in rows]
    if len(set(codes)) < len(codes) or len(set(names)) < len(names):
        raise Refusal("TWICE_IN_LIST")
    for portion in range(0, len(codes), 500):
        known = EnterpriseCode.objects.filter(code__in=codes[portion : portion + 500], former=False)
        if one := known.select_related("enterprise__ground").first():
            raise exists(one.enterprise)
    # By name only among those of this ground; written differently is not another name.
    given = [row.name for row in rows]
    for portion in range(0, len(given), 500):
        same = Enterprise.objects.filter(ground=ground, name__in=given[portion : portion + 500], gone="")
        if found := same.select_related("ground").first():
            raise exists(found)


def exists(enterprise: Enterprise) -> Refusal:
    """That an enterprise is in the ledger already."""
    return Refusal("ENTERPRISE_EXISTS", name=enterprise.name, ground=enterprise.ground.short_name)


def _write_histories(
    by: Acting,
    at: datetime,
    rows: Sequence[Enterprise],
    told: Sequence[Told],
    numbers: Sequence[dict[CodeKind, str]],
    source: Source,
    today: date,
) -> None:
    kept = {"source": source, "at": at, "since": None}
    EnterpriseName.objects.bulk_create(
        [EnterpriseName(enterprise=row, name=row.name, **kept) for row in rows], batch_size=500
    )
    EnterpriseCode.objects.bulk_create(
        [
            EnterpriseCode(enterprise=row, kind=kind, code=code, **kept)
            for row, given in zip(rows, numbers, strict=True)
            for kind, code in given.items()
        ],
        batch_size=500,
    )
    EnterpriseAddress.objects.bulk_create(
        [
            EnterpriseAddress(enterprise=row, **{name: getattr(row, name) for name in PLACE_FIELDS}, **kept)
            for row in rows
            if row.address or row.latitude is not None
        ],
        batch_size=500,
    )
    Headcount.objects.bulk_create(
        [
            Headcount(enterprise=row, count=row.headcount, on=row.headcount_on, source=source, at=at)
            for row in rows
            if row.headcount is not None and row.headcount_on is not None
        ],
        batch_size=500,
    )
    StateEntry.objects.bulk_create(
        [
            StateEntry(
                enterprise=row,
                state=row.state,
                on=row.state_on or today,
                at=at,
                source=source,
                account=account_of(by),
            )
            for row, one in zip(rows, told, strict=True)
            if one.state
        ],
        batch_size=500,
    )


def account_of(by: Acting) -> Account | None:
    """The account that acts, or None for the system itself."""
    return by if isinstance(by, Account) else None


def locked(enterprise: Enterprise, by: Acting) -> Enterprise:
    """The row as it is now, held until the transaction ends; refused unless the account keeps its ground."""
    fresh = Enterprise.objects.select_for_update(of=("self",)).select_related("ground").get(pk=enterprise.pk)
    require(rules.keeps, by, fresh)
    return fresh


def save(enterprise: Enterprise, fields: Iterable[str], at: datetime) -> None:
    """Write some fields of a row, and its score as it is then."""
    Scorer([enterprise.ground_id], _day(at)).put(enterprise)
    enterprise.save(update_fields=[*fields, *SCORE_FIELDS])


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


def put_name(fresh: Enterprise, name: str, since: date | None, source: Source, at: datetime) -> bool:
    """Put a name in place of the present one; whether it is another."""
    if not name.strip():
        raise Refusal("NAME_MISSING")
    not_in_future(since, at)
    if fresh.name == name.strip():
        return False
    fresh.names.filter(former=False).update(former=True, until=since)
    fresh.name = name.strip()
    EnterpriseName.objects.create(enterprise=fresh, name=fresh.name, since=since, source=source, at=at)
    return True


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
        save(fresh, PLACE_FIELDS, at)
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
    new = {kind: code for kind, code in _numbers(codes).items() if held.get(kind) != code}
    for kind, code in new.items():
        other = EnterpriseCode.objects.filter(code=code, former=False).exclude(enterprise=fresh)
        if one := other.select_related("enterprise__ground").first():
            raise exists(one.enterprise)
        fresh.numbers.filter(kind=kind, former=False).update(former=True, until=_day(at))
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
) -> Enterprise:
    """Put right what has no history of its own."""
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


@transaction.atomic
def mark_gone(*, by: Acting, at: datetime, enterprise: Enterprise, gone: Gone, on: date) -> Enterprise:
    """Note that an enterprise has closed down or moved out; whom to visit there is deleted."""
    fresh = locked(enterprise, by)
    put_gone(fresh, gone, on, at)
    save(fresh, ["gone", "gone_on", "next_step", "next_due"], at)
    audit.record(by.actor, "enterprise.gone", fresh, at=at, fields=["gone"])
    return fresh


def put_gone(fresh: Enterprise, gone: Gone, on: date, at: datetime) -> None:
    """Mark a row as gone. Refused with FOUNDING_OPEN while a union is being founded there."""
    from unionhall.apps.coverage.usecases.contacts import forget_contact

    not_in_future(on, at)
    if fresh.state == UnionState.BEING_FOUNDED:
        raise Refusal("FOUNDING_OPEN")
    fresh.gone, fresh.gone_on, fresh.next_step, fresh.next_due = gone, on, "", None
    forget_contact(fresh)


@transaction.atomic
def mark_back(*, by: Acting, at: datetime, enterprise: Enterprise) -> Enterprise:
    """Note that an enterprise is there after all."""
    fresh = locked(enterprise, by)
    fresh.gone, fresh.gone_on = "", None
    save(fresh, ["gone", "gone_on"], at)
    audit.record(by.actor, "enterprise.back", fresh, at=at, fields=["gone"])
    return fresh
