"""What happens in the hall now: the running order, the speech on stage, who has scored, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import Count, Max, Q

from unionhall.apps.contests.codes import BoxState, CueKind, EntryState, ExcusalKind, StageState
from unionhall.apps.contests.models import (
    Ballot,
    BallotBox,
    CalibrationRound,
    Cue,
    Entry,
    Excusal,
    Juror,
    Stage,
)
from unionhall.apps.contests.queries import boards, calibration, counting, rulebooks
from unionhall.apps.contests.queries.hearing import Hearing, hearing
from unionhall.engines.scoring import EntryResult, RuleBook, decimal_string, shown, timing_penalty

# Juries up to this size are shown seat by seat; larger ones as a bar.
SEATS_SHOWN = 40


@dataclass(frozen=True)
class Seat:
    juror: Juror
    revision: int | None
    excusal: Excusal | None
    phone: bool

    @property
    def state(self) -> str:
        """IN, RECUSED, ABSENT or OUT (not yet)."""
        if self.revision is not None:
            return "IN"
        return self.excusal.kind if self.excusal else "OUT"


@dataclass(frozen=True)
class Panel:
    """A jury at one speech."""

    code: str
    name: str
    weight: str
    seats: Sequence[Seat]
    scored: int
    expected: int
    recused: int
    absent: int

    @property
    def missing(self) -> int:
        """Jurors who have neither scored nor been excused."""
        return max(0, self.expected - self.scored)


@dataclass(frozen=True)
class Line:
    """One line of the running order, with the composite of a revealed speech."""

    cue: Cue
    state: str
    composite: str


@dataclass(frozen=True)
class Floor:
    """The hall at this moment."""

    stage: Stage
    rulebook: RuleBook | None
    order: Sequence[Line]
    cue: Cue | None
    entry: Entry | None
    box: BallotBox | None
    panels: Sequence[Panel]
    next_cue: Cue | None
    speeches_left: int
    hearing: Hearing
    calibration: CalibrationRound | None = None
    step: str = ""
    late: int = 0
    penalty: str = ""
    places: dict[str, int] = field(default_factory=dict)

    @property
    def untimed(self) -> bool:
        """Whether the rules watch the time of the speech on stage, and nobody has started the watch."""
        timed = self.rulebook is not None and self.rulebook.timing is not None
        box = self.box
        return timed and box is not None and box.started_at is None and box.heard_at is None

    @property
    def scored(self) -> int:
        """Ballots in for the speech on stage."""
        return sum(panel.scored for panel in self.panels)

    @property
    def expected(self) -> int:
        """Ballots that can come: seats less recusals and absences."""
        return sum(panel.expected for panel in self.panels)

    @property
    def missing(self) -> Sequence[Panel]:
        """Panels that still wait for somebody."""
        return [panel for panel in self.panels if panel.missing]

    @property
    def minutes(self) -> str:
        """The time that the speech took."""
        used = self.box.seconds if self.box and self.box.seconds is not None else 0
        return f"{used // 60:02}:{used % 60:02}"

    @property
    def limit_minutes(self) -> int:
        """The limit in whole minutes."""
        return (self.limit or 0) // 60

    @property
    def limit(self) -> int | None:
        """Seconds that a speech may take."""
        return self.rulebook.timing.longest if self.rulebook and self.rulebook.timing else None


def stage_of(public_id: str) -> Stage | None:
    """A stage with what every page of it shows."""
    return (
        Stage.objects.select_related(
            "contest__organiser",
            "rulebook",
            "current_cue__entry__person",
            "current_cue__entry__box",
            "draw_witness",
        )
        .filter(public_id=public_id)
        .first()
    )


def floor(stage: Stage) -> Floor:
    """The hall as the desk sees it; a fixed number of queries."""
    cues = list(stage.cues.select_related("entry__person", "entry__box").order_by("position"))
    results = _revealed(stage, cues)
    cue = next((c for c in cues if c.pk == stage.current_cue_id), None)
    entry = cue.entry if cue else None
    box = entry.box if entry else None
    rulebook = rulebooks.in_force(stage)
    first = hearing(rulebook, [c.entry for c in cues if c.entry is not None]) if rulebook else Hearing()
    following = _following(cues, cue, first)
    calibrating = calibration.under_way(stage)
    left = sum(c.entry is not None and _ahead(c) for c in cues)
    late = box.refused_ballots.filter(reason="CLOSED").count() if box else 0
    penalty = timing_penalty(rulebook, box.seconds) if rulebook and box and box.seconds is not None else 0
    return Floor(
        stage=stage,
        rulebook=rulebook,
        order=[_line(c, stage, results) for c in cues],
        cue=cue,
        entry=entry,
        box=box,
        panels=panels(stage, box, rulebook) if box and rulebook else [],
        next_cue=following,
        speeches_left=left,
        hearing=first,
        calibration=calibrating,
        step="CALIBRATION" if calibrating else _step(stage, cues, cue, following, first),
        late=late,
        penalty=decimal_string(Fraction(penalty)) if penalty else "",
    )


def _ahead(cue: Cue) -> bool:
    """Whether a cue has still to come: an interlude that was not held, a speech that was not scored."""
    if cue.entry is None:
        return cue.done_at is None
    return cue.entry.state == EntryState.REGISTERED and cue.entry.box.state != BoxState.CLOSED


def _heard(cues: Sequence[Cue]) -> list[Cue]:
    """The speeches that were heard and wait for their scoring."""
    return [c for c in cues if _ahead(c) and c.entry is not None and c.entry.box.heard_at is not None]


def _following(cues: Sequence[Cue], cue: Cue | None, first: Hearing) -> Cue | None:
    """What comes on stage after the present cue.

    As long as speeches must be heard first, the running order up to the last of them; then those that were
    heard, to be scored; then the running order. A speech that was left out on the way comes at the end.
    """
    ahead = [c for c in cues if _ahead(c) and (cue is None or c.pk != cue.pk)]
    after = [c for c in ahead if cue is None or c.position > cue.position]
    unheard = [c for c in ahead if c.entry in first.left]
    if unheard:
        way = [c for c in after if c in unheard or (c.entry is None and c.position < unheard[-1].position)]
        return (way or unheard)[0]
    left_out = [c for c in ahead if c.entry is not None]
    return next(iter(_heard(ahead) or after or left_out), None)


def _step(stage: Stage, cues: Sequence[Cue], cue: Cue | None, following: Cue | None, first: Hearing) -> str:
    """The one thing to do next, as the code of the desk's main button."""
    match stage.state:
        case StageState.DRAFT:
            return "FREEZE"
        case StageState.CLOSED:
            return "REVIEW"
        case StageState.REVIEWED | StageState.PUBLISHED:
            board = boards.latest(stage)
            steps = len(boards.reading_order(board.document)) if board else 0
            if stage.read_out < steps:
                return "READ_OUT"
            return "PUBLISH" if stage.state == StageState.REVIEWED else "DONE"
    if cue is not None and cue.entry is not None and cue.entry.state == EntryState.REGISTERED:
        box = cue.entry.box
        if box.state == BoxState.WAITING:
            return _before_opening(cues, cue, box, first)
        if box.state == BoxState.OPEN:
            return "CLOSE"
        if box.revealed_at is None:
            return "REVEAL"
    # When the last speech is scored, scoring ends before the ceremonies.
    if stage.state == StageState.OPEN and not any(_ahead(c) for c in cues if c.entry is not None):
        return "END"
    return "NEXT" if following else "END"


def _before_opening(cues: Sequence[Cue], cue: Cue, box: BallotBox, first: Hearing) -> str:
    """The step for a speech on stage whose scoring has not begun."""
    if first.left:
        return "NEXT" if box.heard_at else "HEARD"
    # Of the speeches that were heard, the first is scored first.
    waiting = _heard(cues)
    return "NEXT" if waiting and waiting[0].pk != cue.pk else "OPEN"


def _line(cue: Cue, stage: Stage, results: dict[str, EntryResult]) -> Line:
    composite = ""
    if cue.entry is None:
        state = "NOW" if cue.pk == stage.current_cue_id else "DONE" if cue.done_at else "AHEAD"
    elif cue.entry.state == EntryState.WITHDRAWN:
        state = "WITHDRAWN"
    elif cue.entry.box.state == BoxState.OPEN:
        state = "SCORING"
    elif cue.entry.box.revealed_at:
        state = "SCORED"
        rulebook = rulebooks.in_force(stage)
        assert rulebook is not None, "a revealed speech was scored by frozen rules"
        composite = shown(results[cue.entry.public_id].composite, rulebook.rounding.composite) or ""
    elif cue.entry.box.state == BoxState.CLOSED:
        state = "CLOSED"
    elif cue.pk == stage.current_cue_id:
        state = "NOW"
    else:
        state = "HEARD" if cue.entry.box.heard_at else "AHEAD"
    return Line(cue, state, composite)


def _revealed(stage: Stage, cues: Sequence[Cue]) -> dict[str, EntryResult]:
    entries = [c.entry for c in cues if c.entry is not None and c.entry.box.revealed_at is not None]
    if not entries:
        return {}
    return {result.entry: result for result in counting.result(stage, entries).entries}


def panels(stage: Stage, box: BallotBox, rulebook: RuleBook) -> list[Panel]:
    """Each jury at one speech; large juries by numbers only."""
    weights = {jury.code: decimal_string(jury.weight) for jury in rulebook.juries}
    juries = list(stage.juries.annotate(size=Count("jurors")).order_by("position"))
    scored = dict(
        Ballot.objects.filter(box=box)
        .values_list("juror__jury_id")
        .annotate(n=Count("juror_id", distinct=True))
    )
    excusals = list(Excusal.objects.filter(box=box).select_related("juror"))
    small = [jury.pk for jury in juries if jury.size <= SEATS_SHOWN]
    revisions = dict(
        Ballot.objects.filter(box=box, juror__jury__in=small)
        .values_list("juror_id")
        .annotate(Max("revision"))
    )
    excused = {excusal.juror_id: excusal for excusal in excusals if excusal.juror_id not in revisions}
    with_phone = Count("passes", filter=Q(passes__revoked_at=None, passes__bound_at__isnull=False))
    jurors = list(Juror.objects.filter(jury__in=small).annotate(phones=with_phone).order_by("seat"))
    result = []
    for jury in juries:
        outs = [e for e in excused.values() if e.juror.jury_id == jury.pk]
        result.append(
            Panel(
                code=jury.code,
                name=jury.name,
                weight=weights.get(jury.code, "0"),
                seats=[
                    Seat(juror, revisions.get(juror.pk), excused.get(juror.pk), juror.phones > 0)
                    for juror in jurors
                    if juror.jury_id == jury.pk
                ],
                scored=scored.get(jury.pk, 0),
                expected=jury.size - len(outs),
                recused=sum(e.kind == ExcusalKind.RECUSED for e in outs),
                absent=sum(e.kind == ExcusalKind.ABSENT for e in outs),
            )
        )
    return result


def speech_number(stage: Stage, entry: Entry) -> tuple[int, int]:
    """(place among the speeches, number of speeches) of an entry."""
    numbers = list(
        stage.entries.filter(state=EntryState.REGISTERED).order_by("number").values_list("pk", flat=True)
    )
    return (numbers.index(entry.pk) + 1 if entry.pk in numbers else 0), len(numbers)


def is_speech(cue: Cue | None) -> bool:
    """Whether a cue is a speech."""
    return cue is not None and cue.kind == CueKind.SPEECH
