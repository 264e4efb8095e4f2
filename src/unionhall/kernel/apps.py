from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "unionhall.kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unionhall.kernel.audit import guard_append_only, install_triggers
        from unionhall.kernel.models import Fact

        guard_append_only(Fact)
        post_migrate.connect(install_triggers, dispatch_uid="append-only")
