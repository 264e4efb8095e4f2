from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SiteConfig(AppConfig):
    name = "unionhall.site"
    label = "house"

    def ready(self) -> None:
        from unionhall.site.wiring import join

        join()
        # Each app's tasks.py registers what it does as jobs.
        autodiscover_modules("tasks")
