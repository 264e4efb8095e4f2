from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StageState(TextChoices):
    """From the first draft to the published result; a confirmed correction leads back to CLOSED."""

    DRAFT = "DRAFT", _("Draft")
    FROZEN = "FROZEN", _("Frozen")
    OPEN = "OPEN", pgettext_lazy("stage", "Under way")
    CLOSED = "CLOSED", _("Closed")
    REVIEWED = "REVIEWED", _("Reviewed")
    PUBLISHED = "PUBLISHED", _("Published")


class EntryState(TextChoices):
    REGISTERED = "REGISTERED", _("Registered")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class Admission(TextChoices):
    """Who may sit on a jury: those on its list, or whoever has its open code (weight 0 only)."""

    LISTED = "LISTED", _("By list or seat code")
    OPEN = "OPEN", _("Open to everyone")


class BoxState(TextChoices):
    WAITING = "WAITING", _("Waiting")
    OPEN = "OPEN", pgettext_lazy("ballot box", "Scoring")
    CLOSED = "CLOSED", pgettext_lazy("ballot box", "Scoring closed")


class CalibrationState(TextChoices):
    OPEN = "OPEN", pgettext_lazy("calibration", "Jurors score")
    SHOWN = "SHOWN", _("Spread shown")
    SET_ASIDE = "SET_ASIDE", _("Set aside")


class ExcusalKind(TextChoices):
    RECUSED = "RECUSED", _("Recused")
    ABSENT = "ABSENT", _("Absent")


class BallotSource(TextChoices):
    PHONE = "PHONE", _("Phone")
    FORM = "FORM", _("Form")
    PAPER = "PAPER", _("Paper")
    CORRECTION = "CORRECTION", _("Correction")


class AdjustmentKind(TextChoices):
    BONUS = "BONUS", _("Bonus")
    PENALTY = "PENALTY", _("Penalty")
    EARNED = "EARNED", _("Points earned elsewhere")


class CueKind(TextChoices):
    SPEECH = "SPEECH", _("Speech")
    INTERLUDE = "INTERLUDE", _("Interlude")
    CEREMONY = "CEREMONY", _("Ceremony")


class DutyRole(TextChoices):
    SCRUTINEER = "SCRUTINEER", _("Scrutineer")
    CHIEF_JUROR = "CHIEF_JUROR", _("Chief juror")


class CorrectionKind(TextChoices):
    """What a late change changes: one sheet, all sheets of a juror, or an entry's points."""

    SHEET = "SHEET", _("Corrected sheet")
    JUROR = "JUROR", _("Withdrawn juror")
    POINTS = "POINTS", _("Points")


class CorrectionState(TextChoices):
    PROPOSED = "PROPOSED", _("Awaiting confirmation")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    REJECTED = "REJECTED", _("Rejected")
