"""A calibration round: jurors score a specimen talk, see how far apart they are, and start afresh."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import CalibrationState, StageState
from unionhall.apps.contests.models import CalibrationRound, CalibrationSheet, Pass, Stage
from unionhall.apps.contests.usecases.stages import locked_stage
from unionhall.apps.people.models import Account
from unionhall.engines.scoring import read_scores
from unionhall.kernel import audit
from unionhall.kernel.audit import Actor
from unionhall.kernel.live import announce
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal


def _locked_round(stage: Stage) -> CalibrationRound:
    """The round under way, with no sheet on its way into it."""
    under_way = CalibrationRound.objects.select_for_update().exclude(state=CalibrationState.SET_ASIDE)
    found = under_way.filter(stage=stage).first()
    if found is None:
        raise Refusal("NO_CALIBRATION")
    return found


@transaction.atomic
def open_calibration(*, by: Account, at: datetime, stage: Stage, title: str) -> CalibrationRound:
    """Let all jurors score a specimen talk, before the first cue."""
    require(rules.scrutinises, by, stage)
    stage = locked_stage(stage, StageState.FROZEN)
    if not title.strip():
        raise Refusal("TITLE_MISSING")
    if queries.calibration.under_way(stage):
        raise Refusal("CALIBRATION_UNDER_WAY")
    new = CalibrationRound.objects.create(stage=stage, title=title.strip(), opened_by=by, opened_at=at)
    audit.record(by.actor, "calibration.open", stage, at=at, refs={"round": new.public_id})
    announce(f"stage:{stage.public_id}")
    return new


@transaction.atomic
def record_calibration_sheet(
    *, held: Pass, at: datetime, scores: Mapping[str, str | None]
) -> CalibrationSheet:
    """Keep what the juror with this pass gave the specimen talk; a former sheet is replaced.

    Raises ScoringError for what the rule book does not permit.
    """
    juror = held.juror
    stage = juror.jury.stage
    found = _locked_round(stage)
    if found.state != CalibrationState.OPEN:
        raise Refusal("CALIBRATION_CLOSED")
    rulebook = queries.rulebooks.in_force(stage)
    assert rulebook is not None, "a round is held at a frozen stage"
    sheet, _ = CalibrationSheet.objects.update_or_create(
        round=found, juror=juror, defaults={"scores": read_scores(rulebook, scores), "at": at}
    )
    audit.record(
        Actor("JUROR", juror.public_id), "calibration.sheet", found, at=at, refs={"juror": juror.public_id}
    )
    announce(f"stage:{stage.public_id}")
    return sheet


@transaction.atomic
def show_spread(*, by: Account, at: datetime, stage: Stage) -> CalibrationRound:
    """Take no more sheets, and show everybody how far the marks lie apart."""
    require(rules.scrutinises, by, stage)
    stage = locked_stage(stage, StageState.FROZEN)
    found = _locked_round(stage)
    if found.state != CalibrationState.OPEN:
        raise Refusal("CALIBRATION_CLOSED")
    if not found.sheets.exists():
        raise Refusal("CALIBRATION_EMPTY")
    found.state, found.shown_at = CalibrationState.SHOWN, at
    found.save(update_fields=["state", "shown_at"])
    audit.record(by.actor, "calibration.show", stage, at=at, refs={"round": found.public_id})
    announce(f"stage:{stage.public_id}")
    return found


@transaction.atomic
def set_aside(*, by: Account, at: datetime, stage: Stage) -> CalibrationRound:
    """End the round: its sheets are deleted; that it was held, and with how many sheets, stays."""
    require(rules.scrutinises, by, stage)
    stage = locked_stage(stage, StageState.FROZEN)
    found = _locked_round(stage)
    found.received = found.sheets.count()
    found.sheets.all().delete()
    found.state, found.set_aside_at = CalibrationState.SET_ASIDE, at
    found.save(update_fields=["state", "set_aside_at", "received"])
    audit.record(by.actor, "calibration.set_aside", stage, at=at, refs={"round": found.public_id})
    announce(f"stage:{stage.public_id}")
    return found
