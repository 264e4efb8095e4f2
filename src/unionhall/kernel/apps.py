from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "unionhall.kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unionhall.kernel.audit import guard_append_only, install_triggers, name_actions
        from unionhall.kernel.lookups import register
        from unionhall.kernel.models import Fact

        register()
        guard_append_only(Fact)
        name_actions(
            {
                "fact.deliver_again": _("Delivery of a fact tried again"),
                "import.commit": _("File committed"),
                "import.discard": _("File discarded"),
                "import.stage": _("File handed in"),
                "job.ask": _("Job asked for"),
                "job.cancel": _("Job cancelled"),
                "list.export": _("List exported"),
            }
        )
        post_migrate.connect(install_triggers, dispatch_uid="append-only")
