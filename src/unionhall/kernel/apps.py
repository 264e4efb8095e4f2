from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "unionhall.kernel"
    default_auto_field = "django.db.models.BigAutoField"
