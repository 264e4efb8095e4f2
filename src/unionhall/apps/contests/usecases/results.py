"""From the last closed box to a published board."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import AdjustmentKind, CorrectionState, StageState
from unionhall.apps.contests.facts import ContestResultsPublished
from unionhall.apps.contests.models import (
    Adjustment,
    Award,
    Board,
    Entry,
    LogCosignature,
    SpecialPrize,
    Stage,
)
from unionhall.apps.contests.usecases import log
from unionhall.apps.contests.usecases.stages import locked_stage, must_not_be_withdrawn
from unionhall.apps.people.models import Account
from unionhall.engines import proof
from unionhall.kernel import audit
from unionhall.kernel.facts import publish
from unionhall.kernel.live import announce
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal

# How many receipts are checked before publishing; all of them are by whoever verifies the bundle.
SAMPLE = 50
# One signature is enough while scores come in; afterwards it is a late change and takes two (corrections.py).
BEFORE_END = (StageState.DRAFT, StageState.FROZEN, StageState.OPEN)
# How far a witness's clock may differ from ours.
CLOCKS = timedelta(minutes=10)


@transaction.atomic
def adjust_points(
    *, by: Account, at: datetime, entry: Entry, kind: AdjustmentKind, points: Decimal, reason: str
) -> Adjustment:
    """Give signed points to an entry: a penalty below zero, a bonus or earned points above."""
    require(rules.runs, by, entry.stage)
    stage = locked_stage(entry.stage, *BEFORE_END)
    must_not_be_withdrawn(entry)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    if points == 0 or (kind == AdjustmentKind.PENALTY) != (points < 0):
        raise Refusal("POINTS_SIGN")
    adjustment = Adjustment.objects.create(
        entry=entry, kind=kind, points=points, reason=reason.strip(), at=at
    )
    log.append_all(stage, [log.points(adjustment)])
    audit.record(by.actor, "points.adjust", entry, at=at, refs={"adjustment": adjustment.pk})
    announce(f"stage:{stage.public_id}")
    return adjustment


@transaction.atomic
def withdraw_adjustment(*, by: Account, at: datetime, adjustment: Adjustment) -> None:
    """Take points back; the line stays in the record."""
    require(rules.runs, by, adjustment.entry.stage)
    stage = locked_stage(adjustment.entry.stage, *BEFORE_END)
    if adjustment.withdrawn_at is not None:
        return
    adjustment.withdrawn_at = at
    adjustment.save(update_fields=["withdrawn_at"])
    log.append(stage, "points-withdrawn", at, number=adjustment.pk)
    audit.record(by.actor, "points.withdraw", adjustment.entry, at=at, refs={"adjustment": adjustment.pk})
    announce(f"stage:{stage.public_id}")


@transaction.atomic
def grant_special_prize(
    *, by: Account, at: datetime, entry: Entry, name: str, ground: str, evidence: str
) -> SpecialPrize:
    """Give a prize outside the ranking, with its ground (the outside award) and the evidence seen.

    Whether the holder keeps a ranked place is for the rule book to say.
    """
    require(rules.organises, by, entry)
    stage = locked_stage(entry.stage, *BEFORE_END)
    must_not_be_withdrawn(entry)
    if not ground.strip() or not evidence.strip():
        raise Refusal("GROUND_MISSING")
    prize, _ = SpecialPrize.objects.update_or_create(
        entry=entry, defaults={"name": name, "ground": ground, "evidence": evidence, "at": at}
    )
    log.append_all(stage, [log.special_prize(prize)])
    audit.record(by.actor, "special_prize.grant", entry, at=at, fields=["name", "ground", "evidence"])
    announce(f"stage:{stage.public_id}")
    return prize


@transaction.atomic
def withdraw_special_prize(*, by: Account, at: datetime, entry: Entry) -> None:
    """Take a special prize back before the scoring ends."""
    require(rules.organises, by, entry)
    stage = locked_stage(entry.stage, *BEFORE_END)
    taken_back, _ = SpecialPrize.objects.filter(entry=entry).delete()
    if taken_back:
        log.append(stage, "special-withdrawn", at, entry=entry.public_id)
    audit.record(by.actor, "special_prize.withdraw", entry, at=at)


@transaction.atomic
def review_stage(*, by: Account, at: datetime, stage: Stage) -> Board:
    """The chief juror has seen the board and freezes it as the next revision, to be read out.

    Refused while a correction waits for its second person, or while the ladder of ties leaves a rank open;
    and unless the bundle that this board would be published with holds and is counted the same by the second
    program, since awards are read out in the hall before anything is published.
    """
    require(rules.chairs, by, stage)
    stage = locked_stage(stage, StageState.CLOSED)
    if stage.corrections.filter(state=CorrectionState.PROPOSED).exists():
        raise Refusal("CORRECTION_PENDING")
    document = queries.boards.document(stage)
    if equal := queries.boards.undecided(document):
        raise Refusal("TIE_OPEN", speakers="、".join(equal))
    board = Board.objects.create(
        stage=stage,
        revision=stage.revision + 1,
        document=document,
        digest=queries.boards.digest(document),
        at=at,
    )
    stage.state, stage.revision, stage.read_out = StageState.REVIEWED, board.revision, 0
    stage.save(update_fields=["state", "revision", "read_out"])
    log.append_review(stage, board.revision, document["result"], at)
    with transaction.atomic():
        log.append_publication(stage, board.revision, at)
        _must_count_the_same(stage, board)
        # It was only looked at: whether to publish is for the organiser to say.
        transaction.set_rollback(True)
    audit.record(
        by.actor, "stage.review", stage, at=at, refs={"revision": board.revision, "sha256": board.digest}
    )
    announce(f"stage:{stage.public_id}")
    return board


@transaction.atomic
def read_out_next(*, by: Account, at: datetime, stage: Stage, after: int | None = None) -> int:
    """Bring the next award of the frozen board to the hall screen: third prize first, special prize last.

    ``after`` says how many whoever pressed saw read out: of two desks that press together one is told
    READ_OUT_MEANWHILE, and no award is passed over.
    """
    require(rules.scrutinises, by, stage)
    stage = locked_stage(stage, StageState.REVIEWED, StageState.PUBLISHED)
    board = queries.boards.latest(stage)
    assert board is not None, "a reviewed stage has a board"
    if after is not None and after != stage.read_out:
        raise Refusal("READ_OUT_MEANWHILE")
    if stage.read_out >= len(queries.boards.reading_order(board.document)):
        raise Refusal("ALL_READ_OUT")
    stage.read_out += 1
    stage.save(update_fields=["read_out"])
    audit.record(by.actor, "award.read_out", stage, at=at, refs={"step": stage.read_out})
    announce(f"stage:{stage.public_id}")
    return stage.read_out


@transaction.atomic
def switch_advice(*, by: Account, at: datetime, stage: Stage, on: bool) -> None:
    """Switch the advice on how the juries scored on or off; only after all scoring has ended."""
    require(rules.scrutinises, by, stage)
    stage = locked_stage(stage, StageState.CLOSED, StageState.REVIEWED, StageState.PUBLISHED)
    stage.advisory_since = at if on else None
    stage.save(update_fields=["advisory_since"])
    audit.record(by.actor, "advice.on" if on else "advice.off", stage, at=at)


@transaction.atomic
def publish_results(*, by: Account, at: datetime, stage: Stage) -> Board:
    """Publish the reviewed board: from now on everybody can see it, and its awards stand.

    Refused unless the bundle holds, and a second program that shares no line with ours counts the same.
    """
    require(rules.publishes, by, stage)
    stage = locked_stage(stage, StageState.REVIEWED)
    board = queries.boards.latest(stage)
    assert board is not None, "a reviewed stage has a board"
    stage.state = StageState.PUBLISHED
    stage.save(update_fields=["state"])
    log.append_publication(stage, board.revision, at)
    _must_count_the_same(stage, board)
    entries = {entry.public_id: entry for entry in stage.entries.all()}
    Award.objects.bulk_create(
        Award(board=board, entry=entries[given["entry"]], prize=given["prize"], name=given["name"])
        for step in queries.boards.reading_order(board.document)
        for given in step["winners"]
    )
    audit.record(by.actor, "results.publish", stage, at=at, refs={"revision": board.revision})
    publish(ContestResultsPublished(stage=stage.public_id, revision=board.revision), at=at)
    announce(f"stage:{stage.public_id}")
    return board


def _must_count_the_same(stage: Stage, board: Board) -> None:
    """Hold three counts against each other: the board's, the bundle's, and the second program's."""
    data = queries.log.published_bundle(stage, proof.SCRUTINEER)
    if data is None:
        return
    verdict = proof.verify(data, key=queries.log.signer(stage).public, stage=stage.public_id, receipts=SAMPLE)
    if verdict.problem or not verdict.counted or verdict.log is None:
        raise Refusal("BUNDLE_FAILS", why=proof.sentence(verdict.problem) if verdict.problem else "")
    second = proof.second_result(data)
    stated = log.result_of(board.document["result"])
    if not stated == verdict.log.result == second:
        raise Refusal("SECOND_COUNT_DIFFERS")


@transaction.atomic
def add_cosignature(*, by: Account, at: datetime, stage: Stage, text: str) -> LogCosignature:
    """Add a witness's signature (its file's text) to a published root; bundles carry it from now on."""
    require(rules.runs, by, stage)
    stage = locked_stage(stage, *StageState)
    try:
        told = proof.read_cosignature(text)
    except proof.ProofError as problem:
        raise Refusal("COSIGNATURE_FAILS", why=proof.sentence(problem, _)) from None
    checkpoint = stage.log_checkpoints.filter(
        size=told.checkpoint.size,
        size__lte=queries.log.published_size(stage),
        root=told.checkpoint.root.hex(),
    ).first()
    if checkpoint is None or told.checkpoint.origin != proof.origin_of(stage.public_id):
        raise Refusal("COSIGNATURE_OTHER")
    if not (checkpoint.at - CLOCKS).timestamp() <= told.seconds <= (at + CLOCKS).timestamp():
        raise Refusal("COSIGNATURE_TIME", time=proof.time_of(told.seconds))
    if checkpoint.cosignatures.filter(witness=told.witness.vkey).exists():
        raise Refusal("COSIGNATURE_TWICE", name=told.witness.name)
    added = LogCosignature.objects.create(
        checkpoint=checkpoint,
        witness=told.witness.vkey,
        line=told.line,
        signed_at=datetime.fromtimestamp(told.seconds, UTC),
        at=at,
    )
    audit.record(by.actor, "log.cosign", stage, at=at, refs={"size": checkpoint.size, "row": added.pk})
    return added
