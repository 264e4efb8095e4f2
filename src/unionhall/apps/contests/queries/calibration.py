"""A calibration round as it is seen: who has sent a sheet, and how far the marks lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from unionhall.apps.contests.codes import CalibrationState, StageState
from unionhall.apps.contests.models import CalibrationRound, CalibrationSheet, Juror, Jury, Stage
from unionhall.apps.contests.queries import rulebooks
from unionhall.engines.scoring import RuleBook, Scores, decimal_string, fixed, sheet_total


@dataclass(frozen=True)
class Spread:
    """The marks of one jury: figures as strings, and each mark with whether it is the reader's own."""

    jury: str
    number: int
    lowest: str
    middle: str
    highest: str
    marks: Sequence[tuple[Decimal, bool]]


@dataclass(frozen=True)
class Scale:
    """A criterion, or the total, with the spread in each jury."""

    name: str
    spreads: Sequence[Spread]


@dataclass(frozen=True)
class Panel:
    """How many of a jury have sent a sheet."""

    name: str
    received: int
    seats: int


@dataclass(frozen=True)
class Calibration:
    """A round under way; scales, the total last, only once they are shown."""

    round: CalibrationRound
    panels: Sequence[Panel]
    scales: Sequence[Scale]

    @property
    def received(self) -> int:
        """Sheets that are in."""
        return sum(panel.received for panel in self.panels)

    @property
    def seats(self) -> int:
        """Sheets that can come."""
        return sum(panel.seats for panel in self.panels)


def under_way(stage: Stage) -> CalibrationRound | None:
    """The round of a stage that has not been set aside; there can be one only before the first cue."""
    if stage.state != StageState.FROZEN:
        return None
    return stage.calibration_rounds.exclude(state=CalibrationState.SET_ASIDE).first()


def held(stage: Stage) -> QuerySet[CalibrationRound]:
    """The rounds that were held and set aside, in their order."""
    return stage.calibration_rounds.filter(state=CalibrationState.SET_ASIDE).order_by("pk")


def calibration(found: CalibrationRound, reader: Juror | None = None) -> Calibration:
    """A round as one juror, or the hall, sees it."""
    juries = list(
        Jury.objects.filter(stage=found.stage_id).annotate(seats=Count("jurors")).order_by("position")
    )
    sheets = list(found.sheets.select_related("juror").order_by("pk"))
    of_jury = {jury.pk: [s for s in sheets if s.juror.jury_id == jury.pk] for jury in juries}
    return Calibration(
        round=found,
        panels=[Panel(jury.name, len(of_jury[jury.pk]), jury.seats) for jury in juries],
        scales=_scales(found, juries, of_jury, reader) if found.state == CalibrationState.SHOWN else (),
    )


def _scales(
    found: CalibrationRound,
    juries: Sequence[Jury],
    of_jury: dict[int, list[CalibrationSheet]],
    reader: Juror | None,
) -> list[Scale]:
    rulebook = rulebooks.in_force(found.stage)
    assert rulebook is not None, "a round is held at a frozen stage"
    own = reader.pk if reader else None
    names = [(c.name, c.digits) for c in rulebook.criteria]
    names.append((_("Total"), rulebooks.total_digits(rulebook)))
    values = {s.pk: _values(rulebook, tuple(s.scores)) for sheets in of_jury.values() for s in sheets}
    return [
        Scale(
            name,
            [
                _spread(jury.name, digits, [(values[s.pk][at], s.juror_id == own) for s in of_jury[jury.pk]])
                for jury in juries
            ],
        )
        for at, (name, digits) in enumerate(names)
    ]


def _values(rulebook: RuleBook, scores: Scores) -> list[Fraction]:
    """A sheet's marks in the order of the criteria, and its total."""
    marks = [Fraction(s, 10**c.digits) for c, s in zip(rulebook.criteria, scores, strict=True)]
    return [*marks, sheet_total(rulebook, scores)]


def _spread(jury: str, digits: int, marks: Sequence[tuple[Fraction, bool]]) -> Spread:
    def figure(value: Fraction) -> str:
        # Between two marks the middle may need a digit more.
        return fixed(value, digits) if (value * 10**digits).denominator == 1 else decimal_string(value)

    values = [value for value, _own in marks]
    return Spread(
        jury=jury,
        number=len(marks),
        lowest=figure(min(values)) if values else "–",
        middle=figure(median(values)) if values else "–",
        highest=figure(max(values)) if values else "–",
        marks=[(Decimal(decimal_string(value)), own) for value, own in marks],
    )
