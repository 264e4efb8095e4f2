"""A run: registers linked by the engine, what is sure written to the ledger, what is not kept for people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import LINKABLE, DeliveryState, PairState
from unionhall.apps.coverage.models import Delivery, LinkageRun, ReviewPair
from unionhall.apps.coverage.usecases.registers import standing, vault
from unionhall.apps.coverage.usecases.registers.arriving import delete, must_hold, whole_files
from unionhall.apps.coverage.usecases.registers.ledger import Found, Writer
from unionhall.apps.coverage.usecases.registers.linking import Result, link
from unionhall.apps.coverage.usecases.registers.rows import Record, records
from unionhall.apps.coverage.usecases.registers.standing import Step
from unionhall.apps.orgs.codes import RegisterKind
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account
from unionhall.engines.linkage import Headquarters
from unionhall.engines.linkage.duck import Stopped
from unionhall.kernel import audit
from unionhall.kernel.codes import UNDER_WAY
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.jobs import enqueue
from unionhall.kernel.models import Job
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.sealed import keyed_index, seal

LINK = "LINKAGE_RUN"
BATCH = 500
PAIR = "review_pair.records"
# One pair in so many is asked of a second person.
TWICE = 10
# The register of the kind is under this name in a run and for the engine.
PARTS = {
    "market": RegisterKind.MARKET,
    "union": RegisterKind.UNION,
    "tax": RegisterKind.TAX,
    "insurance": RegisterKind.INSURANCE,
}


def can_link() -> bool:
    """Whether the extra that links registers is installed."""
    return all(find_spec(name) for name in ("duckdb", "pyarrow", "splink"))


@transaction.atomic
def begin_run(
    *,
    by: Account,
    at: datetime,
    ground: Union,
    market: Delivery,
    union: Delivery,
    tax: Delivery | None = None,
    insurance: Delivery | None = None,
) -> LinkageRun:
    """Have registers linked by a job.

    Refused with LINKAGE_MISSING where the extra is not installed, DELIVERY_STATE, DELIVERY_OTHER (another
    ground's or kind's), AGREEMENT_OVER, RUN_UNDER_WAY.
    """
    require(rules.keeps_ground, by, ground)
    if not can_link():
        raise Refusal("LINKAGE_MISSING")
    Union.objects.select_for_update().get(pk=ground.pk)
    parts = {"market": market, "union": union, "tax": tax, "insurance": insurance}
    for name, delivery in parts.items():
        if delivery is not None:
            _must_fit(delivery, ground, PARTS[name], at)
    must_rest(ground)
    run = LinkageRun.objects.create(ground=ground, account=by, at=at, **parts)
    audit.record(by.actor, "run.begin", run, at=at, refs={"union": ground.public_id})
    _ask(run, by, at)
    return run


def must_rest(ground: Union) -> None:
    """Refused with RUN_UNDER_WAY while registers of a ground are being linked."""
    open_runs = LinkageRun.objects.filter(ground=ground, written_at=None).values("public_id")
    if Job.objects.filter(subject__in=open_runs, state__in=UNDER_WAY).exists():
        raise Refusal("RUN_UNDER_WAY")


def _must_fit(delivery: Delivery, ground: Union, kind: RegisterKind, at: datetime) -> None:
    agreement = delivery.source.agreement
    if agreement.ground_id != ground.pk or agreement.register != kind:
        raise Refusal("DELIVERY_OTHER")
    if Delivery.objects.get(pk=delivery.pk).state not in LINKABLE:
        raise Refusal("DELIVERY_STATE")
    must_hold(agreement, at)


def _ask(run: LinkageRun, by: Acting, at: datetime) -> None:
    enqueue(LINK, by=by, at=at, subject=run.public_id, union=run.ground_id, run=run.public_id)


@transaction.atomic
def begin_again(*, by: Account, at: datetime, run: LinkageRun) -> None:
    """Have a run that was broken off done again; what it had written stays.

    Refused with RUN_UNDER_WAY, RUN_WRITTEN, FILE_MISSING.
    """
    require(rules.keeps_ground, by, run.ground)
    Union.objects.select_for_update().get(pk=run.ground_id)
    fresh = LinkageRun.objects.get(pk=run.pk)
    if fresh.written_at is not None:
        raise Refusal("RUN_WRITTEN")
    if Job.objects.filter(subject=run.public_id, state__in=UNDER_WAY).exists():
        raise Refusal("RUN_UNDER_WAY")
    if any(one.state not in LINKABLE for one in deliveries_of(fresh).values()):
        raise Refusal("FILE_MISSING")
    audit.record(by.actor, "run.begin", run, at=at, refs={"again": 1})
    _ask(run, by, at)


def deliveries_of(run: LinkageRun) -> dict[str, Delivery]:
    """The files of a run by what they are in it."""
    found = {name: getattr(run, name) for name in PARTS}
    return {name: delivery for name, delivery in found.items() if delivery is not None}


def do_run(*, by: Acting, at: datetime, run: LinkageRun, step: Step, stopped: Stopped) -> dict[str, int]:
    """Link, write 500 at a time, and keep the uncertain pairs. Safe to repeat from anywhere."""
    require(rules.keeps_ground, by, run.ground)
    if run.written_at is None:
        deliveries = deliveries_of(run)
        for delivery in deliveries.values():
            must_hold(delivery.source.agreement, at)
        # In the house's own folder, and gone with the block, whatever happens.
        with TemporaryDirectory(prefix="run-", suffix=".part", dir=vault.folder()) as folder:
            result = link(run, deliveries, Path(folder), step, stopped)
            counts = _write(run, by, at, result, step)
            if standing.meets(run):
                standing.keep_partners(run.union, result.partners, result.compared, step)
            else:
                standing.keep(run.union, result.union, result.partners, Path(folder), step)
        _finish(run, by, at, result, counts)
    return {name: run.report["written"].get(name, 0) for name in ("NEW", "FOUNDED", "NONE", "REVIEW")}


def _write(run: LinkageRun, by: Acting, at: datetime, result: Result, step: Step) -> Counter[str]:
    headquarters = Headquarters((one.name, one.person) for one in records(run.union))
    writer = Writer(run, by, at, headquarters.of)
    wanted = {b for b, _probability in result.review.values()}
    if result.waiting:
        wanted |= set(result.linked.values())
    union = {one.id: one for one in records(run.union) if one.id in wanted}
    others = {
        letter: _by_id(delivery, result.others[letter])
        for letter, delivery in (("T", run.tax), ("I", run.insurance))
    }
    total = run.market.profile["rows"] - run.market.profile["duplicates"]
    counts: Counter[str] = Counter()
    done = 0
    for batch in _batches(records(run.market)):
        _note_partners(batch, result, union)
        found = [
            Found(
                one,
                None if one.id in result.review or one.id in result.held else one.id in result.linked,
                tax=others["T"].get(one.id),
                insurance=others["I"].get(one.id),
            )
            for one in batch
        ]
        with transaction.atomic():
            counts += writer.write(found)
            counts["REVIEW"] += _keep_pairs(run, found, result, union, headquarters)
        done += len(batch)
        step(done, total, "RUN_WRITING")
    return counts


def _note_partners(batch: Iterable[Record], result: Result, union: Mapping[str, Record]) -> None:
    """Whom the records of a portion are linked with.

    What waits for people is not decided by a day's changes: whoever else may be meant is not among them.
    """
    for one in batch:
        if (b := result.linked.get(one.id)) is None:
            continue
        key = one.key()
        if result.waiting and (pair := (key, union[b].key())) in result.waiting:
            result.held[one.id] = pair
        else:
            result.partners[b] = key


def _by_id(delivery: Delivery | None, links: Mapping[str, str]) -> dict[str, Record]:
    if delivery is None:
        return {}
    market = {b: a for a, b in links.items()}
    return {market[one.id]: one for one in records(delivery) if one.id in market}


def _batches(rows: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _keep_pairs(
    run: LinkageRun,
    found: Iterable[Found],
    result: Result,
    union: Mapping[str, Record],
    headquarters: Headquarters,
) -> int:
    pairs = []
    for one in found:
        if one.record.id not in result.review:
            continue
        b, probability = result.review[one.record.id]
        pair = ReviewPair(
            public_id=new_public_id(),
            run=run,
            key_a=one.record.key(),
            key_b=union[b].key(),
            probability=probability,
        )
        told = {
            "a": one.record.told(),
            "b": union[b].told(),
            "tax": one.tax.told() if one.tax else None,
            "insurance": one.insurance.told() if one.insurance else None,
            # The list of unions is gone when people decide.
            "headquarters": headquarters.of(one.record.name),
            "steps": [_shown(step, one.record) for step in result.steps.get((one.record.id, b), [])],
        }
        pair.sealed = seal(json.dumps(told, ensure_ascii=False), row=pair.public_id, column=PAIR)
        pair.twice = asked_twice(pair)
        pairs.append(pair)
    # Begun again, a run finds the pairs that it has kept.
    ReviewPair.objects.bulk_create(pairs, batch_size=200, ignore_conflicts=True)
    return len(pairs)


def _shown(step: list[Any], record: Record) -> list[Any]:
    """A step as it is kept: for a hash of the market's its own value, and None for one of the unions'."""
    from unionhall.engines.linkage.keyed import is_keyed

    question, answer, bits, words, left, right = step
    if is_keyed(left):
        left = {"person": record.person, "phone": record.phone}.get(question, record.name)
    return [question, answer, bits, words, left, None if is_keyed(right) else right]


def asked_twice(pair: ReviewPair) -> bool:
    """Whether a pair is asked of a second person: drawn by a key that nobody can guess."""
    drawn = keyed_index((bytes(pair.key_a) + bytes(pair.key_b)).hex(), column="review_pair.twice")
    return int.from_bytes(drawn[:4]) % TWICE == 0


@transaction.atomic
def _finish(run: LinkageRun, by: Acting, at: datetime, result: Result, counts: Mapping[str, int]) -> None:
    from unionhall.engines.linkage.reporting import drift

    with_standing, report = standing.meets(run), result.report
    before = queries.registers.run_before(run, standing=with_standing)
    report["drift"] = drift(report["shares"], before.report["shares"] if before else {})
    report["written"] = {name: count for name, count in counts.items() if count}
    used = deliveries_of(run)
    if with_standing:
        report["standing"] = run.union.profile["rows"] - run.union.profile["duplicates"]
        del used["union"]
    else:
        _stand(run, used.pop("union"), by, at)
    run.report, run.written_at = report, at
    run.save(update_fields=["report", "written_at"])
    # What is still uncertain stands in this run; the older pairs, with all that they hold, are not needed.
    old = queries.registers.pairs_before(run)
    if with_standing:
        # A day's changes say nothing of the others: their pairs are asked on.
        pairs = [(pk, bytes(a), bytes(b)) for pk, a, b in old.values_list("pk", "key_a", "key_b")]
        held = set(result.held.values())
        lapsed = [pk for pk, a, b in pairs if a in result.compared and (a, b) not in held]
        old = ReviewPair.objects.filter(pk__in=lapsed)
    old.update(state=PairState.LAPSED, sealed=None, settled_at=at)
    delete(list(used.values()), at)
    refs = {name.lower(): count for name, count in report["written"].items()}
    audit.record(by.actor, "run.write", run, at=at, refs=refs)


def _stand(run: LinkageRun, union: Delivery, by: Acting, at: datetime) -> None:
    """Let what was kept of a register of unions take the place of the ground's former standing register."""
    delete(list(queries.registers.standing(run.ground)), at)
    Delivery.objects.filter(pk=union.pk).update(state=DeliveryState.KEPT)
    transaction.on_commit(lambda: vault.forget(*whole_files(union)))
    audit.record(by.actor, "delivery.keep", union, at=at, refs={"run": run.public_id})
