"""Figures of coverage as they stood on a day, with every row they count."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.orgs.models import Union
from unionhall.kernel.ids import PublicIdField


class CoverageSnapshot(models.Model):
    """What was published of a union's grounds on a day; never changed.

    A later one of the same day is a restatement and says why. The figures follow from ``rows`` alone.
    """

    public_id = PublicIdField()
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="coverage_snapshots")
    on = models.DateField(_("day"))
    revision = models.PositiveSmallIntegerField(default=1)
    definition = models.CharField(max_length=20)
    covered = models.PositiveIntegerField()
    due = models.PositiveIntegerField()
    unknown = models.PositiveIntegerField()
    not_due = models.PositiveIntegerField()
    # One line for each enterprise: public id, ground, town, section of trades, size, state; packed.
    rows = models.BinaryField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["union", "on", "revision"], name="coverage_snapshot_once"),
            models.CheckConstraint(
                condition=Q(revision=1) | ~Q(reason=""), name="coverage_snapshot_restated_why"
            ),
        ]
