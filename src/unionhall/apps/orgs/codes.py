from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnionLevel(TextChoices):
    CITY = "CITY", _("City federation")
    DISTRICT = "DISTRICT", _("District federation")
    INDUSTRY = "INDUSTRY", _("Industry union")
    STREET = "STREET", _("Street or township union")
    GRASSROOTS = "GRASSROOTS", _("Grass-roots union")
