"""The review desk: people decide where the machine is not sure, and what they decide holds."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from unionhall.apps.coverage import rules
from unionhall.apps.coverage.codes import PairState, Verdict
from unionhall.apps.coverage.models import LinkDecision, PairOpinion, ReviewPair
from unionhall.apps.coverage.usecases.registers.ledger import Found, Writer
from unionhall.apps.coverage.usecases.registers.rows import Record
from unionhall.apps.coverage.usecases.registers.runs import PAIR
from unionhall.apps.people.models import Account
from unionhall.kernel import audit
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.sealed import UnsealError, unseal

# Records that nobody has looked at for so long are not kept open any longer.
KEPT = timedelta(days=90)


def opened(pair: ReviewPair) -> dict[str, Any]:
    """Both records of an open pair and the steps between them. Refused with PAIR_SETTLED, FILE_ALTERED."""
    if pair.sealed is None:
        raise Refusal("PAIR_SETTLED")
    try:
        told: dict[str, Any] = json.loads(unseal(bytes(pair.sealed), row=pair.public_id, column=PAIR))
    except UnsealError:
        raise Refusal("FILE_ALTERED") from None
    return told


@transaction.atomic
def decide_pair(*, by: Account, at: datetime, pair: ReviewPair, verdict: Verdict) -> ReviewPair:
    """Say whether two records are one enterprise; once enough people agree, the ledger follows.

    One person is enough, but for one pair in ten two must agree, and a third decides where they do not.
    Refused with PAIR_SETTLED, PAIR_SAID.
    """
    fresh = ReviewPair.objects.select_for_update(of=("self",)).select_related("run__ground").get(pk=pair.pk)
    require(rules.keeps_pair, by, fresh)
    if fresh.state != PairState.OPEN:
        raise Refusal("PAIR_SETTLED")
    if fresh.opinions.filter(account=by).exists():
        raise Refusal("PAIR_SAID")
    PairOpinion.objects.create(pair=fresh, verdict=verdict, account=by, at=at)
    audit.record(by.actor, "pair.decide", fresh, at=at, refs={"verdict": str(verdict)})
    said = Counter(fresh.opinions.values_list("verdict", flat=True))
    settled, count = said.most_common(1)[0]
    if count >= (2 if fresh.twice else 1):
        _settle(fresh, by, at, Verdict(settled))
    return fresh


def _settle(pair: ReviewPair, by: Account, at: datetime, verdict: Verdict) -> None:
    told = opened(pair)
    same = verdict == Verdict.SAME
    record = Record(**told["a"])
    writer = Writer(pair.run, by, at)
    others = {name: Record(**told[name]) if told[name] else None for name in ("tax", "insurance")}
    writer.write([Found(record, same, **others)])
    LinkDecision.objects.update_or_create(
        ground=pair.run.ground,
        key_a=bytes(pair.key_a),
        key_b=bytes(pair.key_b),
        defaults={"same": same, "at": at},
    )
    pair.state = PairState.SAME if same else PairState.OTHER
    pair.sealed, pair.settled_at, pair.enterprise = None, at, writer.enterprise_of(record)
    pair.save(update_fields=["state", "sealed", "settled_at", "enterprise"])


@transaction.atomic
def purge(*, at: datetime) -> int:
    """Let pairs lapse that nobody has decided within 90 days; how many."""
    late = ReviewPair.objects.filter(state=PairState.OPEN, run__at__lt=at - KEPT)
    return late.update(state=PairState.LAPSED, sealed=None, settled_at=at)
