"""Rows of an office's ledger against what is there: what each would do, and doing it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import Funds, RowOutcome, Source, UnionState
from unionhall.apps.coverage.models import Enterprise, EnterpriseCode, EnterpriseName
from unionhall.apps.coverage.queries.enterprises import EXTRA, VISITS
from unionhall.apps.coverage.queries.names import index_of
from unionhall.apps.coverage.usecases import contacts, enterprises, states
from unionhall.apps.coverage.usecases.enterprises import Told
from unionhall.apps.coverage.usecases.sheet.reading import Note, Read, read
from unionhall.apps.orgs.models import Union
from unionhall.engines.linkage import plain_text, read_code
from unionhall.kernel import audit
from unionhall.kernel.imports.sheets import Row
from unionhall.kernel.permissions import Acting
from unionhall.kernel.sealed import UnsealError, seal, unseal

# What a sheet may say otherwise than the row, column by field.
FACTS = {
    "trade": "trade",
    "legal_form": "legal_form",
    "party": "party",
    "funds": "funds",
    "new_employment": "new_employment",
    "opening_hours": "hours",
    "steward_words": "steward",
}


@dataclass
class Judged:
    """A row, what it would do, which enterprise it is about, and which columns say something new."""

    row: Row
    read: Read
    what: RowOutcome
    enterprise: Enterprise | None = None
    changes: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class Register:
    """Judges and writes the rows of one file for one ground."""

    def __init__(self, ground: Union, today: date) -> None:
        self.ground, self.today = ground, today
        self.by_name: dict[str, int] = {}
        # Of names that name a person: by their index, and how each is masked, whoever else is so too.
        self.by_index: dict[bytes, int] = {}
        self.masked: dict[str, set[int]] = {}
        here = EnterpriseName.objects.filter(enterprise__ground=ground, enterprise__gone="")
        # Former names first, so that a present one of the same words goes before them.
        rows = here.order_by("-former", "pk").values_list("name", "name_index", "enterprise_id", "former")
        for name, index, key, former in rows:
            if index is None:
                self.by_name[plain_text(name)] = key
                continue
            self.by_index[bytes(index)] = key
            if not former:
                self.masked.setdefault(plain_text(name), set()).add(key)
        self.seen: dict[str | int, int] = {}

    def judge(self, rows: Sequence[Row], *, lock: bool) -> list[Judged]:
        """What each row would do."""
        all_read = [read(row, self.today) for row in rows]
        codes = {one.row.number: _code(one) for one in all_read}
        wanted = [code for code in codes.values() if code]
        held = EnterpriseCode.objects.filter(code__in=wanted, former=False)
        by_code = dict(held.values_list("code", "enterprise_id"))
        keys = {
            one.row.number: by_code.get(codes[one.row.number]) or self._named(one.told.name)
            for one in all_read
        }
        found = Enterprise.objects.select_related("ground", "contact").filter(
            pk__in=[key for key in keys.values() if key]
        )
        if lock:
            found = found.select_for_update(of=("self",))
        present = {one.pk: one for one in found}
        return [
            self._judge(one, present.get(keys[one.row.number] or 0), codes[one.row.number])
            for one in all_read
        ]

    def _named(self, name: str) -> int | None:
        """Who is called so, or is the only one masked so: as the ledger went out it comes in."""
        plain = plain_text(name)
        key = self.by_name.get(plain)
        if key is None and self.by_index:
            key = self.by_index.get(index_of(name))
        if key is None and len(masked := self.masked.get(plain, set())) == 1:
            (key,) = masked
        return key

    def _judge(self, one: Read, here: Enterprise | None, code: str) -> Judged:
        notes = list(one.notes)
        identity: str | int = here.pk if here else code or plain_text(one.told.name)
        if identity and (first := self.seen.get(identity, one.row.number)) != one.row.number:
            notes.append(("TWICE", "name", {"row": first}))
        self.seen.setdefault(identity, one.row.number)
        if here is None and plain_text(one.told.name) in self.masked:
            notes.append(("MASKED", "name", {}))
        if here is not None and here.ground_id != self.ground.pk:
            notes.append(("ELSEWHERE", "name", {"union": here.ground.short_name}))
        changes = self._changes(one, here) if here and not notes else []
        if (
            here
            and "state" in changes
            and one.told.state_on
            and here.state_on
            and one.told.state_on < here.state_on
        ):
            notes.append(("STATE_BEFORE", "state_on", {"since": here.state_on.isoformat()}))
        if notes:
            return Judged(one.row, one, RowOutcome.ERROR, here, [], notes)
        if here is None:
            return Judged(one.row, one, RowOutcome.ADD)
        if not changes:
            return Judged(one.row, one, RowOutcome.SAME, here)
        return Judged(
            one.row, one, RowOutcome.CHANGE, here, changes, [("CHANGES", "", {"columns": ",".join(changes)})]
        )

    def _changes(self, one: Read, here: Enterprise) -> list[str]:
        """The columns that tell something else than what is there; an empty cell tells nothing."""
        told, kept = one.told, queries.enterprises.kept_columns(here)
        changed = [
            column
            for name, column in FACTS.items()
            if (value := getattr(told, name)) not in ("", None) and value != getattr(here, name)
        ]
        code = _code(one)
        says = {
            "name": self._otherwise(told, here),
            "code": bool(code) and not here.numbers.filter(code=code, former=False).exists(),
            "address": bool(told.address) and told.address != here.address,
            "headcount": told.headcount is not None and told.headcount != here.headcount,
            "funds_yuan": told.funds_fen is not None
            and told.funds != Funds.NO
            and told.funds_fen != here.funds_fen,
            # A founding under way says it better than a sheet.
            "state": here.state != UnionState.BEING_FOUNDED and told.state not in ("", here.state),
            "next_step": bool(told.next_step)
            and (told.next_step, told.next_due) != (here.next_step, here.next_due),
            "contact": bool(one.contact) and one.contact != _name_of(here),
            "extra": any(kept.get(title) != text for title, text in one.extra.items()),
            "visits": bool(new_visits(one.visits, here)),
        }
        return changed + [column for column, new in says.items() if new]

    def _otherwise(self, told: Told, here: Enterprise) -> bool:
        """Whether a row calls an enterprise otherwise, or shows that its name names a person."""
        if plain_text(told.name) == plain_text(here.name):
            return bool(told.person) and enterprises.written(told.name, told.person).name != here.name
        held = here.names.filter(former=False).first()
        return held is None or not enterprises.bears(held, told.name)

    def write(self, judged: Sequence[Judged], *, by: Acting, at: datetime, source: str) -> None:  # noqa: ARG002 - each has an audit line of its own
        """Do what the rows would do; wrong ones are passed over."""
        new = [one for one in judged if one.what == RowOutcome.ADD]
        if new:
            rows = enterprises.add_enterprises(
                by=by, at=at, ground=self.ground, told=[one.read.told for one in new], source=Source.LEDGER
            )
            for row, one in zip(rows, new, strict=True):
                one.enterprise = row
                self.by_name[plain_text(one.read.told.name)] = row.pk
                fields = self._put_rest(row, one.read, at)
                if fields:
                    enterprises.save(row, fields, at)
        for one in judged:
            if one.what == RowOutcome.CHANGE and one.enterprise is not None:
                self._change(one.enterprise, one, by, at)

    def _change(self, here: Enterprise, one: Judged, by: Acting, at: datetime) -> None:
        told, changes = one.read.told, one.changes
        facts = {name: getattr(told, name) for name, column in FACTS.items() if column in changes}
        if facts.get("funds") in (Funds.NO, Funds.UNKNOWN):
            facts |= {"funds_fen": None, "funds_year": None}
        if "funds_yuan" in changes:
            facts |= {"funds": Funds.YES, "funds_fen": told.funds_fen}
        fields = enterprises.put_facts(here, **facts)
        if "name" in changes and enterprises.put_name(here, told.name, None, Source.LEDGER, at, told.person):
            fields.append("name")
        if "code" in changes and enterprises.put_codes(here, told.codes, Source.LEDGER, at):
            fields.append("credit_code")
        if "address" in changes:
            enterprises.put_address(
                here, told.address, None, Source.LEDGER, at, here.latitude, here.longitude
            )
            fields += enterprises.MOVED_FIELDS
        if "headcount" in changes and told.headcount is not None:
            fields += enterprises.put_headcount(
                here, told.headcount, told.headcount_on or self.today, Source.LEDGER, at
            )
        if "state" in changes:
            on = told.state_on or self.today
            fields += states.put_state(here, UnionState(told.state), on, at, by=by, source=Source.LEDGER)
        if "next_step" in changes:
            here.next_step, here.next_due = told.next_step, told.next_due
            fields += ["next_step", "next_due"]
        fields += self._put_rest(here, one.read, at)
        enterprises.save(here, dict.fromkeys(fields), at)
        audit.record(by.actor, "enterprise.import", here, at=at, fields=changes)

    def _put_rest(self, here: Enterprise, one: Read, at: datetime) -> list[str]:
        """Whom to ask for, columns of the office's own, and what a former ledger says of visits."""
        fields: list[str] = []
        wanted = here.state not in contacts.NOBODY_GOES
        if wanted and one.contact and (one.phone or one.contact != _name_of(here)):
            contacts.put_visit_contact(here, one.contact, one.phone, "", at)
        kept = queries.enterprises.kept_columns(here)
        merged = {**kept, **one.extra}
        if new := new_visits(one.visits, here):
            merged[VISITS] = "\n".join([*kept.get(VISITS, "").splitlines(), *new])
        if merged != kept:
            text = json.dumps(merged, ensure_ascii=False)
            here.extra_sealed = seal(text, row=here.public_id, column=EXTRA)
            fields.append("extra_sealed")
        if one.visited_on and (here.last_contact_on is None or one.visited_on > here.last_contact_on):
            here.last_contact_on = one.visited_on
            fields.append("last_contact_on")
        return fields


def _code(one: Read) -> str:
    """The one number by which a row is looked up."""
    if not one.told.codes:
        return ""
    found = read_code(one.told.codes[0])
    return found.credit or found.tax or found.registration or found.organisation


def _name_of(here: Enterprise) -> str:
    held = getattr(here, "contact", None)
    if held is None:
        return ""
    try:
        return unseal(bytes(held.name_sealed), row=held.public_id, column="visit_contact.name")
    except UnsealError:
        return ""


def new_visits(text: str, here: Enterprise) -> list[str]:
    """The lines about visits that neither the contact log nor the kept column holds yet."""
    if not text:
        return []
    known = set(queries.enterprises.kept_columns(here).get(VISITS, "").splitlines())
    if here.pk:
        known |= {queries.enterprises.log_line(entry) for entry in queries.enterprises.contacts(here)}
    return [line for line in map(str.strip, text.splitlines()) if line and line not in known]
