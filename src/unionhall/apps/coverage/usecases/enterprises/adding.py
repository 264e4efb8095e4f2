"""Entering enterprises in the ledger, many at once; one that moved out elsewhere is taken in."""

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
from unionhall.apps.coverage.queries.priority import Scorer
from unionhall.apps.coverage.usecases.enterprises.changing import put_address, put_name
from unionhall.apps.coverage.usecases.enterprises.naming import Written, keep_whole, written
from unionhall.apps.coverage.usecases.enterprises.rows import (
    PLACE_FIELDS,
    account_of,
    day_of,
    exists,
    hours_of,
    not_in_future,
    place_of,
    read_numbers,
    save,
)
from unionhall.apps.coverage.usecases.placing import put_by_coordinates
from unionhall.apps.orgs.models import Union
from unionhall.engines.linkage import plain_text
from unionhall.kernel import audit
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal


@dataclass(frozen=True)
class Told:
    """What is told of an enterprise; whatever is empty or None was not told.

    The legal representative is not kept: it says whether the name names a person.
    """

    name: str
    person: str = ""
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
    opening_hours: str = ""
    next_step: str = ""
    next_due: date | None = None
    steward_words: str = ""


@transaction.atomic
def add_enterprise(*, by: Acting, at: datetime, ground: Union, told: Told, source: Source) -> Enterprise:
    """As `add_enterprises`, of one. One that moved out elsewhere is taken in with its history."""
    require(rules.keeps_ground, by, ground)
    moved = _moved_out(read_numbers(told.codes).values())
    if moved is None:
        return add_enterprises(by=by, at=at, ground=ground, told=[told], source=source)[0]
    former = moved.ground
    moved.ground, moved.gone, moved.gone_on = ground, "", None
    fields = ["ground", "gone", "gone_on", "block", "block_by_hand"]
    if put_name(moved, told.name, None, source, at, told.person):
        fields.append("name")
    # Whoever put it into a block did so in its former ground.
    moved.block_by_hand = False
    put_by_coordinates([moved])
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
    this ground; with CODE_WRONG, NAME_MISSING, FUTURE, HOURS_WRONG.
    """
    require(rules.keeps_ground, by, ground)
    today = day_of(at)
    names = [written(one.name, one.person) for one in told]
    rows = [
        _new_row(one, name.name, ground, source, at, today) for one, name in zip(told, names, strict=True)
    ]
    numbers = [read_numbers(one.codes) for one in told]
    for row, given in zip(rows, numbers, strict=True):
        row.credit_code = given.get(CodeKind.CREDIT)
    _must_be_new(told, numbers, ground)
    scorer = Scorer([ground.pk], today)
    for row in rows:
        scorer.put(row)
    put_by_coordinates(rows)
    try:
        with transaction.atomic():
            Enterprise.objects.bulk_create(rows, batch_size=500)
    except IntegrityError:
        # Somebody entered one of them in this very moment; now it is seen.
        _must_be_new(told, numbers, ground)
        raise
    _write_histories(by, at, rows, told, numbers, source, today)
    _write_names(rows, told, names, source, at)
    refs = {"union": ground.public_id, "source": str(source)}
    audit.record_all(audit.line(by.actor, "enterprise.add", row, at=at, refs=refs) for row in rows)
    return rows


def _new_row(told: Told, name: str, ground: Union, source: Source, at: datetime, today: date) -> Enterprise:
    if not name:
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
        name=name,
        trade=told.trade.strip(),
        sector=queries.trades.sector_of(told.trade),
        legal_form=told.legal_form,
        headcount=told.headcount,
        headcount_on=(told.headcount_on or today) if counted else None,
        headcount_source=source if counted else "",
        new_employment=told.new_employment,
        opening_hours=hours_of(told.opening_hours),
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


def _must_be_new(told: Sequence[Told], numbers: Sequence[dict[CodeKind, str]], ground: Union) -> None:
    codes = [code for given in numbers for code in given.values()]
    names = [plain_text(one.name) for one in told]
    if len(set(codes)) < len(codes) or len(set(names)) < len(names):
        raise Refusal("TWICE_IN_LIST")
    for portion in range(0, len(codes), 500):
        known = EnterpriseCode.objects.filter(code__in=codes[portion : portion + 500], former=False)
        if one := known.select_related("enterprise__ground").first():
            raise exists(one.enterprise)
    # By name only among those of this ground; written differently is not another name.
    for found in queries.names.bearers(ground, [one.name.strip() for one in told]).values():
        raise exists(found)


def _write_names(
    rows: Sequence[Enterprise],
    told: Sequence[Told],
    names: Sequence[Written],
    source: Source,
    at: datetime,
) -> None:
    borne = [name.of(row, source, at) for row, name in zip(rows, names, strict=True)]
    EnterpriseName.objects.bulk_create(borne, batch_size=500)
    keep_whole(zip(borne, (one.name for one in told), strict=True), at)


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
