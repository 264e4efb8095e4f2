"""What came of a stage: stored boards, prizes, and the special prize beside the ranking."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from unionhall.apps.contests.models.contests import Entry, Stage
from unionhall.kernel.ids import PublicIdField


class Board(models.Model):
    """The whole result as it stood when it was frozen: ranks, scores, prizes and their trace.

    Pages and screens that show results read this document and count nothing anew.
    """

    public_id = PublicIdField()
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="boards")
    revision = models.PositiveSmallIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "revision"], name="board_revision_once"),
        ]


class Award(models.Model):
    """A prize that a published board gave to an entry."""

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="awards")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="awards")
    prize = models.CharField(max_length=20)
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["board", "entry", "prize"], name="award_once"),
        ]


class SpecialPrize(models.Model):
    """A prize beside the ranking, for an award won elsewhere, with the evidence that was seen."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="special_prize")
    name = models.CharField(_("prize"), max_length=40)
    ground = models.CharField(_("ground"), max_length=200)
    evidence = models.CharField(_("evidence"), max_length=300)
    at = models.DateTimeField()
