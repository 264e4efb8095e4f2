"""Definitions behind figures, targets, and frozen periods that every published figure leads back to."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.orgs.models import Union
from unionhall.kernel.ids import PublicIdField


class CategorySet(models.Model):
    """One version of a list of occupations that count as new forms of employment; never changed."""

    code = models.CharField(_("code"), max_length=24)
    version = models.PositiveSmallIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=80)
    # The document that sets the list.
    basis = models.CharField(_("basis"), max_length=160)
    occupations = models.JSONField()
    # Of a district's own list; the official ones belong to nobody.
    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="category_sets", null=True, blank=True
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="category_set_version_once"),
        ]


class Target(models.Model):
    """How many joins a union means to reach in a year."""

    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="join_targets")
    year = models.PositiveSmallIntegerField(_("year"))
    joins = models.PositiveIntegerField(_("joins"))
    # Whose joins the target counts: all, or those of a list of occupations.
    category_set = models.ForeignKey(
        CategorySet, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["union", "year", "category_set"], name="target_once"),
            models.UniqueConstraint(
                fields=["union", "year"], condition=Q(category_set__isnull=True), name="target_of_all_once"
            ),
        ]


class Snapshot(models.Model):
    """A period that was closed: its figures, their definitions, and a hash over every row they count.

    A later one of the same period is a restatement and says why.
    """

    public_id = PublicIdField()
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="snapshots")
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    revision = models.PositiveSmallIntegerField(default=1)
    definition = models.CharField(max_length=20)
    category_set = models.ForeignKey(CategorySet, on_delete=models.PROTECT, related_name="+")
    # Figure name to number.
    figures = models.JSONField()
    digest = models.CharField(max_length=64)
    # Why it differs from the revision before.
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["union", "starts", "ends", "revision"], name="snapshot_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="snapshot_period"),
            models.CheckConstraint(condition=Q(revision=1) | ~Q(reason=""), name="snapshot_restated_why"),
        ]

    @property
    def last_day(self) -> date:
        """The last day that is counted."""
        return self.ends - timedelta(days=1)


class SnapshotRows(models.Model):
    """The rows that one figure of a snapshot counts: their keys in order, packed, with their own hash."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="rows")
    figure = models.CharField(max_length=40)
    count = models.PositiveIntegerField()
    keys = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "figure"], name="snapshot_figure_once"),
        ]
