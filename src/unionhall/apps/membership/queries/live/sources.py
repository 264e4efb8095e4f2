"""Where joins came from: channels with what they cost, and partners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from unionhall.apps.membership.codes import Channel, EventKind
from unionhall.apps.membership.models import Attribution, MembershipEvent, OutreachSession
from unionhall.apps.membership.queries.live.scope import Scope, moment
from unionhall.apps.orgs.queries import of_unions

FEW_UNIONS = 100


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
class OfPartner:
    """Joins credited to sessions with a partner; a session with two counts for both."""

    public_id: str
    name: str
    sessions: int = 0
    joins: int = 0


def by_source(scope: Scope, later: list[int], number: int) -> tuple[list[OfChannel], list[OfPartner]]:
    """What came through each channel, and with each partner; ``number`` is all joins."""
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


def _sessions(
    scope: Scope, joins_of: Mapping[int, int], channels: Mapping[Channel, OfChannel]
) -> list[OfPartner]:
    """Count the scope's sessions of the period into their channels, and into their partners."""
    held = OutreachSession.objects.filter(
        starts_at__gte=moment(scope.starts), starts_at__lt=moment(scope.ends)
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


def total_of(lines: Iterable[OfChannel]) -> OfChannel:
    """The sessions of all channels, and what they cost."""
    whole = OfChannel(Channel.UNKNOWN)
    for one in lines:
        whole.sessions += one.sessions
        whole.priced += one.priced
        whole.cost += one.cost
        whole.priced_joins += one.priced_joins
    return whole
