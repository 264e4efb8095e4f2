"""Founding unions, placing them in the line of command, and what they cover."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from unionhall.apps.orgs import rules
from unionhall.apps.orgs.codes import RegisterField, RegisterKind, UnionLevel
from unionhall.apps.orgs.models import Affiliation, Agreement, Command, Coverage, Employer, Union
from unionhall.apps.orgs.queries import subtree
from unionhall.kernel import audit
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal


@transaction.atomic
def found_union(
    *,
    by: Acting,
    at: datetime,
    name: str,
    short_name: str,
    level: UnionLevel,
    superior: Union | None,
    since: date,
    credit_code: str = "",
) -> Union:
    """Found a union under another. The city federation, which is under none, comes from the command line."""
    if superior is None and by is not SYSTEM:
        raise Refusal("SUPERIOR_MISSING")
    if superior is not None:
        require(rules.administers, by, superior)
    if Union.objects.filter(name=name).exists():
        raise Refusal("UNION_EXISTS", name=name)
    union = Union.objects.create(
        name=name, short_name=short_name, level=level, credit_code=credit_code or None
    )
    fields = ["name", "short_name", "level", *(["credit_code"] if credit_code else [])]
    audit.record(by.actor, "union.found", union, at=at, fields=fields)
    if superior is not None:
        _place(by, at, union, superior, since)
    return union


@transaction.atomic
def note_contact(*, by: Acting, at: datetime, union: Union, phone: str, address: str, hours: str) -> None:
    """Note how workers reach a union's office; members see it on their own page."""
    require(rules.administers, by, union)
    told = {"phone": phone.strip(), "address": address.strip(), "hours": hours.strip()}
    changed = [name for name, value in told.items() if getattr(union, name) != value]
    if not changed:
        return
    Union.objects.filter(pk=union.pk).update(**told)
    audit.record(by.actor, "union.contact", union, at=at, fields=changed)


@transaction.atomic
def place_under(*, by: Acting, at: datetime, union: Union, superior: Union, since: date) -> Command:
    """Let a union answer to ``superior`` from a day on; the line it had until then ends.

    Refused with COMMAND_RING when the superior itself answers to the union, and with LINE_BEGINS_LATER when
    the present line did not begin before that day.
    """
    require(rules.administers, by, union)
    require(rules.administers, by, superior)
    return _place(by, at, union, superior, since)


def _place(by: Acting, at: datetime, union: Union, superior: Union, since: date) -> Command:
    if superior.pk in subtree([union.pk], since):
        raise Refusal("COMMAND_RING", union=union.short_name)
    present = Command.objects.select_for_update().filter(union=union, ends=None).first()
    if present is not None:
        if present.starts >= since:
            raise Refusal("LINE_BEGINS_LATER", since=present.starts.isoformat())
        present.ends = since
        present.save(update_fields=["ends"])
    command = Command.objects.create(union=union, superior=superior, starts=since)
    audit.record(by.actor, "union.place", union, at=at, refs={"superior": superior.public_id})
    return command


@transaction.atomic
def affiliate(*, by: Acting, at: datetime, union: Union, industry_union: Union, since: date) -> Affiliation:
    """Make a union a member of an industry union beside its line of command."""
    require(rules.administers, by, union)
    if industry_union.level != UnionLevel.INDUSTRY:
        raise Refusal("NOT_AN_INDUSTRY_UNION", union=industry_union.short_name)
    affiliation, new = Affiliation.objects.get_or_create(
        union=union, industry_union=industry_union, ends=None, defaults={"starts": since}
    )
    if new:
        audit.record(
            by.actor, "union.affiliate", union, at=at, refs={"industry_union": industry_union.public_id}
        )
    return affiliation


@transaction.atomic
def register_employer(
    *, by: Acting, at: datetime, name: str, credit_code: str, unit_type: str, territory: Union
) -> Employer:
    """Register an employer in the area of a union.

    Refused with EMPLOYER_EXISTS when the name or the credit code is registered already.
    """
    require(rules.administers, by, territory)
    named = Q(name=name) | Q(credit_code=credit_code) if credit_code else Q(name=name)
    if Employer.objects.filter(named).exists():
        raise Refusal("EMPLOYER_EXISTS", name=name)
    employer = Employer.objects.create(
        name=name, credit_code=credit_code or None, unit_type=unit_type, territory=territory
    )
    fields = ["name", "credit_code", "unit_type", "territory"]
    audit.record(
        by.actor, "employer.register", employer, at=at, fields=fields, refs={"union": territory.public_id}
    )
    return employer


@transaction.atomic
def cover_employer(*, by: Acting, at: datetime, union: Union, employer: str, since: date) -> Coverage:
    """Let a union cover an employer, named; the employer is registered when it is new."""
    require(rules.administers, by, union)
    found, new = Employer.objects.get_or_create(name=employer)
    if new:
        audit.record(by.actor, "employer.register", found, at=at, fields=["name"])
    coverage, new = Coverage.objects.get_or_create(
        union=union, employer=found, ends=None, defaults={"starts": since}
    )
    if new:
        audit.record(by.actor, "union.cover", union, at=at, refs={"employer": found.public_id})
    return coverage


@transaction.atomic
def end_coverage(*, by: Acting, at: datetime, employer: Employer, on: date, but: Union | None = None) -> None:
    """Let those unions that cover an employer do so until a day, all or all but one.

    What began on that day or later held for its first day. Whoever may say that an employer has no union, or
    another one, may say this: the caller asks.
    """
    open_ = Coverage.objects.select_for_update(of=("self",)).filter(employer=employer, ends=None)
    for coverage in open_.exclude(union=but).select_related("union"):
        coverage.ends = max(on, coverage.starts + timedelta(days=1))
        coverage.save(update_fields=["ends"])
        refs = {"employer": employer.public_id}
        audit.record(by.actor, "union.uncover", coverage.union, at=at, refs=refs)


@transaction.atomic
def note_agreement(
    *,
    by: Acting,
    at: datetime,
    ground: Union,
    office: str,
    register: RegisterKind,
    title: str,
    number: str,
    purpose: str,
    fields: Collection[RegisterField],
    officer: str,
    starts: date,
    ends: date | None,
) -> Agreement:
    """Note an agreement by which an office gives a register of the union's ground.

    Refused with AGREEMENT_PERIOD when it ends before it begins, and with AGREEMENT_FIELDS when it leaves out
    the name, without which no enterprise can be found.
    """
    require(rules.administers, by, ground)
    if ends is not None and ends <= starts:
        raise Refusal("AGREEMENT_PERIOD")
    if RegisterField.NAME not in fields:
        raise Refusal("AGREEMENT_FIELDS")
    agreement = Agreement.objects.create(
        ground=ground,
        office=office.strip(),
        register=register,
        title=title.strip(),
        number=number.strip(),
        purpose=purpose.strip(),
        fields=[str(one) for one in RegisterField if one in fields],
        officer=officer.strip(),
        starts=starts,
        ends=ends,
    )
    audit.record(by.actor, "agreement.note", agreement, at=at, refs={"union": ground.public_id})
    return agreement


@transaction.atomic
def end_agreement(*, by: Acting, at: datetime, agreement: Agreement, ends: date) -> Agreement:
    """Let an agreement end on a day; from then on nothing is taken in under it.

    Refused with AGREEMENT_PERIOD when that lies before its beginning.
    """
    require(rules.administers, by, agreement.ground)
    if ends <= agreement.starts:
        raise Refusal("AGREEMENT_PERIOD")
    agreement.ends = ends
    agreement.save(update_fields=["ends"])
    audit.record(by.actor, "agreement.end", agreement, at=at, fields=["ends"])
    return agreement
