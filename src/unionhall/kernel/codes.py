from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobState(TextChoices):
    QUEUED = "QUEUED", _("Waiting for its turn")
    RUNNING = "RUNNING", _("At work")
    DONE = "DONE", _("Completed")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")


UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
