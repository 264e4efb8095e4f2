"""All live figures of a scope at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractMonth

from unionhall.apps.membership.codes import Channel, EventKind, Standing
from unionhall.apps.membership.models import CategorySet, Membership, MembershipEvent
from unionhall.apps.membership.queries.counting import JOINS, MEMBERS, NEW_EMPLOYMENT_JOINS, OF_KIND
from unionhall.apps.membership.queries.live.entries import merged_within, of_period
from unionhall.apps.membership.queries.live.pace import Pace, paces
from unionhall.apps.membership.queries.live.scope import Scope
from unionhall.apps.membership.queries.live.sources import OfChannel, OfPartner, by_source, total_of
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import of_unions
from unionhall.apps.people.models import Person


@dataclass
class OfUnion:
    """One direct subordinate with all under it; or the union itself."""

    union: Union
    joins: int = 0
    new_employment: int = 0
    members: int = 0


@dataclass
class Dashboard:
    """All live figures of a scope."""

    scope: Scope
    listed: CategorySet
    figures: dict[str, int]
    # For each month from January: joins, and those of them in new forms of employment.
    by_month: list[tuple[int, int, int]]
    by_occupation: list[tuple[str, int]]
    by_channel: list[OfChannel]
    by_union: list[OfUnion]
    by_partner: list[OfPartner]
    all_pace: Pace | None = None
    listed_pace: Pace | None = None
    total: OfChannel = field(default_factory=lambda: OfChannel(Channel.UNKNOWN))


def dashboard(scope: Scope, listed: CategorySet) -> Dashboard:
    """Count everything."""
    merged = merged_within(scope)
    entries = of_period(scope, scope.unions).exclude(pk__in=merged.later)
    by_month, by_occupation = _by_month_and_occupation(entries.filter(kind=EventKind.JOIN), scope, listed)
    number = sum(all_ for _month, all_, _new in by_month)
    new = sum(new for _month, _all, new in by_month)
    by_union, kinds = _by_union(entries, scope, listed)
    by_channel, by_partner = by_source(scope, merged.later, number)
    all_pace, listed_pace = paces(scope, listed, number, new)
    return Dashboard(
        scope=scope,
        listed=listed,
        figures={JOINS: number, NEW_EMPLOYMENT_JOINS: new}
        | {figure: kinds[kind] - merged.moves[kind] for kind, figure in OF_KIND.items()}
        | {MEMBERS: sum(one.members for one in by_union)},
        by_month=by_month,
        by_occupation=by_occupation,
        by_channel=by_channel,
        by_union=by_union,
        by_partner=by_partner,
        all_pace=all_pace,
        listed_pace=listed_pace,
        total=total_of(by_channel),
    )


def _by_month_and_occupation(
    joins: QuerySet[MembershipEvent], scope: Scope, listed: CategorySet
) -> tuple[list[tuple[int, int, int]], list[tuple[str, int]]]:
    grouped = (
        joins.order_by()
        .annotate(month=ExtractMonth("on"))
        .values_list("month", "occupation")
        .annotate(n=Count("*"))
    )
    months: Counter[int] = Counter()
    new: Counter[int] = Counter()
    occupations: Counter[str] = Counter()
    for month, occupation, n in grouped:
        months[month] += n
        occupations[occupation] += n
        if occupation in listed.occupations:
            new[month] += n
    last = (scope.ends - timedelta(days=1)).month
    return [(month, months[month], new[month]) for month in range(1, last + 1)], occupations.most_common()


def _by_union(
    entries: QuerySet[MembershipEvent], scope: Scope, listed: CategorySet
) -> tuple[list[OfUnion], Counter[str]]:
    """The union itself and its direct subordinates, and all entries by kind: one look through the ledger."""
    direct = Union.objects.in_bulk({scope.union.pk, *scope.branch_of.values()})
    found = {key: OfUnion(union) for key, union in direct.items()}
    kinds: Counter[str] = Counter()
    counted = (
        entries.order_by()
        .values_list("kind", "union_id")
        .annotate(n=Count("*"), new=Count("pk", filter=Q(occupation__in=listed.occupations)))
    )
    for kind, union, n, new in counted:
        kinds[kind] += n
        if kind == EventKind.JOIN:
            line = found[scope.branch_of.get(union, scope.union.pk)]
            line.joins += n
            line.new_employment += new
    # Merged records keep their heads; there are few, and looking at every person would cost more.
    heads = Membership.objects.filter(standing=Standing.MEMBER).order_by()
    for union, n in (
        heads.filter(of_unions("union", scope.unions)).values_list("union_id").annotate(n=Count("*"))
    ):
        found[scope.branch_of.get(union, scope.union.pk)].members += n
    merged = Person.objects.filter(merged_into__isnull=False).values("pk")
    for union in heads.filter(person__in=merged).values_list("union_id", flat=True):
        if union in scope.unions:
            found[scope.branch_of.get(union, scope.union.pk)].members -= 1
    own = found.pop(scope.union.pk)
    return [own, *sorted(found.values(), key=lambda one: (-one.joins, one.union.pk))], kinds
