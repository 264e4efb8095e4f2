"""What a steward brings home from a round: photos of visits, and shops that no register knows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import LeadState
from unionhall.apps.coverage.models.blocks import Block
from unionhall.apps.coverage.models.contacts import ContactEntry
from unionhall.apps.coverage.models.enterprises import Enterprise
from unionhall.kernel.ids import PublicIdField


class VisitPhoto(models.Model):
    """A picture of a visit, made anew without place and device, sealed for its public id.

    It may show people, so it ends after a year; the entry that it belongs to stays.
    """

    public_id = PublicIdField()
    entry = models.OneToOneField(ContactEntry, on_delete=models.PROTECT, related_name="photo")
    content_type = models.CharField(max_length=20)
    sealed = models.BinaryField()
    # Of the picture as it came: a form that is sent twice is known by it.
    digest = models.CharField(max_length=64)


class Lead(models.Model):
    """A shop that a steward found and the ledger does not know; an officer enters it or says why not."""

    public_id = PublicIdField()
    # Made once with the draft: a slow form that is sent twice reports one shop.
    key = models.CharField(max_length=32, unique=True)
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="leads")
    # Masked where it names a person, and sealed for the public id until the lead has its answer.
    name = models.CharField(_("name on the sign"), max_length=160)
    name_sealed = models.BinaryField(null=True)
    credit_code = models.CharField(_("credit code"), max_length=18, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    headcount = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=LeadState, default=LeadState.OPEN)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="leads", null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=LeadState.OPEN, ended_at=None, enterprise=None)
                | Q(state=LeadState.ENTERED, ended_at__isnull=False, enterprise__isnull=False)
                | Q(state=LeadState.DISMISSED, ended_at__isnull=False, enterprise=None) & ~Q(reason=""),
                name="lead_ends_with_an_answer",
            )
        ]
