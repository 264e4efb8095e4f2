"""Changing a ballot after closing: the chief juror proposes with a reason, a second person confirms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import BallotSource, BoxState, CorrectionState, StageState
from unionhall.apps.contests.models import Ballot, Correction
from unionhall.apps.contests.usecases import log
from unionhall.apps.contests.usecases.desk import locked_box
from unionhall.apps.contests.usecases.stages import locked_stage
from unionhall.apps.people.models import Account
from unionhall.engines.scoring import read_scores
from unionhall.kernel import audit
from unionhall.kernel.live import announce
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal

# After a review the result must be reviewed again, so a confirmed correction leads back to CLOSED.
CORRECTABLE = (StageState.OPEN, StageState.CLOSED, StageState.REVIEWED, StageState.PUBLISHED)


@transaction.atomic
def propose_correction(
    *, by: Account, at: datetime, ballot: Ballot, scores: Mapping[str, str | None], reason: str
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
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    if box.ballots.filter(juror=ballot.juror_id, revision__gt=ballot.revision).exists():
        raise Refusal("STALE")
    if ballot.corrections.filter(state=CorrectionState.PROPOSED).exists():
        raise Refusal("CORRECTION_PENDING")
    rulebook = queries.rulebooks.in_force(stage)
    assert rulebook is not None, "a closed box has frozen rules"
    read = list(read_scores(rulebook, scores))
    if read == list(ballot.scores):
        raise Refusal("NOTHING_CHANGED")
    correction = Correction.objects.create(
        replaces=ballot, scores=read, reason=reason.strip(), proposed_by=by, proposed_at=at
    )
    audit.record(by.actor, "correction.propose", correction, at=at, refs={"ballot": ballot.pk})
    announce(f"stage:{stage.public_id}")
    return correction


@transaction.atomic
def confirm_correction(*, by: Account, at: datetime, correction: Correction) -> Ballot:
    """Confirm a proposed correction as a second person; it becomes the ballot's next revision."""
    ballot, correction = _decide(by, at, correction)
    stage = locked_stage(ballot.box.entry.stage, *CORRECTABLE)
    locked_box(ballot.box.entry)
    scores = list(correction.scores)
    text = json.dumps([ballot.box.public_id, scores])
    revised = Ballot.objects.create(
        box=ballot.box,
        juror=ballot.juror,
        revision=ballot.revision + 1,
        scores=scores,
        key=correction.public_id,
        body_digest=hashlib.sha256(text.encode()).hexdigest(),
        source=BallotSource.CORRECTION,
        at=at,
    )
    correction.state, correction.ballot = CorrectionState.CONFIRMED, revised
    correction.save()
    log.append_correction(stage, correction, revised, at)
    if stage.state in (StageState.REVIEWED, StageState.PUBLISHED):
        stage.state, stage.read_out = StageState.CLOSED, 0
        stage.save(update_fields=["state", "read_out"])
    audit.record(by.actor, "correction.confirm", correction, at=at, refs={"ballot": revised.pk})
    announce(f"stage:{stage.public_id}")
    return revised


@transaction.atomic
def reject_correction(*, by: Account, at: datetime, correction: Correction) -> None:
    """Turn a proposed correction down as a second person; the ballot stays as it is."""
    ballot, correction = _decide(by, at, correction)
    correction.state = CorrectionState.REJECTED
    correction.save()
    audit.record(by.actor, "correction.reject", correction, at=at, refs={"ballot": ballot.pk})
    announce(f"stage:{ballot.box.entry.stage.public_id}")


def _decide(by: Account, at: datetime, correction: Correction) -> tuple[Ballot, Correction]:
    correction = (
        Correction.objects.select_for_update(of=("self",))
        .select_related("replaces__box__entry__stage__contest", "replaces__juror", "proposed_by")
        .get(pk=correction.pk)
    )
    require(rules.oversees, by, correction.replaces.box.entry.stage)
    if correction.state != CorrectionState.PROPOSED:
        raise Refusal("CORRECTION_DECIDED")
    if correction.proposed_by_id == by.pk:
        raise Refusal("SECOND_PERSON")
    correction.decided_by, correction.decided_at = by, at
    return correction.replaces, correction
