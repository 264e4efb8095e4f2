from __future__ import annotations

from django.apps import AppConfig


class ContestsConfig(AppConfig):
    name = "unionhall.apps.contests"
    default_auto_field = "django.db.models.BigAutoField"
