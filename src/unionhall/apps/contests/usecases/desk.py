"""What the scrutineer does while the stage is under way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import BoxState, CueKind, EntryState, ExcusalKind, StageState
from unionhall.apps.contests.models import BallotBox, Cue, Entry, Excusal, Juror, Stage
from unionhall.apps.contests.usecases import log
from unionhall.apps.contests.usecases.stages import locked_stage, must_not_be_withdrawn
from unionhall.apps.people.models import Account
from unionhall.kernel import audit
from unionhall.kernel.live import announce
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal

WITH_CUES = (
    StageState.FROZEN,
    StageState.OPEN,
    StageState.CLOSED,
    StageState.REVIEWED,
    StageState.PUBLISHED,
)


def locked_box(entry: Entry) -> BallotBox:
    """The ballot box of an entry, with no ballot on its way into it (they hold it FOR SHARE)."""
    return BallotBox.objects.select_for_update().get(entry=entry)


@transaction.atomic
def go_to_cue(*, by: Account, at: datetime, cue: Cue) -> None:
    """Bring a cue on stage; the one before it is done. The first cue opens the stage.

    Ceremonies go on after the scoring has ended; speeches do not. Refused while a calibration round is under
    way, so that its scores never stand beside real ones.
    """
    require(rules.scrutinises, by, cue.stage)
    stage = locked_stage(cue.stage, *WITH_CUES)
    if cue.entry is not None and stage.state not in (StageState.FROZEN, StageState.OPEN):
        raise Refusal("STAGE_STATE", state=stage.state)
    if cue.entry is not None and cue.entry.state == EntryState.WITHDRAWN:
        raise Refusal("ENTRY_WITHDRAWN")
    if queries.calibration.under_way(stage):
        raise Refusal("CALIBRATION_UNDER_WAY")
    before = stage.current_cue
    if before is not None:
        if before.pk == cue.pk:
            return
        if before.entry_id and BallotBox.objects.filter(entry=before.entry_id, state=BoxState.OPEN).exists():
            raise Refusal("BOX_STILL_OPEN")
        before.done_at = before.done_at or at
        before.save(update_fields=["done_at"])
    stage.current_cue = cue
    if stage.state == StageState.FROZEN:
        stage.state = StageState.OPEN
    stage.save(update_fields=["current_cue", "state"])
    audit.record(by.actor, "cue.start", cue, at=at, refs={"stage": stage.public_id})
    announce(f"stage:{stage.public_id}")


@transaction.atomic
def start_speech(*, by: Account, at: datetime, entry: Entry) -> None:
    """Start the watch: the speaker begins."""
    require(rules.scrutinises, by, entry.stage)
    stage = locked_stage(entry.stage, StageState.OPEN)
    box = locked_box(entry)
    _must_be_on_stage(stage, entry)
    if box.heard_at is not None:
        raise Refusal("SPEECH_HEARD")
    if box.started_at is not None:
        raise Refusal("SPEECH_STARTED")
    box.started_at = at
    box.save(update_fields=["started_at"])
    audit.record(by.actor, "speech.start", box, at=at)
    announce(f"stage:{stage.public_id}")


@transaction.atomic
def end_speech(*, by: Account, at: datetime, entry: Entry) -> None:
    """Stop the watch. How long the speech took decides its timing penalty under the rule book."""
    require(rules.scrutinises, by, entry.stage)
    stage = locked_stage(entry.stage, StageState.OPEN)
    box = locked_box(entry)
    if not _stop_watch(by, at, stage, entry, box):
        raise Refusal("SPEECH_NOT_RUNNING")
    announce(f"stage:{stage.public_id}")


def _stop_watch(by: Account, at: datetime, stage: Stage, entry: Entry, box: BallotBox) -> bool:
    """Whether the watch ran; then it stands, and the time is in the log."""
    if box.started_at is None or box.seconds is not None:
        return False
    # A clock may be set back meanwhile.
    box.seconds = max(0, min(int((at - box.started_at).total_seconds()), 32767))
    box.save(update_fields=["seconds"])
    log.append(stage, "time", at, entry=entry.public_id, seconds=box.seconds)
    audit.record(by.actor, "speech.end", box, at=at, fields=["seconds"])
    return True


@transaction.atomic
def hear_speech(*, by: Account, at: datetime, entry: Entry) -> None:
    """The speech on stage is over and is scored later: the rules have the first speeches all heard before.

    A watch that runs is stopped.
    """
    require(rules.scrutinises, by, entry.stage)
    stage = locked_stage(entry.stage, StageState.OPEN)
    _must_be_on_stage(stage, entry)
    box = locked_box(entry)
    if box.state != BoxState.WAITING:
        raise Refusal("BOX_STATE", state=box.state)
    if box.heard_at is not None:
        raise Refusal("SPEECH_HEARD")
    if not queries.hearing.of_stage(stage).left:
        raise Refusal("NOT_DEFERRED")
    _stop_watch(by, at, stage, entry, box)
    box.heard_at = at
    box.save(update_fields=["heard_at"])
    log.append(stage, "heard", at, entry=entry.public_id)
    audit.record(by.actor, "speech.heard", box, at=at)
    announce(f"stage:{stage.public_id}")


@transaction.atomic
def open_ballot_box(*, by: Account, at: datetime, entry: Entry) -> None:
    """Open a speech for scoring. One speech at a time, the one on stage.

    Refused while one of the first speeches, which the rules may have all heard before, has not been heard.
    """
    require(rules.scrutinises, by, entry.stage)
    stage = locked_stage(entry.stage, StageState.OPEN)
    _must_be_on_stage(stage, entry)
    box = locked_box(entry)
    if box.state != BoxState.WAITING:
        raise Refusal("BOX_STATE", state=box.state)
    if unheard := queries.hearing.of_stage(stage).left:
        raise Refusal("SPEECHES_NOT_HEARD", left=len(unheard))
    box.state, box.opened_at = BoxState.OPEN, at
    box.save(update_fields=["state", "opened_at"])
    log.append(stage, "opening", at, entry=entry.public_id)
    audit.record(by.actor, "box.open", box, at=at)
    announce(f"stage:{stage.public_id}")


@transaction.atomic
def close_ballot_box(*, by: Account, at: datetime, entry: Entry) -> None:
    """Close scoring of a speech, for good: what comes later is kept as refused and not counted.

    Every ballot that was acknowledged is in; the lock waits for those on their way. Refused while a jury
    that weighs has no ballot at all, since the speech could have no composite score then, and while the watch
    runs, since its penalty would be lost without a word.
    """
    require(rules.scrutinises, by, entry.stage)
    stage = locked_stage(entry.stage, StageState.OPEN)
    box = locked_box(entry)
    if box.state != BoxState.OPEN:
        raise Refusal("BOX_STATE", state=box.state)
    if box.started_at is not None and box.seconds is None:
        raise Refusal("WATCH_RUNS")
    if half := box.keyed_sheets.select_related("juror").first():
        raise Refusal("PAPER_WAITING", juror=half.juror.label)
    if empty := _jury_without_ballots(stage, box):
        raise Refusal("JURY_WITHOUT_BALLOTS", jury=empty)
    box.state, box.closed_at = BoxState.CLOSED, at
    box.save(update_fields=["state", "closed_at"])
    log.append_box(box, entry, stage, at)
    audit.record(by.actor, "box.close", box, at=at, refs={"ballots": box.ballots.count()})
    announce(f"stage:{stage.public_id}")


def _jury_without_ballots(stage: Stage, box: BallotBox) -> str:
    rulebook = queries.rulebooks.in_force(stage)
    assert rulebook is not None, "a stage under way has frozen rules"
    heard = set(box.ballots.values_list("juror__jury__code", flat=True).distinct())
    return next((j.name for j in rulebook.juries if j.weight > 0 and j.code not in heard), "")


@transaction.atomic
def reveal_score(*, by: Account, at: datetime, entry: Entry) -> None:
    """Show the score of a closed speech on the hall screen."""
    require(rules.scrutinises, by, entry.stage)
    stage = locked_stage(entry.stage, StageState.OPEN)
    box = locked_box(entry)
    if box.state != BoxState.CLOSED:
        raise Refusal("BOX_STATE", state=box.state)
    if box.revealed_at is None:
        box.revealed_at = at
        box.save(update_fields=["revealed_at"])
        audit.record(by.actor, "score.reveal", box, at=at)
        announce(f"stage:{stage.public_id}")


@transaction.atomic
def excuse_juror(
    *, by: Account, at: datetime, entry: Entry, juror: Juror, kind: ExcusalKind, reason: str
) -> Excusal:
    """Note that a juror does not score a speech: recused with a reason, or absent. Never a zero.

    A recused juror's ballot is refused; one from a juror noted as absent counts, since the juror came.
    """
    require(rules.scrutinises, by, entry.stage)
    stage = locked_stage(entry.stage, StageState.FROZEN, StageState.OPEN)
    box = locked_box(entry)
    must_not_be_withdrawn(entry)
    if juror.jury.stage_id != stage.pk:
        raise Refusal("OTHER_STAGE")
    if box.state == BoxState.CLOSED:
        raise Refusal("BOX_STATE", state=box.state)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    if kind == ExcusalKind.RECUSED and box.ballots.filter(juror=juror).exists():
        raise Refusal("BALLOT_EXISTS", juror=juror.label)
    log.append_juries(stage, at)
    log.append(stage, "excusal", at, entry=entry.public_id, juror=juror.public_id, why=kind)
    excusal, _ = Excusal.objects.update_or_create(
        box=box, juror=juror, defaults={"kind": kind, "reason": reason.strip(), "at": at}
    )
    audit.record(by.actor, f"juror.{kind.lower()}", box, at=at, refs={"juror": juror.public_id})
    announce(f"stage:{stage.public_id}")
    return excusal


@transaction.atomic
def lift_excusal(*, by: Account, at: datetime, entry: Entry, juror: Juror) -> None:
    """Take back a recusal or absence that was noted by mistake, before the box closes."""
    require(rules.scrutinises, by, entry.stage)
    stage = locked_stage(entry.stage, StageState.FROZEN, StageState.OPEN)
    box = locked_box(entry)
    if box.state == BoxState.CLOSED:
        raise Refusal("BOX_STATE", state=box.state)
    lifted, _ = Excusal.objects.filter(box=box, juror=juror).delete()
    if lifted:
        log.append(stage, "excusal-lifted", at, entry=entry.public_id, juror=juror.public_id)
    audit.record(by.actor, "juror.excusal_lift", box, at=at, refs={"juror": juror.public_id})
    announce(f"stage:{stage.public_id}")


@transaction.atomic
def close_stage(*, by: Account, at: datetime, stage: Stage) -> None:
    """End the scoring of the stage: every speech has been scored and closed."""
    require(rules.scrutinises, by, stage)
    stage = locked_stage(stage, StageState.OPEN)
    waiting = stage.entries.filter(state=EntryState.REGISTERED).exclude(box__state=BoxState.CLOSED).count()
    if waiting:
        raise Refusal("SPEECHES_LEFT", left=waiting)
    stage.state = StageState.CLOSED
    stage.save(update_fields=["state"])
    log.append_end(stage, at)
    audit.record(by.actor, "stage.close", stage, at=at)
    announce(f"stage:{stage.public_id}")


def _must_be_on_stage(stage: Stage, entry: Entry) -> None:
    cue = stage.current_cue
    if cue is None or cue.kind != CueKind.SPEECH or cue.entry_id != entry.pk:
        raise Refusal("NOT_ON_STAGE")
    if cue.entry is not None and cue.entry.state == EntryState.WITHDRAWN:
        raise Refusal("ENTRY_WITHDRAWN")
