"""Samples of the list of enterprises without a union, looked at on the spot: how often is the list right?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import Finding
from unionhall.apps.coverage.models.enterprises import Enterprise
from unionhall.apps.orgs.models import Union
from unionhall.kernel.ids import PublicIdField


class ListSample(models.Model):
    """A simple random sample of the list as it was on a day. Anybody can draw it again from list and seed."""

    public_id = PublicIdField()
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="list_samples")
    size = models.PositiveIntegerField(_("enterprises drawn"))
    seed = models.CharField(_("seed"), max_length=32)
    # The whole list at that time: public ids in ascending order, a line each, packed.
    listed = models.BinaryField()
    listed_count = models.PositiveIntegerField(_("enterprises on the list"))
    digest = models.CharField(max_length=64)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("drawn at"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["union"], condition=Q(closed_at=None), name="list_sample_one_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="list_sample_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=F("listed_count")), name="list_sample_of_the_list"
            ),
        ]


class DrawnEnterprise(models.Model):
    """One enterprise of a sample, in the order of the draw; never changed."""

    public_id = PublicIdField()
    sample = models.ForeignKey(ListSample, on_delete=models.PROTECT, related_name="drawn")
    place = models.PositiveIntegerField()
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="drawn")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "place"], name="drawn_in_order"),
            models.UniqueConstraint(fields=["sample", "enterprise"], name="drawn_once"),
        ]


class SampleCheck(models.Model):
    """What somebody found on the spot; never changed. The last one of a drawn enterprise holds."""

    # Made once with the draft: a form that is sent twice notes one answer.
    key = models.CharField(max_length=32, unique=True)
    drawn = models.ForeignKey(DrawnEnterprise, on_delete=models.PROTECT, related_name="checks")
    finding = models.CharField(max_length=9, choices=Finding)
    note = models.CharField(_("note"), max_length=200, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField()
