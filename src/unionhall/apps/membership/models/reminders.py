"""Messages that the house sent of its own accord: that they were, not what stood in them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership.codes import ReminderKind, ReminderState
from unionhall.apps.orgs.models import Union


class Reminder(models.Model):
    """One reminder of one thing: once for the day it is about, however often the run is repeated.

    ``subject`` is the public id of an application or, of a digest, of an account; neither phone nor words
    are kept. The row is written before the gateway is asked: one that stays UNCLEAR may have been sent, and
    is not sent again.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=ReminderKind)
    subject = models.CharField(_("about"), max_length=12)
    # The day that is due, the day of the decision, or the day of the digest.
    day = models.DateField(_("for the day"))
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(_("state"), max_length=8, choices=ReminderState, default=ReminderState.UNCLEAR)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("last error"), max_length=60, blank=True)
    tried_at = models.DateTimeField(_("last try"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "day"], name="reminder_once"),
        ]
        indexes = [
            models.Index(fields=["subject", "kind"], name="reminders_of_subject"),
            models.Index(fields=["tried_at"], name="reminders_by_time"),
        ]
