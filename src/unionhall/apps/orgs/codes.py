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


class RegisterKind(TextChoices):
    """Whose register it is."""

    MARKET = "MARKET", _("Market regulator")
    TAX = "TAX", _("Tax authority")
    INSURANCE = "INSURANCE", _("Social insurance")
    UNION = "UNION", _("Register of unions")
    OTHER = "OTHER", pgettext_lazy("register", "Other register")


class RegisterField(TextChoices):
    """What a register tells of an enterprise; an agreement says which of it may be used."""

    NAME = "NAME", _("Name of the enterprise")
    CODE = "CODE", _("Credit code and other numbers")
    PERSON = "PERSON", _("Legal representative")
    ADDRESS = "ADDRESS", pgettext_lazy("of an enterprise", "Address")
    PHONE = "PHONE", pgettext_lazy("of an enterprise", "Telephone")
    TRADE = "TRADE", _("Line of business")
    STAFF = "STAFF", _("Number of employees")
    FUNDS = "FUNDS", _("Union funds collected")
