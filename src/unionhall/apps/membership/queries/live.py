"""The figures of joining as they stand now: the definition of `counting`, counted by the database.

However many members and entries there are, the number of statements is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
)
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import Cast, ExtractMonth, TruncDate

from unionhall.apps.membership.codes import ApplicationState, Channel, EventKind, Standing
from unionhall.apps.membership.models import (
    Application,
    Attribution,
    CategorySet,
    Decision,
    Membership,
    MembershipEvent,
    OutreachSession,
    Target,
    Touch,
)
from unionhall.apps.membership.queries.counting import JOINS, MEMBERS, NEW_EMPLOYMENT_JOINS, OF_KIND
from unionhall.apps.membership.queries.figures import merged_roots, merging_persons
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import branches, of_unions
from unionhall.apps.people.models import Person
from unionhall.kernel.clock import CITY

# A cohort: whoever came to a session in a month, applied so soon after, and was approved so soon after.
APPLIED_WITHIN, APPROVED_WITHIN = timedelta(days=30), timedelta(days=60)
FEW_UNIONS = 100
KIND_OF = {figure: kind for kind, figure in OF_KIND.items()}


@dataclass(frozen=True)
class Scope:
    """What is looked at: a union with whatever answers to it on ``today``, and a year until today."""

    union: Union
    year: int
    today: date
    # Every union under it, and the direct subordinate through which it answers.
    branch_of: Mapping[int, int]
    # One month of the year alone; 0 for all of it.
    month: int = 0

    @cached_property
    def unions(self) -> frozenset[int]:
        """The union and all under it."""
        return frozenset((self.union.pk, *self.branch_of))

    @property
    def starts(self) -> date:
        """The first day."""
        return date(self.year, self.month or 1, 1)

    @property
    def ends(self) -> date:
        """The day after the last."""
        until = self.month % 12 + 1 if self.month else 1
        return min(date(self.year + (until == 1), until, 1), self.today + timedelta(days=1))

    def of_branch(self, branch: int) -> frozenset[int]:
        """The unions of one branch; of the union itself only that."""
        return frozenset((branch, *(key for key, at in self.branch_of.items() if at == branch)))


def scope_of(union: Union, year: int, today: date) -> Scope:
    """The scope of a dashboard."""
    return Scope(union, year, today, branches(union, today))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, CITY)


@dataclass
class _Merged:
    """What of merged records is within a scope and does not count: JOINs (keys) that are not the person's
    first, and how many other entries of each kind.
    """

    later: list[int] = field(default_factory=list)
    moves: Counter[str] = field(default_factory=Counter)


def _merged(scope: Scope) -> _Merged:
    """Read it for all merged records; there are few, and one statement is less than a look at each person."""
    roots = merged_roots()
    first: dict[int, int] = {}
    found = _Merged()
    rows = MembershipEvent.objects.filter(on__lt=scope.ends, person__in=merging_persons(), corrected_by=None)
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
        return _entries(scope, chosen).filter(kind=KIND_OF[figure], person__merged_into=None)
    rows = _joins(scope, chosen, _merged(scope).later)
    return rows.filter(occupation__in=listed.occupations) if figure == NEW_EMPLOYMENT_JOINS else rows


def _entries(scope: Scope, unions: frozenset[int]) -> QuerySet[MembershipEvent]:
    """The entries of the period that were not corrected."""
    period = {"on__gte": scope.starts, "on__lt": scope.ends}
    # A correction stands on the day of what it corrects, so those of the period are enough.
    corrected = MembershipEvent.objects.filter(kind=EventKind.CORRECT, **period).values("corrects")
    return MembershipEvent.objects.filter(of_unions("union", unions), **period).exclude(pk__in=corrected)


def _joins(scope: Scope, unions: frozenset[int], later: list[int]) -> QuerySet[MembershipEvent]:
    """The JOINs among them that are their person's first."""
    return _entries(scope, unions).filter(kind=EventKind.JOIN).exclude(pk__in=later)


def members(scope: Scope, unions: frozenset[int] | None = None) -> QuerySet[Membership]:
    """Who stands on a roll of the scope today."""
    return Membership.objects.filter(
        of_unions("union", scope.unions if unions is None else unions),
        standing=Standing.MEMBER,
        person__merged_into=None,
    )


@dataclass
class Cohort:
    """Of those who came to a session in a month: how many applied, and how many were approved, in time."""

    month: int
    attended: int = 0
    applied: int = 0
    approved: int = 0
    # Whether all of them have had the time.
    applied_ripe: bool = False
    approved_ripe: bool = False


@dataclass
class OfChannel:
    """What came through one channel; assists are joins that it helped and another one is credited with."""

    channel: Channel
    joins: int = 0
    assists: int = 0
    sessions: int = 0
    # Of sessions whose cost is known: how many, what they cost in fen, and the joins credited to them.
    priced: int = 0
    cost: int = 0
    priced_joins: int = 0

    @property
    def cost_per_join(self) -> int | None:
        """Fen for each join, where both are known."""
        return self.cost // self.priced_joins if self.priced_joins else None


@dataclass
class OfUnion:
    """One direct subordinate with all under it; or the union itself."""

    union: Union
    joins: int = 0
    new_employment: int = 0
    members: int = 0


@dataclass
class OfPartner:
    """Joins credited to sessions with a partner; a session with two counts for both."""

    public_id: str
    name: str
    sessions: int = 0
    joins: int = 0


@dataclass
class Pace:
    """A year's target, and where the year would stand today if joins came evenly."""

    target: int
    expected: int
    reached: int

    @property
    def share(self) -> int:
        """Per cent of the target, rounded down."""
        return self.reached * 100 // self.target if self.target else 100

    @property
    def ahead(self) -> int:
        """How many more than expected by today; negative when behind."""
        return self.reached - self.expected

    @property
    def missing(self) -> int:
        """How many fewer than expected by today."""
        return -self.ahead


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
    merged = _merged(scope)
    joins = _joins(scope, scope.unions, merged.later)
    by_month, by_occupation = _by_month_and_occupation(joins, scope, listed)
    number = sum(all_ for _month, all_, _new in by_month)
    new = sum(new for _month, _all, new in by_month)
    by_union = _by_union(joins, scope, listed)
    by_channel, by_partner = _by_source(scope, merged.later, number)
    all_pace, listed_pace = _paces(scope, listed, number, new)
    return Dashboard(
        scope=scope,
        listed=listed,
        figures={JOINS: number, NEW_EMPLOYMENT_JOINS: new}
        | _of_kinds(scope, merged)
        | {MEMBERS: sum(one.members for one in by_union)},
        by_month=by_month,
        by_occupation=by_occupation,
        by_channel=by_channel,
        by_union=by_union,
        by_partner=by_partner,
        all_pace=all_pace,
        listed_pace=listed_pace,
        total=_total(by_channel),
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


def _by_union(joins: QuerySet[MembershipEvent], scope: Scope, listed: CategorySet) -> list[OfUnion]:
    direct = Union.objects.in_bulk({scope.union.pk, *scope.branch_of.values()})
    found = {key: OfUnion(union) for key, union in direct.items()}
    counted = (
        joins.order_by()
        .values_list("union_id")
        .annotate(n=Count("*"), new=Count("pk", filter=Q(occupation__in=listed.occupations)))
    )
    for union, n, new in counted:
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
    return [own, *sorted(found.values(), key=lambda one: (-one.joins, one.union.pk))]


def _of_kinds(scope: Scope, merged: _Merged) -> dict[str, int]:
    rows = _entries(scope, scope.unions).filter(kind__in=list(OF_KIND))
    counted = Counter(dict(rows.order_by().values_list("kind").annotate(n=Count("*"))))
    counted.subtract(merged.moves)
    return {figure: counted[kind] for kind, figure in OF_KIND.items()}


def _credited(scope: Scope, later: list[int]) -> QuerySet[Attribution]:
    """The attributions of the scope's joins."""
    period = {"on__gte": scope.starts, "on__lt": scope.ends}
    corrected = MembershipEvent.objects.filter(
        kind=EventKind.CORRECT, corrects__application__isnull=False, **period
    )
    credited = Attribution.objects.filter(
        of_unions("joined_with", scope.unions), joined_on__gte=scope.starts, joined_on__lt=scope.ends
    ).exclude(application__in=corrected.values("corrects__application"))
    of_later = MembershipEvent.objects.filter(pk__in=later, application__isnull=False)
    return credited.exclude(application__in=of_later.values("application"))


def _by_source(scope: Scope, later: list[int], number: int) -> tuple[list[OfChannel], list[OfPartner]]:
    credited = _credited(scope, later)
    channels = {channel: OfChannel(channel) for channel in Channel}
    of_session: Counter[int] = Counter()
    grouped = credited.order_by().values_list("channel", "session_id", "assisted_by").annotate(n=Count("*"))
    for channel, session, helpers, n in grouped:
        channels[Channel(channel)].joins += n
        if session is not None:
            of_session[session] += n
        for helper in helpers:
            channels[Channel(helper)].assists += n
    # Members taken over from an older register came with no application: where from is not known.
    channels[Channel.UNKNOWN].joins += number - sum(one.joins for one in channels.values())
    partners = _sessions(scope, of_session, channels)
    told = sorted(channels.values(), key=lambda one: (one.channel == Channel.UNKNOWN, -one.joins))
    return [
        one for one in told if one.joins or one.assists or one.sessions or one.channel == Channel.UNKNOWN
    ], partners


def _sessions(
    scope: Scope, joins_of: Mapping[int, int], channels: Mapping[Channel, OfChannel]
) -> list[OfPartner]:
    """Count the scope's sessions of the period into their channels, and into their partners."""
    held = OutreachSession.objects.filter(
        starts_at__gte=_moment(scope.starts), starts_at__lt=_moment(scope.ends)
    )
    if len(scope.unions) <= FEW_UNIONS:
        held = held.filter(union__in=scope.unions)
    # Of many unions each is looked at here: a year has fewer sessions than a district has unions.
    within: set[int] = set()
    for key, union, channel, cost in held.values_list("pk", "union_id", "channel", "cost"):
        if union not in scope.unions:
            continue
        within.add(key)
        line = channels[Channel(channel)]
        line.sessions += 1
        if cost is not None:
            line.priced += 1
            line.cost += cost
            line.priced_joins += joins_of.get(key, 0)
    partners: dict[int, OfPartner] = {}
    for session, key, public_id, name in held.filter(partners__isnull=False).values_list(
        "pk", "partners", "partners__public_id", "partners__name"
    ):
        if session not in within:
            continue
        partner = partners.setdefault(key, OfPartner(public_id, name))
        partner.sessions += 1
        partner.joins += joins_of.get(session, 0)
    return sorted(partners.values(), key=lambda one: (-one.joins, one.name))


def _total(lines: Iterable[OfChannel]) -> OfChannel:
    whole = OfChannel(Channel.UNKNOWN)
    for one in lines:
        whole.sessions += one.sessions
        whole.priced += one.priced
        whole.cost += one.cost
        whole.priced_joins += one.priced_joins
    return whole


def cohorts(scope: Scope) -> list[Cohort]:
    """Month by month, the distinct phones that came to a session of the scope, and what became of them."""
    sessions = OutreachSession.objects.filter(of_unions("union", scope.unions)).values("pk")
    touches = (
        Touch.objects.filter(session__in=sessions, at__gte=_moment(scope.starts), at__lt=_moment(scope.ends))
        .order_by()
        .values(
            "phone_index",
            "at",
            month=ExtractMonth("at", tzinfo=CITY),
            until=_after(APPLIED_WITHIN),
            last_day=TruncDate(_after(APPROVED_WITHIN), tzinfo=CITY),
        )
    )
    sql, params = touches.query.sql_with_params()
    # Phones and applications meet by an index and not by a foreign key, which the ORM does not join.
    approved = f"a.state = '{ApplicationState.APPROVED.value}' AND d.decided_on <= t.last_day"
    statement = (
        "SELECT t.month, COUNT(DISTINCT t.phone_index), COUNT(DISTINCT CASE WHEN a.id IS NOT NULL"  # noqa: S608 - names and a queryset's own
        f" THEN t.phone_index END), COUNT(DISTINCT CASE WHEN {approved} THEN t.phone_index END)"
        f" FROM ({sql}) t LEFT JOIN {Application._meta.db_table} a ON a.phone_index = t.phone_index"
        " AND a.submitted_at >= t.at AND a.submitted_at <= t.until"
        f" LEFT JOIN {Decision._meta.db_table} d ON d.id = a.decision_id GROUP BY t.month"
    )
    last = (scope.ends - timedelta(days=1)).month
    found = {month: Cohort(month) for month in range(1, last + 1)}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        for month, attended, applied, approved_ in cursor.fetchall():
            one = found[month]
            one.attended, one.applied, one.approved = attended, applied, approved_
    for one in found.values():
        after = date(scope.year + one.month // 12, one.month % 12 + 1, 1)
        one.applied_ripe = after + APPLIED_WITHIN <= scope.today
        one.approved_ripe = after + APPROVED_WITHIN <= scope.today
    return list(found.values())


def _after(time_: timedelta) -> Any:
    return ExpressionWrapper(F("at") + time_, output_field=DateTimeField())


def _paces(scope: Scope, listed: CategorySet, joins: int, new: int) -> tuple[Pace | None, Pace | None]:
    targets: dict[int | None, int] = dict(
        Target.objects.filter(
            Q(category_set=None) | Q(category_set=listed), union=scope.union, year=scope.year
        )
        .order_by()
        .values_list("category_set", "joins")
    )
    past = (scope.ends - scope.starts).days
    length = (date(scope.year + 1, 1, 1) - scope.starts).days

    def pace(key: int | None, reached: int) -> Pace | None:
        target = targets.get(key)
        return None if target is None else Pace(target, target * past // length, reached)

    return pace(None, joins), pace(listed.pk, new)


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
