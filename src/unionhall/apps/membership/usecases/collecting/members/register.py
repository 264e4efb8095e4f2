"""What each row of a roll would do, beside what is known and beside the other rows of its file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Q

from unionhall.apps.membership.codes import (
    Employment,
    MatchKind,
    RowOutcome,
    Standing,
)
from unionhall.apps.membership.usecases.collecting.columns import MEMBERS
from unionhall.apps.membership.usecases.collecting.holders import Holder, holders_of, merged_among
from unionhall.apps.membership.usecases.collecting.members.reading import Reader, Told
from unionhall.apps.membership.usecases.collecting.members.writing import write_members
from unionhall.apps.membership.usecases.collecting.verdicts import Note, Verdict, titles
from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.people.models import Particulars
from unionhall.kernel.imports.sheets import Row
from unionhall.kernel.permissions import Acting

# Whoever is younger may not be employed, and stands on no roll.
WORKING_AGE = 16
# Of a phone that stands with very many records of one name, so many are brought up.
MOST_PAIRS = 5


class MemberRegister:
    """Judges and writes rows of members whose unions lie within some unions."""

    def __init__(self, union: Union, ground: Iterable[int], today: date) -> None:
        rows = Union.objects.filter(pk__in=ground).values_list("pk", "public_id", "name")
        self.reader = Reader(union.pk, {name: pk for pk, _public_id, name in rows}, today)
        self.public_ids = {pk: public_id for pk, public_id, _name in rows}
        # Over the whole file: which row holds an identity number, or a name with a phone.
        self.identities: dict[bytes, int] = {}
        self.phones: dict[tuple[str, bytes], int] = {}

    def judge(self, rows: Sequence[Row], *, lock: bool) -> list[Verdict]:
        """What each row does now; six statements for any number of rows."""
        verdicts = [self.reader.read(row) for row in rows]
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

    def write(self, verdicts: Sequence[Verdict], *, by: Acting, at: datetime, source: str) -> None:
        """Make members of the good rows, with one audit line for each."""
        chosen = [one for one in verdicts if one.what not in (RowOutcome.SAME, RowOutcome.ERROR)]
        write_members(chosen, by=by, at=at, source=source, public_ids=self.public_ids)


def _warn(one: Verdict, code: str, column: str) -> None:
    one.notes.append(Note(code, column))
    if one.what == RowOutcome.ADD:
        one.what = RowOutcome.WARNING


def _add_pair(told: Told, person: int, kind: MatchKind) -> None:
    if len(told.likely) < MOST_PAIRS:
        told.likely[person] = kind
