"""Unions and employers from collection forms: some thousand rows, written one by one through `orgs`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from unionhall.apps.membership.codes import RowOutcome
from unionhall.apps.membership.usecases.collecting.columns import EMPLOYERS, UNIONS
from unionhall.apps.membership.usecases.collecting.verdicts import Cells, Note, Verdict, titles
from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Command, Coverage, Employer, Union
from unionhall.apps.orgs.usecases import cover_employer, found_union, register_employer
from unionhall.kernel.imports.sheets import Row
from unionhall.kernel.permissions import Acting


@dataclass(frozen=True)
class ToldUnion:
    """A union as its row tells it."""

    name: str
    short_name: str
    level: str
    superior: str
    credit_code: str
    since: date


class UnionRegister:
    """Judges and writes rows of unions that answer to one within some unions."""

    def __init__(self, _union: Union, ground: Iterable[int], today: date) -> None:
        self.today = today
        self.ground = set(Union.objects.filter(pk__in=ground).values_list("name", flat=True))
        # Over the whole file: which row founds a union, and which holds a code.
        self.names: dict[str, int] = {}
        self.codes: dict[str, int] = {}

    def judge(self, rows: Sequence[Row], *, lock: bool) -> list[Verdict]:  # noqa: ARG002 - one by one, each in its use case
        """What each row does now."""
        names = [row.values.get("name", "") for row in rows]
        known = {union.name: union for union in Union.objects.filter(name__in=names)}
        codes = [row.values.get("credit_code", "").upper() for row in rows]
        holders = dict(Union.objects.filter(credit_code__in=codes).values_list("credit_code", "name"))
        lines = Command.objects.filter(union__in=known.values(), ends=None)
        superiors = dict(lines.values_list("union__name", "superior__name"))
        return [self._judge(row, known, holders, superiors) for row in rows]

    def _judge(
        self, row: Row, known: dict[str, Union], holders: dict[str | None, str], superiors: dict[str, str]
    ) -> Verdict:
        if row.spoilt:
            return Verdict(row, RowOutcome.ERROR, [Note(row.spoilt, row.spoilt_in)])
        cells = Cells(UNIONS, row)
        name, short_name = cells.text("name", 120), cells.text("short_name", 40)
        level, superior = cells.code("level"), cells.text("superior", 120)
        credit_code = cells.credit_code("credit_code")
        since = cells.day("since", required=True, until=self.today)
        for column, taken, value in (("name", self.names, name), ("credit_code", self.codes, credit_code)):
            first = taken.setdefault(value, row.number) if value else row.number
            if first != row.number:
                cells.wrong("TWICE", column, row=first)
        if superior and superior not in self.ground and self.names.get(superior, row.number) >= row.number:
            cells.wrong("UNION_UNKNOWN", "superior", name=superior)
        if holders.get(credit_code, name) != name:
            cells.wrong("CREDIT_CODE_HELD", "credit_code", name=holders[credit_code])
        union = known.get(name)
        if union is not None and name not in self.ground:
            cells.wrong("UNION_ELSEWHERE", "name")
        if cells.notes or since is None:
            return Verdict(row, RowOutcome.ERROR, cells.notes)
        told = ToldUnion(name, short_name or name[:40], level, superior, credit_code, since)
        if union is None:
            return Verdict(row, RowOutcome.ADD, [], told)
        differing = [
            column
            for column, differs in (
                ("short_name", short_name not in ("", union.short_name)),
                ("level", level != union.level),
                ("superior", superior != superiors.get(name)),
                ("credit_code", credit_code not in ("", union.credit_code)),
            )
            if differs
        ]
        notes = [Note("KEPT", data={"columns": titles(UNIONS, differing)})] if differing else []
        return Verdict(row, RowOutcome.SAME, notes)

    def write(self, verdicts: Sequence[Verdict], *, by: Acting, at: datetime, source: str) -> None:  # noqa: ARG002 - each has an audit line of its own
        """Found the unions, in the order of the file."""
        for one in verdicts:
            if one.what == RowOutcome.ADD:
                told: ToldUnion = one.told
                found_union(
                    by=by,
                    at=at,
                    name=told.name,
                    short_name=told.short_name,
                    level=UnionLevel(told.level),
                    superior=Union.objects.get(name=told.superior),
                    since=told.since,
                    credit_code=told.credit_code,
                )


@dataclass(frozen=True)
class ToldEmployer:
    """An employer as its row tells it."""

    name: str
    credit_code: str
    unit_type: str
    union: int | None
    since: date | None
    territory: int
    known: bool


class EmployerRegister:
    """Judges and writes rows of employers in the area of some unions."""

    def __init__(self, union: Union, ground: Iterable[int], today: date) -> None:
        self.own, self.today = union.pk, today
        self.unions = dict(Union.objects.filter(pk__in=ground).values_list("name", "pk"))
        self.names: dict[str, int] = {}
        self.codes: dict[str, int] = {}

    def judge(self, rows: Sequence[Row], *, lock: bool) -> list[Verdict]:  # noqa: ARG002 - one by one, each in its use case
        """What each row does now."""
        names = [row.values.get("name", "") for row in rows]
        codes = [row.values.get("credit_code", "").upper() for row in rows]
        known = {one.name: one for one in Employer.objects.filter(name__in=names)}
        holders = dict(Employer.objects.filter(credit_code__in=codes).values_list("credit_code", "name"))
        covered = set(
            Coverage.objects.filter(employer__in=known.values(), ends=None).values_list(
                "employer__name", "union_id"
            )
        )
        return [self._judge(row, known, holders, covered) for row in rows]

    def _judge(
        self,
        row: Row,
        known: dict[str, Employer],
        holders: dict[str | None, str],
        covered: set[tuple[str, int]],
    ) -> Verdict:
        if row.spoilt:
            return Verdict(row, RowOutcome.ERROR, [Note(row.spoilt, row.spoilt_in)])
        cells = Cells(EMPLOYERS, row)
        name, credit_code = cells.text("name", 160), cells.credit_code("credit_code")
        unit_type = cells.code("unit_type")
        union, territory = self._union(cells, "union"), self._union(cells, "territory")
        since = cells.day("since", required=union is not None, until=self.today)
        for column, taken, value in (("name", self.names, name), ("credit_code", self.codes, credit_code)):
            first = taken.setdefault(value, row.number) if value else row.number
            if first != row.number:
                cells.wrong("TWICE", column, row=first)
        if holders.get(credit_code, name) != name:
            cells.wrong("CREDIT_CODE_HELD", "credit_code", name=holders[credit_code])
        employer = known.get(name)
        if employer is not None and employer.credit_code not in (None, credit_code):
            cells.wrong("CREDIT_CODE_OTHER", "credit_code", name=name)
        if cells.notes:
            return Verdict(row, RowOutcome.ERROR, cells.notes)
        told = ToldEmployer(
            name, credit_code, unit_type, union, since, territory or self.own, known=employer is not None
        )
        if employer is None:
            return Verdict(row, RowOutcome.ADD, [], told)
        differing = [
            column
            for column, differs in (
                ("credit_code", credit_code != employer.credit_code),
                ("unit_type", unit_type not in ("", employer.unit_type)),
                ("territory", territory not in (None, employer.territory_id)),
            )
            if differs
        ]
        notes = [Note("KEPT", data={"columns": titles(EMPLOYERS, differing)})] if differing else []
        if union is not None and (name, union) not in covered:
            return Verdict(row, RowOutcome.ADD, [Note("COVERED"), *notes], told)
        return Verdict(row, RowOutcome.SAME, notes)

    def _union(self, cells: Cells, column: str) -> int | None:
        name = cells.row.values.get(column, "")
        if name and name not in self.unions:
            cells.wrong("UNION_UNKNOWN", column, name=name)
        return self.unions.get(name)

    def write(self, verdicts: Sequence[Verdict], *, by: Acting, at: datetime, source: str) -> None:  # noqa: ARG002 - each has an audit line of its own
        """Register the employers, and cover them."""
        for one in verdicts:
            if one.what != RowOutcome.ADD:
                continue
            told: ToldEmployer = one.told
            if not told.known:
                register_employer(
                    by=by,
                    at=at,
                    name=told.name,
                    credit_code=told.credit_code,
                    unit_type=told.unit_type,
                    territory=Union.objects.get(pk=told.territory),
                )
            if told.union is not None and told.since is not None:
                union = Union.objects.get(pk=told.union)
                cover_employer(by=by, at=at, union=union, employer=told.name, since=told.since)
