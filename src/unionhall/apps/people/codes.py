from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from unionhall.apps.orgs.codes import ADMINISTRATOR


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


class RevealReason(TextChoices):
    """Why somebody opens a masked value."""

    CONTACT = "CONTACT", _("To reach the person")
    CHECK = "CHECK", _("To check it against a document")
    SERVICE = "SERVICE", _("For a service that the person asked for")
    REQUEST = "REQUEST", _("The person asked to see it")
    LAW = "LAW", _("An authority asked for it by law")
