"""A run: registers linked by the engine, what is sure written to the ledger, what is not kept for people."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.db import transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import LINKABLE, DeliveryState, PairState
from unionhall.apps.coverage.models import Delivery, LinkageRun, LinkDecision, ReviewPair
from unionhall.apps.coverage.usecases.registers import standing, vault
from unionhall.apps.coverage.usecases.registers.arriving import delete, must_hold, refused, whole_files
from unionhall.apps.coverage.usecases.registers.ledger import Found, Writer
from unionhall.apps.coverage.usecases.registers.rows import Record, records, unseal_to
from unionhall.apps.orgs.codes import RegisterKind
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account
from unionhall.engines.linkage import Headquarters
from unionhall.engines.linkage.problems import RegisterError
from unionhall.kernel import audit
from unionhall.kernel.codes import UNDER_WAY
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.jobs import enqueue
from unionhall.kernel.models import Job
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.sealed import keyed_index, seal

if TYPE_CHECKING:
    from unionhall.engines.linkage.runs import Run

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

Step = Callable[[int, int | None, str], None]
# What ends a comparison in the middle, asked twice a second from another thread; None while it may go on.
Stopped = Callable[[], BaseException | None]


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
            result = _link(run, deliveries, Path(folder), step, stopped)
            counts = _write(run, by, at, result, step)
            if meets_standing(run):
                standing.keep_partners(run.union, result.partners, result.compared, step)
            else:
                standing.keep(run.union, result.union, result.partners, Path(folder), step)
        _finish(run, by, at, result, counts)
    return {name: run.report["written"].get(name, 0) for name in ("NEW", "FOUNDED", "NONE", "REVIEW")}


def meets_standing(run: LinkageRun) -> bool:
    """Whether a run compares, or did, with the standing register instead of a file of the unions."""
    if run.written_at is None:
        return run.union.state == DeliveryState.KEPT
    return "standing" in run.report


class _Result:
    """What the engine found: the links of the market's records, and why some are uncertain.

    ``union`` is the register of unions made ready. ``partners`` has what stands for the market's records that
    were linked, by the unions' ids. Of a day's changes ``compared`` is what stands for them, and ``waiting``
    what stands for the pairs of earlier runs that people have not decided.
    """

    def __init__(
        self, folder: Path, done: Run, compared: set[bytes], waiting: set[tuple[bytes, bytes]]
    ) -> None:
        self.report = done.report()
        self.union = done.registers["union"]
        self.compared, self.waiting = compared, waiting
        self.partners: dict[str, bytes] = {}
        # Pairs of ``waiting`` that would be links now, by the market's ids.
        self.held: dict[str, tuple[bytes, bytes]] = {}
        self.linked: dict[str, str] = {}
        self.review: dict[str, tuple[str, int]] = {}
        self.others: dict[str, dict[str, str]] = {"T": {}, "I": {}}
        with (folder / "links.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                self._add(row["a"], row["b"], row["probability"], row["outcome"])
        self.steps: dict[tuple[str, str], list[list[Any]]] = {}
        with (folder / "why.csv").open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            next(reader)
            for _left, a, _right, b, question, answer, bits, words, left, right in reader:
                if self.review.get(a, ("", 0))[0] == b:
                    step = [question, answer, round(float(bits), 1), words, left, right]
                    self.steps.setdefault((a, b), []).append(step)

    def _add(self, a: str, b: str, probability: str, outcome: str) -> None:
        if not a.startswith("M"):
            return
        if b.startswith("U") and outcome == "linked":
            self.linked[a] = b
        elif b.startswith("U"):
            self.review[a] = (b, round(float(probability) * 1_000_000))
        elif outcome == "linked":
            self.others[b[0]][a] = b


def _link(
    run: LinkageRun,
    deliveries: Mapping[str, Delivery],
    folder: Path,
    step: Step,
    stopped: Stopped,
) -> _Result:
    # Heavy and an extra: imported only where it is used.
    from unionhall.engines.linkage.runs import link_files

    paths: list[Path] = []
    mapped: dict[str, dict[str, str | list[str]]] = {}
    with_standing = meets_standing(run)
    compared = {one.key() for one in records(run.market)} if with_standing else set()
    waiting = standing.waiting(run) if with_standing else set()
    for name, delivery in deliveries.items():
        step(0, None, "RUN_OPENING")
        if with_standing and delivery == run.union:
            paths.append(folder / f"{name}.parquet")
            without = standing.out_of_reach(delivery, compared, standing.claims(run, waiting))
            standing.unseal_to(delivery, paths[-1], without)
        else:
            paths.append(folder / f"{name}.csv")
            mapped[name] = unseal_to(delivery, paths[-1])
    try:
        done = link_files(
            paths,
            folder / "links.csv",
            mapped=mapped,
            decided=_decided(run),
            why=folder / "why.csv",
            why_all=False,
            keyed=standing.keyed if with_standing else None,
            work=folder,
            tell=lambda _said: step(0, None, "RUN_LINKING"),
            stopped=stopped,
        )
    except RegisterError as error:
        raise refused(error) from error
    return _Result(folder, done, compared, waiting)


def _decided(run: LinkageRun) -> list[tuple[str, str, bool]]:
    """What people have decided in earlier runs, by the records of this one."""
    decisions = {
        (bytes(a), bytes(b)): same
        for a, b, same in LinkDecision.objects.filter(ground=run.ground).values_list("key_a", "key_b", "same")
    }
    if not decisions:
        return []
    left = _ids(run.market, {a for a, _b in decisions})
    right = _ids(run.union, {b for _a, b in decisions})
    return [(left[a], right[b], same) for (a, b), same in decisions.items() if a in left and b in right]


def _ids(delivery: Delivery, keys: set[bytes]) -> dict[bytes, str]:
    return {key: one.id for one in records(delivery) if (key := one.key()) in keys}


def _write(run: LinkageRun, by: Acting, at: datetime, result: _Result, step: Step) -> Counter[str]:
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


def _note_partners(batch: Iterable[Record], result: _Result, union: Mapping[str, Record]) -> None:
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
    result: _Result,
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
def _finish(run: LinkageRun, by: Acting, at: datetime, result: _Result, counts: Mapping[str, int]) -> None:
    from unionhall.engines.linkage.reporting import drift

    with_standing, report = meets_standing(run), result.report
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
