from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgsConfig(AppConfig):
    name = "unionhall.apps.orgs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unionhall.kernel.audit import name_actions

        name_actions(
            {
                "union.found": _("Founded"),
                "union.place": _("Placed in the line of command"),
                "union.affiliate": _("Affiliated to an industry union"),
                "union.contact": _("Contact noted"),
                "union.cover": _("Employer covered"),
                "union.uncover": _("Employer no longer covered"),
                "agreement.note": _("Agreement noted"),
                "agreement.end": _("Agreement ends"),
            }
        )
