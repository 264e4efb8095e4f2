"""The review desk: people decide where the machine is not sure, and what they decide holds."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import PairState, Verdict
from unionhall.apps.coverage.models import LinkDecision, PairOpinion, PairRecall, ReviewPair
from unionhall.apps.coverage.usecases.registers.ledger import Found, Writer, withdraw
from unionhall.apps.coverage.usecases.registers.proposing import take_back
from unionhall.apps.coverage.usecases.registers.rows import Record
from unionhall.apps.coverage.usecases.registers.runs import PAIR, must_rest
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account
from unionhall.kernel import audit
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.sealed import UnsealError, unseal

# Records that nobody has looked at for so long are not kept open any longer.
KEPT = timedelta(days=90)
# For so long after it was said an opinion can be taken back; as long are a decided pair's records kept.
RECALLABLE = timedelta(days=7)
# One opinion decides a pair, or two where a second person is asked.
_ENOUGH, _ENOUGH_TWICE = 1, 2


def opened(pair: ReviewPair) -> dict[str, Any]:
    """Both records of a pair, while they are kept, and the steps between them.

    Refused with PAIR_SETTLED, FILE_ALTERED.
    """
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
    mine = fresh.opinions.filter(account=by)
    if mine.filter(recall=None).exists():
        raise Refusal("PAIR_SAID")
    PairOpinion.objects.create(pair=fresh, verdict=verdict, account=by, at=at, turn=mine.count())
    audit.record(by.actor, "pair.decide", fresh, at=at, refs={"verdict": str(verdict)})
    settled, count = _said(fresh).most_common(1)[0]
    if count >= _enough(fresh):
        _settle(fresh, by, at, Verdict(settled))
    return fresh


def _said(pair: ReviewPair) -> Counter[str]:
    return Counter(pair.opinions.filter(recall=None).values_list("verdict", flat=True))


def _enough(pair: ReviewPair) -> int:
    return _ENOUGH_TWICE if pair.twice else _ENOUGH


def _settle(pair: ReviewPair, by: Account, at: datetime, verdict: Verdict) -> None:
    told = opened(pair)
    same = verdict == Verdict.SAME
    record = Record(**told["a"])
    # Pairs of earlier versions do not tell the headquarters.
    writer = Writer(pair.run, by, at, lambda _name: told.get("headquarters", ""))
    others = {name: Record(**told[name]) if told[name] else None for name in ("tax", "insurance")}
    writer.write([Found(record, same, **others)])
    LinkDecision.objects.update_or_create(
        ground=pair.run.ground,
        key_a=bytes(pair.key_a),
        key_b=bytes(pair.key_b),
        defaults={"same": same, "at": at},
    )
    pair.state = PairState.SAME if same else PairState.OTHER
    pair.settled_at, pair.enterprise = at, writer.enterprise_of(record)
    pair.entry = writer.entries[0] if writer.entries else None
    pair.save(update_fields=["state", "settled_at", "enterprise", "entry"])


@transaction.atomic
def recall_opinion(*, by: Account, at: datetime, opinion: PairOpinion, reason: str = "") -> ReviewPair:
    """Take back what was said of a pair; where too few are left who say so, it is open again.

    What others said of it stands. Anything but one's own last opinion takes a reason, and somebody else's
    whoever answers for the union. Refused with RECALL_DONE, RECALL_OVER, RUN_UNDER_WAY, REASON_MISSING.
    """
    pair = (
        ReviewPair.objects.select_for_update(of=("self",))
        .select_related("run__ground")
        .get(pk=opinion.pair_id)
    )
    require(rules.keeps_pair, by, pair)
    if opinion.account_id != by.pk:
        require(rules.recalls_others, by, pair)
    if PairRecall.objects.filter(opinion=opinion).exists():
        raise Refusal("RECALL_DONE")
    if pair.sealed is None or at >= opinion.at + RECALLABLE:
        raise Refusal("RECALL_OVER")
    # A run under way has read the decisions already. Decisions, which refer to the ground, need not wait.
    must_rest(Union.objects.select_for_update(no_key=True).get(pk=pair.run.ground_id))
    if not reason.strip() and opinion != queries.registers.last_opinion(pair.run.ground, by.pk):
        raise Refusal("REASON_MISSING")
    recall = PairRecall(opinion=opinion, account=by, reason=reason.strip()[:200], reopened=False, at=at)
    said = _said(pair) - Counter([opinion.verdict])
    recall.reopened = pair.state != PairState.OPEN and said[pair.state] < _enough(pair)
    recall.save()
    audit.record(by.actor, "pair.recall", pair, at=at, refs={"verdict": opinion.verdict})
    if recall.reopened:
        _reopen(pair, by, at, recall.reason)
    return pair


def _reopen(pair: ReviewPair, by: Account, at: datetime, reason: str) -> None:
    # The enterprise is locked first, as where a proposal is settled.
    if pair.entry:
        withdraw(pair.entry, ground=pair.run.ground, by=by, at=at, reason=reason)
    if pair.enterprise and pair.settled_at:
        take_back(pair.enterprise, pair.run, pair.settled_at)
    LinkDecision.objects.filter(
        ground=pair.run.ground, key_a=bytes(pair.key_a), key_b=bytes(pair.key_b)
    ).delete()
    pair.state, pair.settled_at, pair.enterprise, pair.entry = PairState.OPEN, None, None, None
    pair.save(update_fields=["state", "settled_at", "enterprise", "entry"])


@transaction.atomic
def purge(*, at: datetime) -> int:
    """Let pairs lapse after 90 days undecided, delete records seven days after a decision; how many pairs."""
    decided = ReviewPair.objects.filter(settled_at__lte=at - RECALLABLE, sealed__isnull=False)
    count = decided.update(sealed=None)
    late = ReviewPair.objects.filter(state=PairState.OPEN, run__at__lt=at - KEPT)
    return count + late.update(state=PairState.LAPSED, sealed=None, settled_at=at)
