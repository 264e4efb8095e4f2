"""What a juror's phone needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from django.db.models import Count

from unionhall.apps.contests.codes import BoxState, ExcusalKind
from unionhall.apps.contests.models import (
    Ballot,
    BallotBox,
    CalibrationRound,
    CalibrationSheet,
    Entry,
    Excusal,
    Juror,
    Pass,
    Stage,
)
from unionhall.apps.contests.queries import floor, hearing, log, rulebooks
from unionhall.engines.scoring import Criterion, RuleBook, decimal_string, fixed, written_scores


def seated(stage: Stage) -> list[Juror]:
    """The jurors of a stage in the order of their seats; of a large jury nobody, as at the desk."""
    juries = stage.juries.annotate(size=Count("jurors")).filter(size__lte=floor.SEATS_SHOWN)
    jurors = Juror.objects.filter(jury__in=juries).select_related("jury")
    return list(jurors.order_by("jury__position", "seat"))


@dataclass(frozen=True)
class Field:
    """A criterion as the sheet shows it; figures are strings."""

    code: str
    name: str
    low: str
    high: str
    step: str
    start: str
    factor: str
    digits: int
    value: str
    most: str


@dataclass(frozen=True)
class SheetView:
    """One juror's sheet for the speech on stage. ``face``: SHEET, WAIT, RECUSED, SEALED or CALIBRATION."""

    stage: Stage
    juror: Juror
    face: str
    entry: Entry | None = None
    box: BallotBox | None = None
    place: int = 0
    speeches: int = 0
    fields: tuple[Field, ...] = ()
    ballot: Ballot | None = None
    code: str = ""
    total_digits: int = 0
    band: tuple[str, str] | None = None
    reason: str = ""
    first: hearing.Hearing | None = None
    calibration: CalibrationSheet | None = None


def pass_held(pass_id: str, secret_hash: str) -> Pass | None:
    """The valid pass that a phone holds."""
    held = (
        Pass.objects.select_related("juror__jury__stage__contest")
        .filter(public_id=pass_id, revoked_at=None, bound_at__isnull=False)
        .first()
    )
    return held if held and compare_digest(held.device_hash, secret_hash) else None


def sheet(juror: Juror, typed: Mapping[str, str | None] | None = None) -> SheetView:
    """What the phone of a juror shows now; ``typed`` scores that were refused are shown again."""
    stage = floor.stage_of(juror.jury.stage.public_id)
    assert stage is not None, "a juror sits at a stage"
    entry = stage.current_cue.entry if stage.current_cue else None
    rulebook = rulebooks.in_force(stage)
    if entry is None or rulebook is None or entry.box.state == BoxState.WAITING:
        return SheetView(stage, juror, "WAIT", entry, first=hearing.of_stage(stage))
    place, speeches = floor.speech_number(stage, entry)
    ballot = Ballot.objects.filter(box=entry.box, juror=juror).order_by("-revision").first()
    written = typed or (written_scores(rulebook, tuple(ballot.scores)) if ballot else {})
    recusal = Excusal.objects.filter(box=entry.box, juror=juror, kind=ExcusalKind.RECUSED).first()
    face = "SHEET"
    if recusal:
        face = "RECUSED"
    elif entry.box.state == BoxState.CLOSED:
        face = "SEALED"
    return SheetView(
        stage=stage,
        juror=juror,
        face=face,
        entry=entry,
        box=entry.box,
        place=place,
        speeches=speeches,
        fields=fields(rulebook, written),
        ballot=ballot,
        code=log.code_of(ballot, stage, entry, juror) if ballot else "",
        total_digits=rulebooks.total_digits(rulebook),
        band=_band(rulebook),
        reason=recusal.reason if recusal else "",
    )


def calibration_sheet(juror: Juror, found: CalibrationRound, typed: Mapping[str, str | None]) -> SheetView:
    """The sheet for a specimen talk, with what the juror has sent, or with what was refused."""
    stage = found.stage
    rulebook = rulebooks.in_force(stage)
    assert rulebook is not None, "a round is held at a frozen stage"
    sent = found.sheets.filter(juror=juror).first()
    written = typed or (written_scores(rulebook, tuple(sent.scores)) if sent else {})
    return SheetView(
        stage=stage,
        juror=juror,
        face="CALIBRATION",
        fields=fields(rulebook, written),
        total_digits=rulebooks.total_digits(rulebook),
        band=_band(rulebook),
        calibration=sent,
    )


def fields(rulebook: RuleBook, written: Mapping[str, str | None]) -> tuple[Field, ...]:
    """The criteria as a sheet shows them."""
    return tuple(_field(c, written.get(c.code) or "") for c in rulebook.criteria)


def _band(rulebook: RuleBook) -> tuple[str, str] | None:
    return (decimal_string(rulebook.band[0]), decimal_string(rulebook.band[1])) if rulebook.band else None


def _field(c: Criterion, value: str) -> Field:
    # The first press of a stepper lands at nine tenths, where most scores lie, on a whole step.
    steps = int((c.maximum - c.minimum) * 9 / 10 / c.step)
    return Field(
        code=c.code,
        name=c.name,
        low=fixed(c.minimum, c.digits),
        high=fixed(c.maximum, c.digits),
        step=fixed(c.step, c.digits),
        start=fixed(c.minimum + steps * c.step, c.digits),
        factor=fixed(c.factor, 2),
        digits=c.digits,
        value=value,
        most=decimal_string(c.maximum),
    )
