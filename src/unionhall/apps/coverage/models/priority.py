"""The published rule by which enterprises come first, and where a union's office stands."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from unionhall.apps.orgs.models import Union


class PriorityRule(models.Model):
    """One version of a union's rule; never changed. Grounds under the union go by its newest."""

    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="priority_rules")
    # Name of a part to its points; see `queries.points`.
    points = models.JSONField()
    reason = models.CharField(_("reason"), max_length=200)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField()


class Office(models.Model):
    """Where the office of a union stands; distances are measured from there."""

    union = models.OneToOneField(Union, on_delete=models.CASCADE, related_name="office")
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6)
