"""A specimen talk that jurors score together before the first cue. Nothing here is ever counted or logged."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.contests.codes import CalibrationState
from unionhall.apps.contests.models.contests import Stage
from unionhall.apps.contests.models.juries import Juror
from unionhall.kernel.ids import PublicIdField


class CalibrationRound(models.Model):
    """One specimen talk: scored, its spread looked at, its scores set aside."""

    public_id = PublicIdField()
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="calibration_rounds")
    title = models.CharField(_("specimen talk"), max_length=120)
    state = models.CharField(max_length=9, choices=CalibrationState, default=CalibrationState.OPEN)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calibration_rounds"
    )
    opened_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    # How many sheets there were; the sheets themselves are deleted when they are set aside.
    received = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stage"],
                condition=~Q(state=CalibrationState.SET_ASIDE),
                name="calibration_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=CalibrationState.OPEN,
                    shown_at__isnull=True,
                    set_aside_at__isnull=True,
                    received__isnull=True,
                )
                | Q(
                    state=CalibrationState.SHOWN,
                    shown_at__isnull=False,
                    set_aside_at__isnull=True,
                    received__isnull=True,
                )
                | Q(state=CalibrationState.SET_ASIDE, set_aside_at__isnull=False, received__isnull=False),
                name="calibration_state_and_times",
            ),
        ]


class CalibrationSheet(models.Model):
    """A juror's scores for a specimen talk; sending again replaces them."""

    round = models.ForeignKey(CalibrationRound, on_delete=models.PROTECT, related_name="sheets")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="calibration_sheets")
    scores = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "juror"], name="calibration_sheet_once"),
        ]
