"""What a run finds, written to the ledger: who is there, and whether there is a union."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from unionhall.apps.coverage.codes import COVERED, REGISTERS, Funds, Source, UnionState
from unionhall.apps.coverage.models import (
    Enterprise,
    EnterpriseCode,
    LinkageRun,
    StateEntry,
    VisitContact,
    WholeName,
)
from unionhall.apps.coverage.queries.names import bearers
from unionhall.apps.coverage.queries.priority import SCORE_FIELDS, Scorer
from unionhall.apps.coverage.usecases.contacts import forget_contact
from unionhall.apps.coverage.usecases.enterprises import (
    Told,
    ToldName,
    account_of,
    add_enterprises,
    put_facts,
    put_headcount,
    save,
    tell_again,
)
from unionhall.apps.coverage.usecases.registers.proposing import HeadquartersOf, propose
from unionhall.apps.coverage.usecases.registers.rows import Record
from unionhall.apps.orgs.models import Union
from unionhall.engines.linkage import plain_text
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting

# What an office writes where funds are collected, or are not; a sum says it too.
_YES = frozenset(("是", "有", "已代收", "代收", "Y", "YES"))
_NO = frozenset(("否", "无", "未代收", "不代收", "N", "NO"))
_NAME, _ADDRESS, _TRADE, _MOST_STAFF = 160, 200, 80, 1_000_000
_FIELDS = (
    "name", "state", "state_on", "union", "trade", "sector", "headcount", "headcount_on", "headcount_source",
    "funds", "funds_fen", "funds_year", *SCORE_FIELDS,
)  # fmt: skip


@dataclass(slots=True)
class Found:
    """A record of the market's register, and what the others know of it.

    ``linked``: whether the union's register has it; None while a person is still to say so.
    """

    record: Record
    linked: bool | None
    tax: Record | None = None
    insurance: Record | None = None


class Writer:
    """Writes what a run found, some enterprises at a time, each portion in the caller's transaction.

    Written again it changes nothing. What a person noted for the day of the register or later stays.
    """

    def __init__(self, run: LinkageRun, by: Acting, at: datetime, headquarters_of: HeadquartersOf) -> None:
        self._run, self._by, self._at, self._headquarters_of = run, by, at, headquarters_of
        self._today = at.astimezone(CITY).date()
        self._scorer = Scorer([run.ground_id], self._today)
        # The changes of state of the last portion.
        self.entries: list[StateEntry] = []

    def write(self, found: Sequence[Found]) -> Counter[str]:
        """Write some; how many were NEW, and how many FOUNDED, NONE, KEPT or could not be written."""
        counts: Counter[str] = Counter()
        decided = [one for one in found if one.linked is not None]
        here = self._find(decided, counts)
        present = dict(Enterprise.objects.select_for_update(of=("self",)).in_bulk(here.values()))
        last = self._last_sources(present)
        entries: list[StateEntry] = []
        open_: dict[str, Enterprise] = {}
        changed: dict[int, Enterprise] = {}
        named: list[ToldName] = []
        for one in decided:
            enterprise = present.get(here.get(one.record.id, 0))
            if enterprise is None:
                continue
            if enterprise.gone:
                counts["KEPT"] += 1
                continue
            fields = self._put_facts(enterprise, one)
            if entry := self._entry(enterprise, one, last.get(enterprise.pk, "")):
                entries.append(entry)
                counts[str(entry.state)] += 1
                fields.append("state")
            else:
                counts["KEPT"] += 1
            if fields:
                self._scorer.put(enterprise)
                changed[enterprise.pk] = enterprise
            if not one.linked:
                open_[one.record.name] = enterprise
            if enterprise.created_at != self._at:
                named.append(ToldName(enterprise, one.record.name, one.record.person))
        changed |= {one.pk: one for one in tell_again(named, self._at)}
        self._save(list(changed.values()), entries)
        self.entries = entries
        counts["PROPOSED"] += propose(self._run, self._at, open_, self._headquarters_of)
        return counts

    def enterprise_of(self, record: Record) -> Enterprise | None:
        """The enterprise that a record is in the ledger."""
        key = self._known([record]).get(record.id)
        return Enterprise.objects.filter(pk=key).first() if key else None

    def _find(self, found: Sequence[Found], counts: Counter[str]) -> dict[str, int]:
        """Keys of the enterprises by the records' ids; whoever is not in the ledger is entered."""
        known = self._known([one.record for one in found])
        elsewhere = set(
            Enterprise.objects.filter(pk__in=known.values())
            .exclude(ground=self._run.ground)
            .values_list("pk", flat=True)
        )
        counts["ELSEWHERE"] += sum(key in elsewhere for key in known.values())
        new = [one for one in found if one.record.id not in known]
        told: dict[str, Told] = {}
        names = set(bearers(self._run.ground, [one.record.name for one in new]))
        codes: set[str] = set()
        for one in new:
            plain = plain_text(one.record.name)
            if not plain or len(one.record.name) > _NAME:
                counts["NAME_WRONG"] += 1
            elif one.record.name in names or plain in names or codes & set(_numbers(one.record)):
                counts["NAMESAKE"] += 1
            else:
                codes |= set(_numbers(one.record))
                names |= {one.record.name, plain}
                told[one.record.id] = self._of(one.record)
        entered = add_enterprises(
            by=self._by,
            at=self._at,
            ground=self._run.ground,
            told=list(told.values()),
            source=Source.MARKET,
        )
        counts["NEW"] += len(entered)
        keys = {row: one.pk for row, one in zip(told, entered, strict=True)}
        return {row: key for row, key in known.items() if key not in elsewhere} | keys

    def _known(self, records: Sequence[Record]) -> dict[str, int]:
        """Who of some is in the ledger: by a number, else by the very name where no number says otherwise."""
        numbers = {one.id: _numbers(one) for one in records}
        codes = [code for held in numbers.values() for code in held]
        rows = EnterpriseCode.objects.filter(code__in=codes).order_by("former", "pk")
        by_code: dict[str, int] = {}
        for code, key in rows.values_list("code", "enterprise"):
            by_code.setdefault(code, key)
        found: dict[str, int] = {}
        for row, held in numbers.items():
            if known := next((code for code in held if code in by_code), None):
                found[row] = by_code[known]
        rest = {one.name: one for one in records if one.id not in found}
        for name, here in bearers(self._run.ground, rest).items():
            if not here.credit_code or not numbers[rest[name].id]:
                found[rest[name].id] = here.pk
        return found

    def _of(self, record: Record) -> Told:
        return Told(
            name=record.name,
            person=record.person,
            codes=tuple(_numbers(record)[:3]),
            address=record.address[:_ADDRESS],
            trade=record.trade[:_TRADE],
        )

    def _put_facts(self, enterprise: Enterprise, one: Found) -> list[str]:
        """What the registers tell besides; the fields that changed."""
        fields: list[str] = []
        if one.record.trade and not enterprise.trade:
            fields += put_facts(enterprise, trade=one.record.trade[:_TRADE])
        for record, source, delivery in (
            (one.insurance, Source.INSURANCE, self._run.insurance),
            (one.tax, Source.TAX, self._run.tax),
            (one.record, Source.MARKET, self._run.market),
        ):
            count = _count(record.staff) if record else None
            if count is None or delivery is None:
                continue
            if (enterprise.headcount_on or date.min) < delivery.as_of:
                fields += put_headcount(enterprise, count, delivery.as_of, source, self._at)
            break
        if one.tax and self._run.tax and (funds := _funds(one.tax.funds)):
            told, fen = funds
            year = self._run.tax.as_of.year if fen is not None else None
            fields += put_facts(enterprise, funds=told, funds_fen=fen, funds_year=year)
        return fields

    def _entry(self, enterprise: Enterprise, one: Found, last: str) -> StateEntry | None:
        """The change of an enterprise's state, already in the row; None where what is there stays."""
        delivery = self._run.union
        state, on = UnionState(enterprise.state), enterprise.state_on
        earlier = on is None or on < delivery.as_of
        told_by_register = last in REGISTERS
        if one.linked:
            open_ = (UnionState.NONE, UnionState.REFUSED, UnionState.NOT_DUE)
            changes = state == UnionState.UNKNOWN or (
                state in open_ and (earlier or (told_by_register and on == delivery.as_of))
            )
            new, source = UnionState.FOUNDED, Source.UNION
        else:
            # A union that was founded here is known better than by any list.
            listed = told_by_register and enterprise.union_id is None
            by_register = state == UnionState.FOUNDED and listed and earlier
            changes = state == UnionState.UNKNOWN or by_register
            new, source = UnionState.NONE, Source.MARKET
        if not changes:
            return None
        since = max(delivery.as_of, on) if on else delivery.as_of
        enterprise.state, enterprise.state_on, enterprise.union = new, since, None
        return StateEntry(
            enterprise=enterprise,
            state=new,
            on=since,
            at=self._at,
            source=source,
            account=account_of(self._by),
        )

    def _last_sources(self, present: dict[int, Enterprise]) -> dict[int, str]:
        rows = StateEntry.objects.filter(enterprise__in=list(present)).order_by("pk")
        return dict(rows.values_list("enterprise", "source"))

    def _save(self, changed: Sequence[Enterprise], entries: Sequence[StateEntry]) -> None:
        # All these rows are there, so each is updated: by its values, where `bulk_update` asks row by row and
        # column by column which value is whose.
        Enterprise.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["id"], update_fields=_FIELDS
        )
        StateEntry.objects.bulk_create(entries, batch_size=500)
        # Nobody goes there any more to found a union.
        founded = [one.enterprise_id for one in entries if one.state == UnionState.FOUNDED]
        VisitContact.objects.filter(enterprise__in=founded).delete()
        WholeName.objects.filter(of__enterprise__in=founded).delete()
        audit.record_all(
            audit.line(
                self._by.actor,
                "enterprise.state",
                one.enterprise,
                at=self._at,
                fields=["state"],
                refs={"state": str(one.state), "run": self._run.public_id},
            )
            for one in entries
        )


def withdraw(entry: StateEntry, *, ground: Union, by: Acting, at: datetime, reason: str) -> None:
    """Let the state of an enterprise of a ground be what it was before an entry.

    Not where something was noted since, nor where another ground has taken it in: its officers tell the
    state now. Both entries stay in the history. What the registers told besides does not hang on the
    decision and stays.
    """
    fresh = (
        Enterprise.objects.select_for_update(of=("self",))
        .select_related("ground", "employer")
        .get(pk=entry.enterprise_id)
    )
    last = list(StateEntry.objects.filter(enterprise=fresh).order_by("-pk")[:2])
    if fresh.ground != ground or last[0] != entry:
        return
    former = last[1] if len(last) > 1 else None
    if former and former.state == UnionState.UNKNOWN and former.source in REGISTERS:
        # No register tells that nothing is known: an earlier decision was taken back to that.
        former = None
    fresh.state = UnionState(former.state) if former else UnionState.UNKNOWN
    # The former day, not today's: a register of the same day may be decided upon once more.
    fresh.state_on = former.on if former else None
    fresh.union = former.union if former else None
    StateEntry.objects.create(
        enterprise=fresh,
        state=fresh.state,
        on=former.on if former else entry.on,
        at=at,
        source=former.source if former else Source.MARKET,
        reason=reason,
        union=fresh.union,
        account=account_of(by),
    )
    if fresh.state in COVERED:
        forget_contact(fresh)
    save(fresh, ["state", "state_on", "union"], at)
    audit.record(
        by.actor, "enterprise.state", fresh, at=at, fields=["state"], refs={"state": str(fresh.state)}
    )


def _numbers(record: Record) -> list[str]:
    """The numbers by which an enterprise is known, the credit code first."""
    read = record.numbers()
    kept = [read.credit, read.tax, read.registration]
    return [code for code in kept if code] or [code for code in (read.organisation,) if code]


def _count(text: str) -> int | None:
    whole = text.strip().removesuffix("人").removesuffix(".0").strip()
    return int(whole) if whole.isdecimal() and int(whole) < _MOST_STAFF else None


def _funds(text: str) -> tuple[Funds, int | None] | None:
    """Whether funds are collected, and how many fen; None where a register does not say."""
    word = text.strip().upper().replace(",", "").removesuffix("元")
    if word in _YES:
        return Funds.YES, None
    if word in _NO:
        return Funds.NO, None
    try:
        yuan = Decimal(word)
    except InvalidOperation:
        return None
    if not yuan.is_finite() or abs(yuan) >= 10**12:
        return None
    return (Funds.YES, int(yuan * 100)) if yuan > 0 else (Funds.NO, None)
