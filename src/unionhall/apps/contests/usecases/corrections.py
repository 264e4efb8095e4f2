"""Late changes, once a speech is closed: the chief juror proposes with a reason, a second person confirms.

A sheet is corrected, a juror withdrawn, or points given. After a review a confirmed change leads back to
another review and another revision; the former ones stay readable. With ``supposed`` a proposal is checked
and returned without being kept, so that its consequences can be looked at first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import (
    AdjustmentKind,
    BallotSource,
    BoxState,
    CorrectionKind,
    CorrectionState,
    StageState,
)
from unionhall.apps.contests.models import Adjustment, Ballot, Correction, Entry, Juror
from unionhall.apps.contests.usecases import log
from unionhall.apps.contests.usecases.desk import locked_box
from unionhall.apps.contests.usecases.stages import locked_stage, must_not_be_withdrawn
from unionhall.apps.people.models import Account
from unionhall.engines.scoring import read_scores
from unionhall.kernel import audit
from unionhall.kernel.live import announce
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal

AFTER_SCORING = (StageState.CLOSED, StageState.REVIEWED, StageState.PUBLISHED)
# A sheet may be corrected as soon as its own speech is closed.
CORRECTABLE = (StageState.OPEN, *AFTER_SCORING)


@transaction.atomic
def propose_correction(
    *,
    by: Account,
    at: datetime,
    ballot: Ballot,
    scores: Mapping[str, str | None],
    reason: str,
    supposed: bool = False,
) -> Correction:
    """Propose other scores for the latest revision of a ballot in a closed box.

    Raises ScoringError when the scores break the rule book.
    """
    entry = ballot.box.entry
    require(rules.chairs, by, entry.stage)
    stage = locked_stage(entry.stage, *CORRECTABLE)
    box = locked_box(entry)
    if box.state != BoxState.CLOSED:
        raise Refusal("BOX_STATE", state=box.state)
    if box.ballots.filter(juror=ballot.juror_id, revision__gt=ballot.revision).exists():
        raise Refusal("STALE")
    if ballot.corrections.filter(state=CorrectionState.PROPOSED).exists():
        raise Refusal("CORRECTION_PENDING")
    rulebook = queries.rulebooks.in_force(stage)
    assert rulebook is not None, "a closed box has frozen rules"
    _must_say_why(reason)
    read = list(read_scores(rulebook, scores))
    if read == list(ballot.scores):
        raise Refusal("NOTHING_CHANGED")
    change = Correction(stage=stage, kind=CorrectionKind.SHEET, replaces=ballot, scores=read)
    return change if supposed else _propose(change, by, at, reason)


@transaction.atomic
def propose_juror_withdrawal(
    *, by: Account, at: datetime, juror: Juror, reason: str, supposed: bool = False
) -> Correction:
    """Propose that no ballot of a juror counts, for any speech. Only after all scoring has ended.

    Refused when a jury that weighs would be left without any ballot for a speech.
    """
    require(rules.chairs, by, juror.jury.stage)
    stage = locked_stage(juror.jury.stage, *AFTER_SCORING)
    _must_say_why(reason)
    if juror.withdrawals.exclude(state=CorrectionState.REJECTED).exists():
        raise Refusal("JUROR_WITHDRAWN", juror=juror.label)
    change = Correction(stage=stage, kind=CorrectionKind.JUROR, juror=juror)
    _must_leave_no_jury_silent(change)
    return change if supposed else _propose(change, by, at, reason)


@transaction.atomic
def propose_points(
    *,
    by: Account,
    at: datetime,
    entry: Entry,
    kind: AdjustmentKind,
    points: Decimal,
    reason: str,
    supposed: bool = False,
) -> Correction:
    """Propose points for an entry after all scoring has ended: a penalty below zero, others above."""
    require(rules.chairs, by, entry.stage)
    stage = locked_stage(entry.stage, *AFTER_SCORING)
    must_not_be_withdrawn(entry)
    _must_say_why(reason)
    if points == 0 or (kind == AdjustmentKind.PENALTY) != (points < 0):
        raise Refusal("POINTS_SIGN")
    change = Correction(stage=stage, kind=CorrectionKind.POINTS, entry=entry, points_kind=kind, points=points)
    return change if supposed else _propose(change, by, at, reason)


def _must_leave_no_jury_silent(change: Correction) -> None:
    if change.juror and (silent := queries.counting.left_silent_by(change)):
        raise Refusal("JURY_LEFT_SILENT", jury=change.juror.jury.name, number=silent.number or 0)


def _must_say_why(reason: str) -> None:
    if not reason.strip():
        raise Refusal("REASON_MISSING")


def _propose(change: Correction, by: Account, at: datetime, reason: str) -> Correction:
    change.reason, change.proposed_by, change.proposed_at = reason.strip(), by, at
    change.save()
    refs: dict[str, str | int] = {"kind": change.kind}
    if change.replaces_id:
        refs["ballot"] = change.replaces_id
    audit.record(by.actor, "correction.propose", change, at=at, refs=refs)
    announce(f"stage:{change.stage.public_id}")
    return change


@transaction.atomic
def confirm_correction(*, by: Account, at: datetime, correction: Correction) -> Correction:
    """Confirm a proposed change as a second person; it is in force from now on.

    A corrected sheet becomes its ballot's next revision, points become an adjustment, a withdrawn juror's
    ballots are kept and counted no more.
    """
    correction = _decide(by, at, correction)
    stage = locked_stage(correction.stage, *CORRECTABLE)
    # Another juror of the same jury may have been withdrawn since this was proposed.
    _must_leave_no_jury_silent(correction)
    correction.state = CorrectionState.CONFIRMED
    if stage.state in (StageState.REVIEWED, StageState.PUBLISHED):
        log.append_reopening(stage, correction, at)
        stage.state, stage.read_out = StageState.CLOSED, 0
        stage.save(update_fields=["state", "read_out"])
    if correction.kind == CorrectionKind.SHEET:
        correction.ballot = _revised(correction, at)
    elif correction.entry is not None and correction.points is not None:
        correction.adjustment = Adjustment.objects.create(
            entry=correction.entry,
            kind=correction.points_kind,
            points=correction.points,
            reason=correction.reason,
            at=at,
        )
    correction.save()
    log.append_correction(stage, correction, at)
    made = {"ballot": correction.ballot_id, "adjustment": correction.adjustment_id}
    refs: dict[str, str | int] = {name: key for name, key in made.items() if key}
    audit.record(by.actor, "correction.confirm", correction, at=at, refs=refs | {"kind": correction.kind})
    announce(f"stage:{stage.public_id}")
    return correction


def _revised(correction: Correction, at: datetime) -> Ballot:
    """The next revision of a ballot, with the scores that a correction says."""
    ballot = correction.replaces
    assert ballot is not None, "a corrected sheet replaces a ballot"
    locked_box(ballot.box.entry)
    scores = list(correction.scores)
    text = json.dumps([ballot.box.public_id, scores])
    return Ballot.objects.create(
        box=ballot.box,
        juror=ballot.juror,
        revision=ballot.revision + 1,
        scores=scores,
        key=correction.public_id,
        body_digest=hashlib.sha256(text.encode()).hexdigest(),
        source=BallotSource.CORRECTION,
        at=at,
    )


@transaction.atomic
def reject_correction(*, by: Account, at: datetime, correction: Correction) -> None:
    """Turn a proposed change down as a second person; everything stays as it is."""
    correction = _decide(by, at, correction)
    correction.state = CorrectionState.REJECTED
    correction.save()
    audit.record(by.actor, "correction.reject", correction, at=at, refs={"kind": correction.kind})
    announce(f"stage:{correction.stage.public_id}")


def _decide(by: Account, at: datetime, correction: Correction) -> Correction:
    correction = (
        Correction.objects.select_for_update(of=("self",))
        .select_related("stage__contest", "replaces__box__entry", "replaces__juror", "juror__jury", "entry")
        .select_related("proposed_by")
        .get(pk=correction.pk)
    )
    require(rules.oversees, by, correction.stage)
    if correction.state != CorrectionState.PROPOSED:
        raise Refusal("CORRECTION_DECIDED")
    if correction.proposed_by_id == by.pk:
        raise Refusal("SECOND_PERSON")
    correction.decided_by, correction.decided_at = by, at
    return correction
