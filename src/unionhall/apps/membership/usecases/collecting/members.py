"""Members from the collection form: what each row would do, and doing it for a thousand at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from unionhall.apps.membership.codes import (
    Employment,
    EventKind,
    MatchKind,
    Occupation,
    RowOutcome,
    Standing,
)
from unionhall.apps.membership.models import Engagement, Match, Membership, MembershipEvent
from unionhall.apps.membership.queries.applications import under_age
from unionhall.apps.membership.queries.ledger import Entry, Stand
from unionhall.apps.membership.usecases.collecting.columns import MEMBERS
from unionhall.apps.membership.usecases.collecting.holders import Holder, holders_of, merged_among
from unionhall.apps.membership.usecases.collecting.verdicts import Cells, Note, Verdict, titles
from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.people.codes import IdentityKind
from unionhall.apps.people.models import Account, Particulars, Person
from unionhall.apps.people.usecases import sealed_particulars
from unionhall.engines.identifiers import IdentifierError, normal_name, read_document, read_mobile
from unionhall.kernel import audit, sealed
from unionhall.kernel.imports.forms import label_of
from unionhall.kernel.imports.sheets import Row
from unionhall.kernel.models import AuditLine
from unionhall.kernel.permissions import Acting

# Whoever is younger may not be employed, and stands on no roll.
WORKING_AGE = 16
# Of a phone that stands with very many records of one name, so many are brought up.
MOST_PAIRS = 5


@dataclass(slots=True)
class Told:
    """One row, read: its values, and what was found for them."""

    name: str
    sex: str
    kind: str
    number: str
    identity: bytes
    phone: str
    phone_index: bytes | None
    birth: date | None
    union: int
    employment: str
    employer_name: str
    credit_code: str
    occupation: str
    site: str
    on: date
    how: EventKind
    standing: str
    reason: str
    employer: int | None = None
    workplace: str = ""
    holder: Holder | None = None
    # Persons who may be this one, and the row of the same file that may.
    likely: dict[int, MatchKind] = field(default_factory=dict)
    likely_row: int | None = None

    @property
    def work(self) -> tuple[Any, ...]:
        """What the row says of the person's work."""
        return self.employment, self.employer, self.workplace, self.site, self.occupation


class MemberRegister:
    """Judges and writes rows of members whose unions lie within some unions."""

    def __init__(self, union: Union, ground: Iterable[int], today: date) -> None:
        self.own, self.today = union.pk, today
        rows = Union.objects.filter(pk__in=ground).values_list("pk", "public_id", "name")
        self.unions = {name: pk for pk, _public_id, name in rows}
        self.public_ids = {pk: public_id for pk, public_id, _name in rows}
        # Over the whole file: which row holds an identity number, or a name with a phone.
        self.identities: dict[bytes, int] = {}
        self.phones: dict[tuple[str, bytes], int] = {}

    # Reading

    def _read(self, row: Row) -> Verdict:
        if row.spoilt:
            return Verdict(row, RowOutcome.ERROR, [Note(row.spoilt, row.spoilt_in)])
        cells = Cells(MEMBERS, row)
        warnings: list[Note] = []
        name = normal_name(cells.text("name", 80))
        kind = cells.code("identity_kind", IdentityKind.ID_CARD)
        number, birth, sex = self._document(cells, kind, warnings)
        birth = birth or cells.day("birth", required=False, until=self.today)
        if birth is not None and under_age(birth, self.today):
            warnings.append(Note("UNDER_AGE", "identity"))
        sex = sex or cells.code("sex")
        phone = self._phone(cells, warnings)
        union_name = row.values.get("union", "")
        union = self.unions.get(union_name) if union_name else self.own
        if union is None:
            cells.wrong("UNION_UNKNOWN", "union", name=union_name)
        employment = cells.code("employment")
        employer, credit_code = cells.text("employer", 160), cells.credit_code("credit_code")
        if employment in (Employment.EMPLOYER, Employment.PLATFORM) and not employer and not credit_code:
            cells.wrong("MISSING", "employer")
        occupation, site = cells.code("occupation"), cells.text("site", 80)
        on = cells.day("on", required=True, until=self.today)
        how, standing = cells.code("how"), cells.code("standing", Standing.MEMBER)
        reason = self._reason(cells)
        if cells.notes or union is None or on is None:
            return Verdict(row, RowOutcome.ERROR, cells.notes)
        told = Told(
            name=name,
            sex=sex,
            kind=kind,
            number=number,
            identity=sealed.keyed_index(number, column="identity"),
            phone=phone,
            phone_index=sealed.keyed_index(phone, column="phone") if phone else None,
            birth=birth,
            union=union,
            employment=employment,
            employer_name=employer,
            credit_code=credit_code,
            occupation=occupation,
            site="" if employment == Employment.EMPLOYER else site,
            on=on,
            how=EventKind(how),
            standing=standing,
            reason=reason,
        )
        return Verdict(row, RowOutcome.WARNING if warnings else RowOutcome.ADD, warnings, told)

    def _document(self, cells: Cells, kind: str, warnings: list[Note]) -> tuple[str, date | None, str]:
        text = cells.row.values.get("identity", "")
        if not text:
            cells.wrong("MISSING", "identity")
        elif "*" in text:
            cells.wrong("MASKED", "identity")
        else:
            try:
                document = read_document(text, kind, on=self.today)
            except IdentifierError as error:
                cells.wrong(f"IDENTITY_{error.code}", "identity")
            else:
                warnings += [Note(code, "identity") for code in document.warnings]
                return document.number, document.birth, document.sex
        return "", None, ""

    def _phone(self, cells: Cells, warnings: list[Note]) -> str:
        text = cells.row.values.get("phone", "")
        if not text:
            warnings.append(Note("PHONE_MISSING", "phone"))
            return ""
        if "*" in text:
            cells.wrong("MASKED", "phone")
            return ""
        try:
            return read_mobile(text)
        except IdentifierError:
            cells.wrong("PHONE", "phone")
            return ""

    @staticmethod
    def _reason(cells: Cells) -> str:
        collector, confirmed = cells.text("collector", 40), cells.code("confirmed")
        by_whom = f"采集员：{collector}" if collector else ""
        how = f"代填确认：{label_of(MEMBERS.column('confirmed'), confirmed)}" if confirmed else ""
        return "；".join(part for part in (by_whom, how) if part)

    # Judging

    def judge(self, rows: Sequence[Row], *, lock: bool) -> list[Verdict]:
        """What each row does now; six statements for any number of rows."""
        verdicts = [self._read(row) for row in rows]
        read = [one for one in verdicts if one.told is not None]
        self._find_employers(read)
        identities = [one.told.identity for one in read]
        holders, merged = holders_of(identities, lock=lock), merged_among(identities)
        for one in read:
            if one.told.identity in merged:
                one.wrong("NUMBER_MERGED", "identity")
            self._judge_known(one, holders.get(one.told.identity))
            self._judge_age(one)
        new = [one for one in read if one.told.holder is None and one.what != RowOutcome.ERROR]
        self._find_likely(new)
        for one in new:
            if one.told.likely or one.told.likely_row:
                one.what = RowOutcome.MATCH
                one.notes.append(
                    Note("MATCH_ROW", data={"row": one.told.likely_row})
                    if (one.told.likely_row)
                    else Note("MATCH")
                )
        return verdicts

    def _find_employers(self, read: Sequence[Verdict]) -> None:
        names = {one.told.employer_name for one in read if one.told.employment == Employment.EMPLOYER}
        codes = {one.told.credit_code for one in read}
        found = list(
            Employer.objects.filter(Q(name__in=names - {""}) | Q(credit_code__in=codes - {""})).values_list(
                "pk", "name", "credit_code"
            )
        )
        by_name = {name: (pk, name, code) for pk, name, code in found}
        by_code = {code: (pk, name, code) for pk, name, code in found if code}
        for one in read:
            told: Told = one.told
            known = by_code.get(told.credit_code) or by_name.get(told.employer_name)
            if known is None:
                told.workplace = told.employer_name
                if told.employment == Employment.EMPLOYER:
                    if not told.employer_name:
                        one.wrong("EMPLOYER_CODE_UNKNOWN", "credit_code")
                    else:
                        _warn(one, "EMPLOYER_UNKNOWN", "employer")
                continue
            pk, name, code = known
            if told.employer_name and told.employer_name != name:
                one.wrong("EMPLOYER_OTHER", "credit_code", name=name)
            elif told.credit_code and code and told.credit_code != code:
                one.wrong("CREDIT_CODE_OTHER", "credit_code", name=name)
            elif told.employment == Employment.EMPLOYER:
                told.employer = pk
            else:
                told.workplace = name

    def _judge_known(self, one: Verdict, holder: Holder | None) -> None:
        told: Told = one.told
        first = self.identities.setdefault(told.identity, one.row.number)
        if first != one.row.number:
            one.wrong("TWICE", "identity", row=first)
            return
        if one.what == RowOutcome.ERROR or holder is None:
            return
        told.holder = holder
        stand = holder.stand
        if holder.name_key != told.name:
            one.wrong("NAME_OTHER", "name")
        elif stand.standing == Standing.NONE:
            one.notes.append(Note("REGISTERED"))
        elif stand.union == told.union and stand.standing in (Standing.MEMBER, Standing.RETAINED):
            one.what, one.notes = RowOutcome.SAME, self._kept(told, holder)
        elif stand.standing in (Standing.MEMBER, Standing.MOVING):
            if told.standing != Standing.MEMBER:
                one.wrong("TRANSFER_FIRST", "standing")
            elif stand.since and told.on < stand.since:
                one.wrong("TRANSFER_DAY", "on", since=stand.since.isoformat())
            else:
                one.what = RowOutcome.TRANSFER
                one.notes.append(Note("TRANSFER"))
        else:
            one.wrong("RESTORE_FIRST", "standing")

    @staticmethod
    def _judge_age(one: Verdict) -> None:
        birth, on = one.told.birth, one.told.on
        if one.what not in (RowOutcome.ADD, RowOutcome.WARNING) or birth is None:
            return
        age = on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
        if age < WORKING_AGE:
            one.wrong("TOO_YOUNG", "on", age=WORKING_AGE)

    @staticmethod
    def _kept(told: Told, holder: Holder) -> list[Note]:
        """An import changes nothing of somebody who is on the roll; what differs is told."""
        stand = holder.stand
        differing = [
            name
            for name, differs in (
                ("phone", told.phone_index is not None and told.phone_index != holder.phone_index),
                ("employer", holder.work is not None and told.work[:3] != holder.work[:3]),
                ("site", holder.work is not None and told.work[3] != holder.work[3]),
                ("occupation", holder.work is not None and told.work[4] != holder.work[4]),
                ("on", told.on not in (stand.joined_on, None if stand.joined_on else stand.since)),
                ("standing", told.standing != stand.standing),
            )
            if differs
        ]
        return [Note("KEPT", data={"columns": titles(MEMBERS, differing)})] if differing else []

    def _find_likely(self, new: Sequence[Verdict]) -> None:
        """Who may be the same person: same name and phone, or same name, birthday and employer."""
        by_phone: dict[tuple[str, bytes], list[Told]] = defaultdict(list)
        by_birth: dict[tuple[str, date | None, int], list[Told]] = defaultdict(list)
        for one in new:
            told: Told = one.told
            if told.phone_index is not None:
                by_phone[told.name, told.phone_index].append(told)
                first = self.phones.setdefault((told.name, told.phone_index), one.row.number)
                told.likely_row = first if first != one.row.number else None
            if told.birth is not None and told.employer is not None:
                by_birth[told.name, told.birth, told.employer].append(told)
        held = Particulars.objects.filter(superseded=False, person__merged_into=None)
        if by_phone:
            rows = held.filter(phone_index__in=[index for _name, index in by_phone])
            for name, index, person in rows.values_list("person__name_key", "phone_index", "person_id"):
                for told in by_phone.get((name, bytes(index or b"")), ()):
                    _add_pair(told, person, MatchKind.PHONE)
        if by_birth:
            rows = held.filter(
                person__employer__in={employer for _name, _birth, employer in by_birth},
                person__name_key__in={name for name, _birth, _employer in by_birth},
            )
            for name, birth, employer, person in rows.values_list(
                "person__name_key", "birth", "person__employer_id", "person_id"
            ):
                for told in by_birth.get((name, birth, employer), ()):
                    _add_pair(told, person, MatchKind.NAME_BIRTH_EMPLOYER)

    # Writing

    def write(self, verdicts: Sequence[Verdict], *, by: Acting, at: datetime, source: str) -> None:
        """Make members of the good rows, with one audit line for each."""
        chosen = [one for one in verdicts if one.what not in (RowOutcome.SAME, RowOutcome.ERROR)]
        persons = self._persons(chosen)
        account = by if isinstance(by, Account) else None
        heads: list[Membership] = []
        known_heads: list[Membership] = []
        events: list[MembershipEvent] = []
        lines: list[AuditLine] = []
        moved: dict[int, list[int]] = defaultdict(list)
        for one in chosen:
            told: Told = one.told
            person, public_id = persons[one.row.number]
            stand = told.holder.stand if told.holder else Stand()
            entries = list(_entries(told, stand))
            for kind, union in entries:
                stand = stand.after(Entry(0, kind, union, told.on))
                events.append(
                    MembershipEvent(
                        person_id=person,
                        kind=kind,
                        union_id=union,
                        on=told.on,
                        at=at,
                        reason=told.reason,
                        occupation=told.occupation if kind != EventKind.TRANSFER_OUT else "",
                        account=account,
                    )
                )
            known = told.holder.head if told.holder else None
            head = known or Membership(person_id=person)
            (heads if known is None else known_heads).append(head)
            head.standing, head.union_id = stand.standing, stand.union
            head.since, head.joined_on = stand.since, stand.joined_on
            if told.holder:
                moved[told.union].append(person)
            lines.append(
                audit.line(
                    by.actor,
                    f"membership.{entries[-1][0].lower()}",
                    head,
                    at=at,
                    refs={"person": public_id, "union": self.public_ids[told.union], "import": source},
                )
            )
        Membership.objects.bulk_create(heads)
        Membership.objects.bulk_update(known_heads, ["standing", "union", "since", "joined_on"])
        MembershipEvent.objects.bulk_create(events)
        for union, keys in moved.items():
            Person.objects.filter(pk__in=keys).update(union_id=union)
        _engage(chosen, persons)
        _bring_up(chosen, persons, at)
        audit.record_all(lines)

    @staticmethod
    def _persons(chosen: Sequence[Verdict]) -> dict[int, tuple[int, str]]:
        """The person of each row: key and public id; those who are new are registered."""
        new = [one for one in chosen if one.told.holder is None]
        made = Person.objects.bulk_create(
            Person(
                name=one.told.name,
                union_id=one.told.union,
                employer_id=one.told.employer,
            )
            for one in new
        )
        Particulars.objects.bulk_create(
            sealed_particulars(
                person,
                identity=one.told.number,
                id_kind=one.told.kind,
                phone=one.told.phone,
                birth=one.told.birth,
                sex=one.told.sex,
            )
            for one, person in zip(new, made, strict=True)
        )
        persons = {
            one.row.number: (one.told.holder.person, one.told.holder.public_id)
            for one in chosen
            if one.told.holder is not None
        }
        return persons | {
            one.row.number: (person.pk, person.public_id) for one, person in zip(new, made, strict=True)
        }


def _warn(one: Verdict, code: str, column: str) -> None:
    one.notes.append(Note(code, column))
    if one.what == RowOutcome.ADD:
        one.what = RowOutcome.WARNING


def _add_pair(told: Told, person: int, kind: MatchKind) -> None:
    if len(told.likely) < MOST_PAIRS:
        told.likely[person] = kind


def _entries(told: Told, stand: Stand) -> Iterable[tuple[EventKind, int]]:
    """The entries of the ledger that a row stands for: kind and union."""
    if stand.standing == Standing.MEMBER:
        assert stand.union is not None, "a member stands on a roll"
        yield EventKind.TRANSFER_OUT, stand.union
    yield (told.how if stand.standing == Standing.NONE else EventKind.TRANSFER_IN), told.union
    if told.standing == Standing.RETAINED:
        yield EventKind.RETAIN, told.union


def _engage(chosen: Sequence[Verdict], persons: dict[int, tuple[int, str]]) -> None:
    """Note what the members work as; work that was noted before ends."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for one in chosen:
        if one.told.holder is not None:
            by_day[one.told.on].append(one.told.holder.person)
    for on, keys in by_day.items():
        former = Engagement.objects.filter(person__in=keys, ends=None)
        former.filter(starts__lt=on).update(ends=on)
        former.delete()
    Engagement.objects.bulk_create(
        Engagement(
            person_id=persons[one.row.number][0],
            employment=one.told.employment,
            employer_id=one.told.employer,
            workplace=one.told.workplace,
            site=one.told.site,
            occupation=one.told.occupation or Occupation.OTHER,
            starts=one.told.on,
        )
        for one in chosen
    )


def _bring_up(chosen: Sequence[Verdict], persons: dict[int, tuple[int, str]], at: datetime) -> None:
    """Put likely doubles before an officer."""
    pairs: dict[tuple[int, int], MatchKind] = {}
    for one in chosen:
        own = persons[one.row.number][0]
        likely = dict(one.told.likely)
        if one.told.likely_row in persons:
            likely[persons[one.told.likely_row][0]] = MatchKind.PHONE
        pairs |= {(min(own, other), max(own, other)): kind for other, kind in likely.items()}
    Match.objects.bulk_create(
        (
            Match(first_id=first, second_id=second, kind=kind, found_at=at)
            for (first, second), kind in pairs.items()
        ),
        ignore_conflicts=True,
    )
