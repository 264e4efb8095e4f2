"""One row, read: what it tells of a member, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from unionhall.apps.membership.codes import (
    Employment,
    EventKind,
    MatchKind,
    RowOutcome,
    Standing,
)
from unionhall.apps.membership.queries.applications import under_age
from unionhall.apps.membership.usecases.collecting.columns import MEMBERS
from unionhall.apps.membership.usecases.collecting.holders import Holder
from unionhall.apps.membership.usecases.collecting.verdicts import Cells, Note, Verdict
from unionhall.apps.people.codes import IdentityKind
from unionhall.engines.identifiers import IdentifierError, normal_name, read_document, read_mobile
from unionhall.kernel import sealed
from unionhall.kernel.imports.forms import label_of
from unionhall.kernel.imports.sheets import Row


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


class Reader:
    """Reads rows of members whose unions lie within some unions."""

    def __init__(self, own: int, unions: Mapping[str, int], today: date) -> None:
        self.own, self.unions, self.today = own, unions, today

    def read(self, row: Row) -> Verdict:
        """A row with what is wrong with it, or with what it tells."""
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
