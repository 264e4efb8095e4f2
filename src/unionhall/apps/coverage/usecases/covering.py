"""How a founding ends: with a union that covers its enterprises. Others may join a joint union later."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import FoundingAct, FoundingKind, Source, Stage, UnionState
from unionhall.apps.coverage.facts import EnterpriseCovered, UnionFounded
from unionhall.apps.coverage.models import Enterprise, Founding
from unionhall.apps.coverage.usecases.enterprises import not_in_future, save
from unionhall.apps.coverage.usecases.foundings import locked, open_row, rows_of, step
from unionhall.apps.coverage.usecases.states import put_state
from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.orgs.usecases import cover_employer, end_coverage, found_union, register_employer
from unionhall.engines.identifiers import IdentifierError, read_credit_code
from unionhall.kernel import audit, facts
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting
from unionhall.kernel.refusals import Refusal


@transaction.atomic
def register_union(
    *, by: Acting, at: datetime, founding: Founding, since: date, credit_code: str = ""
) -> Union:
    """Register the union that was approved: it answers to the upper union and covers its enterprises.

    Refused with STAGE, FUTURE, BEFORE_MEETING, CODE_WRONG, CODE_TAKEN. What waits elsewhere for these
    employers hears of it.
    """
    fresh = locked(founding, rules.registers, by, Stage.REGISTRATION)
    not_in_future(since, at)
    if fresh.meeting and since < (met := fresh.meeting.starts_at.astimezone(CITY).date()):
        raise Refusal("BEFORE_MEETING", met=met.isoformat())
    union = found_union(
        by=by,
        at=at,
        name=fresh.name,
        short_name=fresh.short_name,
        level=UnionLevel.GRASSROOTS,
        superior=fresh.upper,
        since=since,
        credit_code=_code_of_union(credit_code),
    )
    state = UnionState.JOINT if fresh.kind == FoundingKind.JOINT else UnionState.FOUNDED
    for enterprise in rows_of(fresh, at.astimezone(CITY).date()):
        # The day on which the founding began may be later than the one from which the union counts.
        on = max(since, enterprise.state_on or since)
        _cover(enterprise, union, state, since, on, by, at)
    fresh.stage, fresh.due, fresh.ended_at, fresh.union = Stage.FOUNDED, None, at, union
    fresh.save(update_fields=["stage", "due", "ended_at", "union"])
    step(fresh, FoundingAct.FOUNDED, by, at)
    audit.record(by.actor, "founding.register", fresh, at=at, refs={"union": union.public_id})
    facts.publish(UnionFounded(union=union.public_id, founding=fresh.public_id), at=at)
    return union


def _code_of_union(text: str) -> str:
    """The credit code of the union itself, where it has one already."""
    if not text.strip():
        return ""
    try:
        code = read_credit_code(text).code
    except IdentifierError as error:
        raise Refusal("CODE_WRONG", problem=error.code) from None
    if Union.objects.filter(credit_code=code).exists():
        raise Refusal("CODE_TAKEN")
    return code


@transaction.atomic
def join_joint_union(
    *, by: Acting, at: datetime, enterprise: Enterprise, union: Union, since: date
) -> Enterprise:
    """Let a joint union that is there cover one enterprise more."""
    fresh = open_row(enterprise, by)
    not_in_future(since, at)
    if union.level != UnionLevel.GRASSROOTS:
        raise Refusal("NOT_A_JOINT_UNION", union=union.short_name)
    employer = _cover(fresh, union, UnionState.JOINT, since, since, by, at)
    audit.record(by.actor, "enterprise.cover", fresh, at=at, refs={"union": union.public_id})
    facts.publish(EnterpriseCovered(union=union.public_id, employer=employer.public_id), at=at)
    return fresh


def _cover(
    enterprise: Enterprise, union: Union, state: UnionState, since: date, on: date, by: Acting, at: datetime
) -> Employer:
    employer = _employer_of(enterprise, by, at)
    # A dormant union's coverage ends with the one that takes its place.
    end_coverage(by=by, at=at, employer=employer, on=since, but=union)
    cover_employer(by=by, at=at, union=union, employer=employer.name, since=since)
    fields = put_state(enterprise, state, on, at, by=by, source=Source.UNION, union=union)
    enterprise.employer = employer
    # What was to be done next was to be done for this.
    enterprise.next_step, enterprise.next_due = "", None
    save(enterprise, [*fields, "employer", "next_step", "next_due"], at)
    return employer


def _employer_of(enterprise: Enterprise, by: Acting, at: datetime) -> Employer:
    """The employer that an enterprise is, registered where nobody knows it yet.

    Refused with NAME_DELETED where it is called by a person's name that is no longer kept whole.
    """
    if enterprise.employer is not None:
        return enterprise.employer
    # The register of those whom unions cover names them: whole, as members write it in their applications.
    name = queries.names.whole([enterprise])[enterprise.pk]
    if name == enterprise.name and enterprise.names.filter(former=False).exclude(name_index=None).exists():
        raise Refusal("NAME_DELETED", name=name)
    named = Q(name=name)
    if enterprise.credit_code:
        named |= Q(credit_code=enterprise.credit_code)
    known = list(Employer.objects.filter(named).filter(enterprise=None))
    # The number says more than the name, where one of each is found.
    known.sort(key=lambda one: one.credit_code != enterprise.credit_code)
    if known:
        return known[0]
    return register_employer(
        by=by,
        at=at,
        name=name,
        credit_code=enterprise.credit_code or "",
        unit_type=enterprise.legal_form,
        territory=enterprise.ground,
    )
