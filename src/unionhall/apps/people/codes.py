from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from unionhall.kernel.permissions import ADMINISTRATOR


class PostRole(TextChoices):
    ADMINISTRATOR = ADMINISTRATOR, _("Administrator")
    OFFICER = "OFFICER", _("Officer")
    CONTEST_ORGANISER = "CONTEST_ORGANISER", _("Contest organiser")


class IdentityKind(TextChoices):
    """Which document a number stands on; the same codes as in `engines.identifiers`."""

    ID_CARD = "ID_CARD", _("Identity card or residence permit")
    FOREIGN_PERMIT = "FOREIGN_PERMIT", _("Foreigner's permanent residence permit")
    PASSPORT = "PASSPORT", _("Passport")


class Sex(TextChoices):
    MALE = "MALE", _("male")
    FEMALE = "FEMALE", _("female")


class SealedColumn(TextChoices):
    """What is kept sealed and opened one at a time."""

    IDENTITY = "IDENTITY", _("identity number")
    PHONE = "PHONE", _("phone")


class RevealReason(TextChoices):
    CONTACT = "CONTACT", _("To reach the person")
    CHECK = "CHECK", _("To check against a document shown")
    FILING = "FILING", _("To fill in what another office requires")
    HELP = "HELP", _("Legal aid, help or relief for the person")
    MERGE = "MERGE", _("To find out whether two records are one person")


class HonourKind(TextChoices):
    MODEL_WORKER = "MODEL_WORKER", _("Model worker")
    CRAFTSMAN = "CRAFTSMAN", _("Craftsman")
    ADVANCED_WORKER = "ADVANCED_WORKER", _("Advanced worker")
