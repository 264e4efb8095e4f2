"""Which rule holds where, and what it makes of an enterprise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from unionhall.apps.coverage.codes import COVERED, Funds, UnionState
from unionhall.apps.coverage.models import Enterprise, Office, PriorityRule
from unionhall.apps.coverage.queries.points import SHIPPED, Facts, Scored, metres_between, score
from unionhall.apps.orgs.models import Command, Union


class Rule(NamedTuple):
    """The points that hold in a ground; number 0 is the rule that ships."""

    number: int
    points: Mapping[str, int]


NOTHING_DUE = (*COVERED, UnionState.NOT_DUE)


def rules_in_force(grounds: Iterable[int], on: date) -> dict[int, Rule]:
    """For each ground (a union's key) the newest rule of the nearest union at or above it that has one."""
    newest: dict[int, Rule] = {}
    for number, union, points in PriorityRule.objects.order_by("pk").values_list("pk", "union_id", "points"):
        newest[union] = Rule(number, {**SHIPPED, **points})
    shipped = Rule(0, SHIPPED)
    if not newest:
        return dict.fromkeys(grounds, shipped)
    in_force: dict[int, Rule] = {}
    level = {ground: ground for ground in grounds}
    # One statement for each level of the line, of which there are a handful.
    for _level in range(12):
        in_force |= {ground: newest[here] for ground, here in level.items() if here in newest}
        level = {ground: here for ground, here in level.items() if here not in newest}
        if not level:
            break
        lines = Command.objects.filter(Q(ends=None) | Q(ends__gt=on), starts__lte=on)
        above = dict(lines.filter(union__among=set(level.values())).values_list("union_id", "superior_id"))
        in_force |= {ground: shipped for ground, here in level.items() if here not in above}
        level = {ground: above[here] for ground, here in level.items() if here in above}
    return in_force


class Scorer:
    """Scores enterprises of some grounds on a day, with what that needs read once."""

    def __init__(self, grounds: Iterable[int], on: date) -> None:
        self.on = on
        keys = set(grounds)
        self.rules = rules_in_force(keys, on)
        offices = Office.objects.filter(union__among=keys)
        self.offices = {one.union_id: (float(one.latitude), float(one.longitude)) for one in offices}

    def explained(self, enterprise: Enterprise) -> Scored:
        """The points of an enterprise, part by part."""
        return score(self._facts(enterprise), self.rules[enterprise.ground_id].points, self.on)

    def put(self, enterprise: Enterprise) -> bool:
        """Write the score into the row (not the database); whether that changed it."""
        scored = self.explained(enterprise)
        now = (scored.total, self.rules[enterprise.ground_id].number, scored.until)
        before = (enterprise.score, enterprise.score_rule, enterprise.score_until)
        enterprise.score, enterprise.score_rule, enterprise.score_until = now
        return now != before

    def _facts(self, enterprise: Enterprise) -> Facts:
        office = self.offices.get(enterprise.ground_id)
        metres = None
        if office and enterprise.latitude is not None and enterprise.longitude is not None:
            metres = metres_between(office, (float(enterprise.latitude), float(enterprise.longitude)))
        return Facts(
            open=not enterprise.gone and enterprise.state not in NOTHING_DUE,
            headcount=enterprise.headcount,
            funds=enterprise.funds == Funds.YES,
            new_employment=enterprise.new_employment,
            metres=metres,
            last_contact=enterprise.last_contact_on,
            refused=enterprise.state == UnionState.REFUSED,
        )


SCORE_FIELDS = ("score", "score_rule", "score_until")


def published(unions: Iterable[int]) -> QuerySet[PriorityRule]:
    """The rules that some unions published, the newest first."""
    return (
        PriorityRule.objects.filter(union__among=unions)
        .select_related("union", "account__person")
        .order_by("-pk")
    )


def rule_for(union: Union, on: date) -> Rule:
    """The rule that holds in a ground."""
    return rules_in_force([union.pk], on)[union.pk]
