from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobState(TextChoices):
    QUEUED = "QUEUED", _("Waiting for its turn")
    RUNNING = "RUNNING", _("At work")
    DONE = "DONE", _("Completed")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")


class ImportChoice(TextChoices):
    """What becomes of a file in which some rows are wrong."""

    ALL = "ALL", _("All rows or none")
    GOOD = "GOOD", _("Take the good rows, give the others back")


UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
