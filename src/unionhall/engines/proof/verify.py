"""Does a bundle hold? Every check by name, and a sentence for the first that does not."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from unionhall.engines.proof import merkle, notes
from unionhall.engines.proof.bundle import (
    BALLOTS,
    JUROR,
    PUBLIC,
    SCRUTINEER,
    TOTALS,
    Bundle,
    may_see,
    origin_of,
    read_bundle,
)
from unionhall.engines.proof.events import SEALED
from unionhall.engines.proof.log import Log
from unionhall.engines.proof.notes import Checkpoint, PublicKey
from unionhall.engines.proof.problems import ProofError
from unionhall.engines.proof.receipts import verify_receipt
from unionhall.engines.proof.replay import replay

CHECKS = ("FORM", "KEY", "TREE", "DISCLOSURE", "ORDER", "RESULT", "RECEIPTS")


class Cosigned(NamedTuple):
    """That a witness has seen the root over the first ``size`` leaves, ``seconds`` after 1970 began."""

    size: int
    witness: PublicKey
    seconds: int


@dataclass
class Verdict:
    """What was checked, what was found, and the problem that ended it, if any.

    ``checks`` are those that held, in order, out of `CHECKS`. RESULT holds only when a published result was
    counted anew; a copy for the public without ballots cannot show it and says so in ``counted``.
    """

    checks: list[str] = field(default_factory=list)
    problem: ProofError | None = None
    bundle: Bundle | None = None
    log: Log | None = None
    roots: list[Checkpoint] = field(default_factory=list)
    receipts: int = 0
    counted: bool = False
    cosigned: list[Cosigned] = field(default_factory=list)

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The last root, over the whole log."""
        return self.roots[-1] if self.roots else None

    @property
    def holds(self) -> bool:
        """Whether all that this copy can show is right."""
        return self.problem is None


def verify(
    data: bytes,
    *,
    key: PublicKey | None = None,
    stage: str = "",
    witnesses: Sequence[PublicKey] = (),
    receipts: int | None = None,
) -> Verdict:
    """Check a bundle's bytes; with ``key`` and ``stage`` also that it is signed by that key, of that stage.

    Each of ``witnesses`` must have cosigned the last root; the bundle may name others besides.
    ``receipts`` limits the number of receipts whose signatures are checked to a sample drawn anew each time;
    without it all are. Never raises for what the bytes hold: the verdict carries the problem.
    """
    verdict = Verdict()
    try:
        _verify(verdict, data, key, stage, receipts)
        _witnessed(verdict, witnesses)
    except ProofError as problem:
        verdict.problem = problem
    return verdict


def _verify(verdict: Verdict, data: bytes, key: PublicKey | None, stage: str, receipts: int | None) -> None:
    bundle = verdict.bundle = read_bundle(data)
    verdict.checks.append("FORM")
    if key is not None and key != bundle.key:
        raise ProofError("OTHER_KEY", found=bundle.key.fingerprint, expected=key.fingerprint)
    verdict.checks.append("KEY")
    roots = verdict.roots = _tree(bundle)
    verdict.cosigned = [
        Cosigned(root.size, witness, seconds)
        for root, note in zip(roots, bundle.checkpoints, strict=True)
        for witness, seconds in notes.cosigners(note, bundle.witnesses)
    ]
    for witness in bundle.witnesses:
        if witness not in {one.witness for one in verdict.cosigned}:
            raise ProofError("WITNESS_SILENT", name=witness.name)
    verdict.checks.append("TREE")
    publishes = _disclosure(bundle, stage, roots[-1])
    verdict.checks.append("DISCLOSURE")
    counts = bundle.disclosure == SCRUTINEER or publishes == BALLOTS
    log = verdict.log = replay(bundle.leaves, counts=counts)
    if log.last != "publication":
        raise ProofError("NOT_PUBLISHED")
    opened_private = sum(
        leaf.event is not None and not may_see(leaf.event, PUBLIC, publishes=publishes)
        for leaf in bundle.leaves
    )
    if log.closed_leaves + opened_private != log.private:
        raise ProofError("LEAVES_WITHHELD", closed=log.closed_leaves, stated=log.private - opened_private)
    if bundle.juror and bundle.juror not in log.jury_of:
        raise ProofError("JUROR_UNKNOWN", juror=bundle.juror)
    verdict.checks.append("ORDER")
    verdict.counted = log.recounts > 0
    if verdict.counted:
        verdict.checks.append("RESULT")
    verdict.receipts = _receipts(bundle, receipts)
    verdict.checks.append("RECEIPTS")


def _witnessed(verdict: Verdict, witnesses: Sequence[PublicKey]) -> None:
    found = {one.witness for one in verdict.cosigned if one.size == verdict.roots[-1].size}
    for witness in witnesses:
        if witness not in found:
            raise ProofError("WITNESS_MISSING", name=witness.name)


def _tree(bundle: Bundle) -> list[Checkpoint]:
    """The checkpoints; every one of them is signed and is the root over the leaves it counts."""
    tree, origin = merkle.Frontier(), ""
    roots: list[Checkpoint] = []
    for number, note in enumerate(bundle.checkpoints):
        try:
            found = notes.read_checkpoint(notes.verify(note, bundle.key, bundle.witnesses))
        except ProofError as problem:
            raise ProofError(problem.code, checkpoint=number, **problem.data) from None
        if found.origin != (origin or found.origin) or not tree.size < found.size <= len(bundle.leaves):
            raise ProofError("CHECKPOINT_ORDER", checkpoint=number)
        origin = found.origin
        for leaf in bundle.leaves[tree.size : found.size]:
            tree.append(merkle.leaf_hash(leaf.commitment))
        if tree.root() != found.root:
            raise ProofError("ROOT", checkpoint=number, size=found.size)
        roots.append(found)
    sealed = [i + 1 for i, leaf in enumerate(bundle.leaves) if leaf.event and leaf.event["kind"] in SEALED]
    if sealed != [root.size for root in roots]:
        raise ProofError("CHECKPOINTS_COUNT", checkpoints=len(roots), closings=len(sealed))
    if roots[-1].size != len(bundle.leaves):
        raise ProofError("LEAVES_UNSIGNED", leaves=len(bundle.leaves), signed=roots[-1].size)
    return roots


def _disclosure(bundle: Bundle, stage: str, checkpoint: Checkpoint) -> str:
    """What the rules let the public see; nothing is opened beyond the level, nor closed below it."""
    first = bundle.leaves[0].event if bundle.leaves else None
    if first is None or first["kind"] != "rules":
        raise ProofError("RULES_MISSING")
    if checkpoint.origin != origin_of(first["stage"]):
        raise ProofError("OTHER_ORIGIN", found=checkpoint.origin, expected=origin_of(first["stage"]))
    if stage and first["stage"] != stage:
        raise ProofError("OTHER_STAGE", found=first["stage"], expected=stage)
    if (bundle.disclosure == JUROR) != bool(bundle.juror):
        raise ProofError("LEVEL")
    publishes = str(first["rulebook"].get("disclosure", TOTALS))
    for index, leaf in enumerate(bundle.leaves):
        if leaf.event is None and bundle.disclosure == SCRUTINEER:
            raise ProofError("LEAF_CLOSED", leaf=index)
        if leaf.event is not None and not may_see(
            leaf.event, bundle.disclosure, publishes=publishes, juror=bundle.juror
        ):
            raise ProofError("LEAF_OPENED", leaf=index)
    return publishes


def _receipts(bundle: Bundle, sample: int | None) -> int:
    """Every opened ballot that a juror sent has its receipt, in the order of the leaves."""
    ballots = [
        (leaf.event["number"], leaf.commitment)
        for leaf in bundle.leaves
        if leaf.event is not None and leaf.event["kind"] == "ballot" and leaf.event["source"] != "CORRECTION"
    ]
    if len(ballots) != len(bundle.receipts):
        raise ProofError("RECEIPTS_COUNT", receipts=len(bundle.receipts), ballots=len(ballots))
    origin = notes.read_checkpoint(notes.split(bundle.checkpoints[-1])[0]).origin
    places: Sequence[int] = range(len(ballots))
    if sample is not None and sample < len(ballots):
        places = secrets.SystemRandom().sample(places, sample)
    for place in places:
        number, commitment = ballots[place]
        try:
            verify_receipt(bundle.receipts[place], bundle.key, origin, number, commitment)
        except ProofError as problem:
            raise ProofError(problem.code, **{**problem.data, "receipt": place}) from None
    return len(places)
