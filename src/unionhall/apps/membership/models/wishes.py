"""What people ask to have corrected in their own record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership.codes import WishField, WishState
from unionhall.apps.people.models import Person
from unionhall.kernel.ids import PublicIdField


class CorrectionWish(models.Model):
    """Somebody says what is wrong in the own record; an officer decides.

    What it should say is sealed for this row, and erased once it has been decided.
    """

    public_id = PublicIdField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="correction_wishes")
    field = models.CharField(_("what is wrong"), max_length=10, choices=WishField)
    value_sealed = models.BinaryField(null=True)
    ground = models.CharField(_("ground"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=WishState, default=WishState.WAITING)
    made_at = models.DateTimeField(_("made at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "made_at"], name="wish_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "field"], condition=Q(state=WishState.WAITING), name="wish_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state=WishState.WAITING, decided_at__isnull=True, value_sealed__isnull=False)
                | (~Q(state=WishState.WAITING) & Q(decided_at__isnull=False, value_sealed__isnull=True)),
                name="wish_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=WishState.REJECTED) | ~Q(answer=""), name="wish_refused_why"
            ),
        ]
