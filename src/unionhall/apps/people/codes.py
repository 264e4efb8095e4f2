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


class IdentityKind(TextChoices):
    """Which document an identity number stands on; the engine knows the same codes."""

    ID_CARD = "ID_CARD", _("Identity card or residence permit")
    FOREIGN_PERMIT = "FOREIGN_PERMIT", _("Permanent residence permit for foreigners")
    PASSPORT = "PASSPORT", _("Passport")


class Sex(TextChoices):
    MALE = "MALE", _("Male")
    FEMALE = "FEMALE", _("Female")
