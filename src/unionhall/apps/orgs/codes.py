from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnionLevel(TextChoices):
    CITY = "CITY", _("City federation")
    DISTRICT = "DISTRICT", _("District federation")
    INDUSTRY = "INDUSTRY", _("Industry union")
    STREET = "STREET", _("Street or township union")
    GRASSROOTS = "GRASSROOTS", _("Grass-roots union")


class UnitType(TextChoices):
    """What an employer is, as the collection form of trade unions asks."""

    STATE_OWNED = "STATE_OWNED", _("State-owned enterprise")
    COLLECTIVE = "COLLECTIVE", _("Collective enterprise")
    COMPANY = "COMPANY", _("Company with limited liability or by shares")
    PRIVATE = "PRIVATE", _("Private enterprise")
    FOREIGN = "FOREIGN", _("Enterprise with funds from Hong Kong, Macao, Taiwan or abroad")
    SELF_EMPLOYED = "SELF_EMPLOYED", _("Self-employed trader")
    INSTITUTION = "INSTITUTION", _("Public institution")
    AGENCY = "AGENCY", _("Government or Party body")
    SOCIAL = "SOCIAL", _("Social organisation")
    OTHER = "OTHER", pgettext_lazy("kind of unit", "Other")
