"""Rolls that were asked for as files: who wants which, what for; and the files, for seven days."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership.codes import ExportPurpose
from unionhall.apps.orgs.models import Union
from unionhall.kernel.ids import PublicIdField


class RollExport(models.Model):
    """One export of a union's roll, as it was asked for; only ever added. The form tells its columns."""

    public_id = PublicIdField()
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="roll_exports")
    form = models.CharField(max_length=24)
    purpose = models.CharField(_("purpose"), max_length=10, choices=ExportPurpose)
    reason = models.CharField(_("reason"), max_length=200)
    # Whether identity numbers and phones stood in it in full.
    opened = models.BooleanField()
    # How many stood on the roll when it was asked for.
    rows = models.PositiveIntegerField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="roll_export_says_why"),
        ]


class RollFile(models.Model):
    """The finished workbook of an export, encrypted with the key ring, for seven days."""

    export = models.OneToOneField(RollExport, on_delete=models.PROTECT, related_name="file")
    rows = models.PositiveIntegerField()
    payload = models.BinaryField(null=True)
    made_at = models.DateTimeField()
