from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "unionhall.apps.people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unionhall.kernel.audit import name_actions

        name_actions(
            {
                "person.register": _("Registered as a person"),
                "person.honour": _("Honour added"),
                "post.appoint": _("Appointed"),
                "post.end": _("Post ended"),
                "account.open": _("Account opened"),
                "account.change": _("Account changed"),
            }
        )
