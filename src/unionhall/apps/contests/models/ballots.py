"""Ballot boxes and what was put into them. Ballots are only ever added."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.contests.codes import (
    AdjustmentKind,
    BallotSource,
    BoxState,
    CorrectionKind,
    CorrectionState,
    ExcusalKind,
)
from unionhall.apps.contests.models.contests import Entry, Stage
from unionhall.apps.contests.models.juries import Juror
from unionhall.apps.contests.models.log import SALT, new_salt
from unionhall.kernel.ids import PublicIdField


class BallotBox(models.Model):
    """Where the ballots for one speech go. No row here is written when a ballot arrives."""

    public_id = PublicIdField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="box")
    state = models.CharField(max_length=8, choices=BoxState, default=BoxState.WAITING)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)
    # When the speech was over, of one that is scored later since the first speeches are all heard before.
    heard_at = models.DateTimeField(null=True, blank=True)
    # When the speaker began, and how long the speech took, by the desk's watch.
    started_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=BoxState.WAITING, opened_at__isnull=True, closed_at__isnull=True)
                | Q(state=BoxState.OPEN, opened_at__isnull=False, closed_at__isnull=True)
                | Q(state=BoxState.CLOSED, opened_at__isnull=False, closed_at__isnull=False),
                name="box_state_and_times",
            ),
            models.CheckConstraint(
                condition=Q(revealed_at__isnull=True) | Q(state=BoxState.CLOSED),
                name="box_revealed_is_closed",
            ),
        ]


class Ballot(models.Model):
    """A juror's scores for one speech; its key in the database is the number the juror is told.

    `scores` are integers in the order of the rule book's criteria, in units of each criterion's last digit.
    """

    box = models.ForeignKey(BallotBox, on_delete=models.PROTECT, related_name="ballots")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="ballots")
    revision = models.PositiveSmallIntegerField()
    scores = models.JSONField()
    key = models.CharField(max_length=40)
    body_digest = models.CharField(max_length=64)
    source = models.CharField(max_length=10, choices=BallotSource)
    # With it the juror's receipt commits to the ballot at once; the log takes both over at the closing.
    salt = models.BinaryField(max_length=SALT, default=new_salt)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["juror", "key"], name="ballot_key_once"),
            models.UniqueConstraint(fields=["box", "juror", "revision"], name="ballot_revision_once"),
        ]


class RefusedBallot(models.Model):
    """A ballot that came too early, too late or from a recused juror: kept as refused, never counted."""

    box = models.ForeignKey(BallotBox, on_delete=models.PROTECT, related_name="refused_ballots")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="refused_ballots")
    scores = models.JSONField()
    key = models.CharField(max_length=40)
    body_digest = models.CharField(max_length=64)
    source = models.CharField(max_length=10, choices=BallotSource)
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["juror", "key"], name="refused_key_once"),
        ]


class KeyedSheet(models.Model):
    """A paper sheet as a first person entered it; it becomes a ballot when a second enters the same."""

    box = models.ForeignKey(BallotBox, on_delete=models.PROTECT, related_name="keyed_sheets")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="keyed_sheets")
    scores = models.JSONField()
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="keyed_sheets"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["box", "juror"], name="keyed_sheet_once"),
        ]


class Excusal(models.Model):
    """A juror who does not score a speech, by recusal or absence; never a zero."""

    box = models.ForeignKey(BallotBox, on_delete=models.PROTECT, related_name="excusals")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="excusals")
    kind = models.CharField(max_length=8, choices=ExcusalKind)
    reason = models.CharField(_("reason"), max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["box", "juror"], name="excusal_once"),
        ]


class Adjustment(models.Model):
    """Signed points for one entry. Timing penalties follow from the seconds and are not stored."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="adjustments")
    kind = models.CharField(_("kind"), max_length=8, choices=AdjustmentKind)
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=4)
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=AdjustmentKind.PENALTY) & Q(points__lt=0))
                | (~Q(kind=AdjustmentKind.PENALTY) & Q(points__gt=0)),
                name="adjustment_sign",
            ),
        ]


class Correction(models.Model):
    """A late change, made after a speech was closed: in force once a second person confirms it.

    Its kind says whether it corrects a sheet, withdraws a juror, or gives points.
    """

    public_id = PublicIdField()
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=6, choices=CorrectionKind, default=CorrectionKind.SHEET)
    # Of a corrected sheet: the ballot, its new scores, and the ballot that was made of them.
    replaces = models.ForeignKey(
        Ballot, on_delete=models.PROTECT, related_name="corrections", null=True, blank=True
    )
    scores = models.JSONField(default=list)
    ballot = models.OneToOneField(
        Ballot, on_delete=models.PROTECT, related_name="from_correction", null=True, blank=True
    )
    # Of a withdrawn juror.
    juror = models.ForeignKey(
        Juror, on_delete=models.PROTECT, related_name="withdrawals", null=True, blank=True
    )
    # Of points: for whom, and what they became.
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="corrections", null=True, blank=True
    )
    points_kind = models.CharField(_("kind"), max_length=8, choices=AdjustmentKind, blank=True)
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=4, null=True, blank=True)
    adjustment = models.OneToOneField(
        Adjustment, on_delete=models.PROTECT, related_name="from_correction", null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(max_length=10, choices=CorrectionState, default=CorrectionState.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposed_corrections"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="decided_corrections",
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="correction_second_person",
            ),
            models.CheckConstraint(
                condition=Q(kind="SHEET", replaces__isnull=False, juror__isnull=True, entry__isnull=True)
                | Q(kind="JUROR", replaces__isnull=True, juror__isnull=False, entry__isnull=True)
                | Q(
                    kind="POINTS",
                    replaces__isnull=True,
                    juror__isnull=True,
                    entry__isnull=False,
                    points__isnull=False,
                ),
                name="correction_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="PROPOSED", decided_by__isnull=True)
                | Q(state="REJECTED", decided_by__isnull=False)
                | (
                    Q(state="CONFIRMED", decided_by__isnull=False)
                    & (
                        Q(kind="SHEET", ballot__isnull=False)
                        | Q(kind="JUROR")
                        | Q(kind="POINTS", adjustment__isnull=False)
                    )
                ),
                name="correction_state",
            ),
            models.CheckConstraint(
                condition=Q(state="CONFIRMED") | Q(ballot__isnull=True, adjustment__isnull=True),
                name="correction_made",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(state=CorrectionState.PROPOSED),
                name="correction_one_proposed",
            ),
            models.UniqueConstraint(
                fields=["juror"],
                condition=~Q(state=CorrectionState.REJECTED),
                name="correction_juror_once",
            ),
        ]
