from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from unionhall.kernel.permissions import ADMINISTRATOR


class PostRole(TextChoices):
    ADMINISTRATOR = ADMINISTRATOR, _("Administrator")
    OFFICER = "OFFICER", _("Officer")
    CONTEST_ORGANISER = "CONTEST_ORGANISER", _("Contest organiser")


class HonourKind(TextChoices):
    MODEL_WORKER = "MODEL_WORKER", _("Model worker")
    CRAFTSMAN = "CRAFTSMAN", _("Craftsman")
    ADVANCED_WORKER = "ADVANCED_WORKER", _("Advanced worker")
