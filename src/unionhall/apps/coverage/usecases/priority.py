"""The published rule by which enterprises come first, and scores made anew by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from unionhall.apps.coverage import rules
from unionhall.apps.coverage.models import Enterprise, Office, PriorityRule
from unionhall.apps.coverage.queries.points import BOUNDS, SHIPPED, WEIGHTS
from unionhall.apps.coverage.queries.priority import SCORE_FIELDS, Scorer
from unionhall.apps.coverage.usecases.enterprises import account_of
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.jobs import enqueue
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

RESCORE = "LEDGER_RESCORE"
PORTION = 500
MOST_POINTS = 100


@transaction.atomic
def publish_rule(
    *, by: Acting, at: datetime, union: Union, points: Mapping[str, int], reason: str
) -> PriorityRule:
    """Publish a rule for the grounds at and under a union; a job makes their scores anew.

    Refused with RULE_REASON, RULE_RANGE (points are -100 to 100, bounds at least 1), RULE_SAME.
    """
    require(rules.publishes, by, union)
    if not reason.strip():
        raise Refusal("RULE_REASON")
    whole = {**SHIPPED, **points}
    if whole.keys() != SHIPPED.keys():
        raise Refusal("RULE_RANGE", name=min(whole.keys() - SHIPPED.keys()))
    for name in WEIGHTS:
        if abs(whole[name]) > MOST_POINTS or (name.startswith("waiting") and whole[name] < 0):
            raise Refusal("RULE_RANGE", name=name)
    for name in BOUNDS:
        if whole[name] < 1:
            raise Refusal("RULE_RANGE", name=name)
    last = PriorityRule.objects.filter(union=union).order_by("-pk").first()
    if last is not None and last.points == whole:
        raise Refusal("RULE_SAME")
    rule = PriorityRule.objects.create(
        union=union, points=whole, reason=reason.strip(), account=account_of(by), at=at
    )
    audit.record(by.actor, "priority.publish", union, at=at, refs={"rule": rule.pk})
    _rescore_soon(by, at, union)
    return rule


@transaction.atomic
def place_office(*, by: Acting, at: datetime, union: Union, latitude: Decimal, longitude: Decimal) -> Office:
    """Say where a union's office stands; distances are measured from there."""
    require(rules.keeps_ground, by, union)
    office, _new = Office.objects.update_or_create(
        union=union, defaults={"latitude": latitude, "longitude": longitude}
    )
    audit.record(by.actor, "office.place", union, at=at, fields=["latitude", "longitude"])
    _rescore_soon(by, at, union)
    return office


def _rescore_soon(by: Acting, at: datetime, union: Union) -> None:
    enqueue(RESCORE, by=by, at=at, subject=union.public_id, union=union.pk, of=union.public_id)


def rescore(*, by: Acting, at: datetime, union: Union, step: Callable[[int, int], None]) -> dict[str, int]:
    """Make the scores of all enterprises at and under a union anew, a portion at a time."""
    require(rules.keeps_ground, by, union)
    grounds = subtree([union.pk], at.astimezone(CITY).date())
    return _rescored(Q(ground__among=grounds), grounds, at, step)


def rescore_due(*, at: datetime) -> int:
    """Make the scores anew that change with this day; how many did. Called once a day by the house."""
    today = at.astimezone(CITY).date()
    due = Q(score_until__isnull=False, score_until__lte=today)
    grounds = frozenset(Enterprise.objects.filter(due).values_list("ground_id", flat=True).distinct())
    return _rescored(due, grounds, at, lambda _done, _total: None)["changed"] if grounds else 0


def _rescored(
    which: Q, grounds: Iterable[int], at: datetime, step: Callable[[int, int], None]
) -> dict[str, int]:
    scorer = Scorer(grounds, at.astimezone(CITY).date())
    total, done, changed, last = Enterprise.objects.filter(which).count(), 0, 0, 0
    while True:
        with transaction.atomic():
            portion = list(
                Enterprise.objects.select_for_update(of=("self",))
                .defer("extra_sealed")
                .filter(which, pk__gt=last)
                .order_by("pk")[:PORTION]
            )
            if not portion:
                break
            anew = [row for row in portion if scorer.put(row)]
            Enterprise.objects.bulk_update(anew, SCORE_FIELDS)
        last, done, changed = portion[-1].pk, done + len(portion), changed + len(anew)
        step(done, total)
    return {"rows": done, "changed": changed}
