from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "unionhall.apps.people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unionhall.apps.people.models import Reveal
        from unionhall.kernel.audit import guard_append_only, name_actions

        guard_append_only(Reveal)
        name_actions(
            {
                "person.register": _("Registered as a person"),
                "particulars.reveal": _("A sealed value opened"),
                "particulars.write": _("Particulars written"),
                "person.honour": _("Honour added"),
                "post.appoint": _("Appointed"),
                "post.end": _("Post ended"),
                "account.open": _("Account opened"),
                "account.change": _("Account changed"),
            }
        )
