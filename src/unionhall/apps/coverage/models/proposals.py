"""What linking makes likely of an enterprise's union, until a person says how it is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from unionhall.apps.coverage.models.enterprises import Enterprise
from unionhall.apps.coverage.models.registers import LinkageRun


class HeadquartersProposal(models.Model):
    """That a branch without a union of its own may be covered by its headquarters'; it sets nothing."""

    # Proposed once: what somebody rejected is not proposed again.
    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, related_name="proposal")
    run = models.ForeignKey(LinkageRun, on_delete=models.PROTECT, related_name="proposals")
    # As the register of unions names it.
    headquarters = models.CharField(max_length=160)
    at = models.DateTimeField()
    accepted = models.BooleanField(null=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted=None, settled_at=None)
                | Q(accepted__isnull=False, settled_at__isnull=False),
                name="headquarters_proposal_settled",
            )
        ]
