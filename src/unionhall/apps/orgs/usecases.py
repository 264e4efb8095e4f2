"""Founding unions, placing them in the line of command, and what they cover.

Whoever calls holds a post that allows it: until pages for it exist, that is the demo and the importers.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Affiliation, Command, Coverage, Employer, Union
from unionhall.apps.orgs.queries import subtree
from unionhall.kernel import audit
from unionhall.kernel.audit import Actor
from unionhall.kernel.refusals import Refusal


@transaction.atomic
def found_union(
    *,
    by: Actor,
    at: datetime,
    name: str,
    short_name: str,
    level: UnionLevel,
    superior: Union | None,
    since: date,
) -> Union:
    """Found a union, under another unless it is the city federation."""
    if Union.objects.filter(name=name).exists():
        raise Refusal("UNION_EXISTS", name=name)
    union = Union.objects.create(name=name, short_name=short_name, level=level)
    audit.record(by, "union.found", union, at=at, fields=["name", "short_name", "level"])
    if superior is not None:
        place_under(by=by, at=at, union=union, superior=superior, since=since)
    return union


@transaction.atomic
def place_under(*, by: Actor, at: datetime, union: Union, superior: Union, since: date) -> Command:
    """Let a union answer to ``superior`` from a day on; the line it had until then ends.

    Refused with COMMAND_RING when the superior itself answers to the union.
    """
    if superior.pk in subtree([union.pk], since):
        raise Refusal("COMMAND_RING", union=union.short_name)
    Command.objects.filter(union=union, ends=None).update(ends=since)
    command = Command.objects.create(union=union, superior=superior, starts=since)
    audit.record(by, "union.place", union, at=at, refs={"superior": superior.public_id})
    return command


@transaction.atomic
def affiliate(*, by: Actor, at: datetime, union: Union, industry_union: Union, since: date) -> Affiliation:
    """Make a union a member of an industry union beside its line of command."""
    if industry_union.level != UnionLevel.INDUSTRY:
        raise Refusal("NOT_AN_INDUSTRY_UNION", union=industry_union.short_name)
    affiliation = Affiliation.objects.create(union=union, industry_union=industry_union, starts=since)
    audit.record(by, "union.affiliate", union, at=at, refs={"industry_union": industry_union.public_id})
    return affiliation


@transaction.atomic
def cover_employer(*, by: Actor, at: datetime, union: Union, employer: str, since: date) -> Coverage:
    """Let a union cover an employer, named; the employer is registered when it is new."""
    found, new = Employer.objects.get_or_create(name=employer)
    if new:
        audit.record(by, "employer.register", found, at=at, fields=["name"])
    coverage, new = Coverage.objects.get_or_create(
        union=union, employer=found, ends=None, defaults={"starts": since}
    )
    if new:
        audit.record(by, "union.cover", union, at=at, refs={"employer": found.public_id})
    return coverage
