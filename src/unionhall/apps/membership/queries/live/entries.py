"""The rows behind each live figure: entries of the ledger, and who stands on a roll."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from unionhall.apps.membership.codes import Channel, EventKind, Standing
from unionhall.apps.membership.models import Attribution, CategorySet, Membership, MembershipEvent
from unionhall.apps.membership.queries.counting import NEW_EMPLOYMENT_JOINS, OF_KIND
from unionhall.apps.membership.queries.figures import merged_roots
from unionhall.apps.membership.queries.live.scope import Scope
from unionhall.apps.orgs.queries import of_unions

KIND_OF = {figure: kind for kind, figure in OF_KIND.items()}


@dataclass
class Merged:
    """What of merged records is within a scope and does not count: JOINs (keys) that are not the person's
    first, and how many other entries of each kind.
    """

    later: list[int] = field(default_factory=list)
    moves: Counter[str] = field(default_factory=Counter)


def merged_within(scope: Scope) -> Merged:
    """Read it for all merged records; there are few, and one statement is less than a look at each person."""
    roots = merged_roots()
    first: dict[int, int] = {}
    found = Merged()
    corrected = MembershipEvent.objects.filter(kind=EventKind.CORRECT, on__lt=scope.ends).values("corrects")
    rows = MembershipEvent.objects.filter(on__lt=scope.ends, person__among={*roots, *roots.values()}).exclude(
        pk__in=corrected
    )
    told = ("person_id", "pk", "kind", "union_id", "on")
    for person, key, kind, union, on in rows.order_by("on", "pk").values_list(*told):
        within = union in scope.unions and on >= scope.starts
        if kind == EventKind.JOIN:
            if first.setdefault(roots.get(person, person), key) != key and within:
                found.later.append(key)
        elif within and person in roots:
            found.moves[kind] += 1
    return found


def entries(
    scope: Scope, figure: str, listed: CategorySet, unions: frozenset[int] | None = None
) -> QuerySet[MembershipEvent]:
    """The entries that a live figure counts, of all kinds but MEMBERS; within some of the scope's unions."""
    chosen = scope.unions if unions is None else unions
    if figure in KIND_OF:
        return of_period(scope, chosen).filter(kind=KIND_OF[figure], person__merged_into=None)
    rows = joins_within(scope, chosen, merged_within(scope).later)
    return rows.filter(occupation__in=listed.occupations) if figure == NEW_EMPLOYMENT_JOINS else rows


def of_period(scope: Scope, unions: frozenset[int]) -> QuerySet[MembershipEvent]:
    """The entries of the period that were not corrected."""
    period = {"on__gte": scope.starts, "on__lt": scope.ends}
    # A correction stands on the day of what it corrects, so those of the period are enough.
    corrected = MembershipEvent.objects.filter(kind=EventKind.CORRECT, **period).values("corrects")
    return MembershipEvent.objects.filter(of_unions("union", unions), **period).exclude(pk__in=corrected)


def joins_within(scope: Scope, unions: frozenset[int], later: list[int]) -> QuerySet[MembershipEvent]:
    """The JOINs among them that are their person's first."""
    return of_period(scope, unions).filter(kind=EventKind.JOIN).exclude(pk__in=later)


def members(scope: Scope, unions: frozenset[int] | None = None) -> QuerySet[Membership]:
    """Who stands on a roll of the scope today."""
    return Membership.objects.filter(
        of_unions("union", scope.unions if unions is None else unions),
        standing=Standing.MEMBER,
        person__merged_into=None,
    )


def through(
    rows: QuerySet[MembershipEvent], *, channel: str = "", assisted_by: str = "", partner: int | None = None
) -> QuerySet[MembershipEvent]:
    """Of some joins those credited to a channel, helped by one, or credited to sessions with a partner."""
    credited = Attribution.objects.filter(application=OuterRef("application"))
    if channel == Channel.UNKNOWN:
        rows = rows.filter(~Exists(credited.exclude(channel=Channel.UNKNOWN)))
    elif channel:
        rows = rows.filter(Exists(credited.filter(channel=channel)))
    if assisted_by:
        # Codes are words of capitals; none is a part of another between its quotation marks.
        said = Cast("assisted_by", TextField())
        rows = rows.filter(Exists(credited.annotate(said=said).filter(said__contains=f'"{assisted_by}"')))
    if partner is not None:
        rows = rows.filter(Exists(credited.filter(session__partners=partner)))
    return rows
