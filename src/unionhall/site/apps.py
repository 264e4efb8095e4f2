from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "unionhall.site"
    label = "house"

    def ready(self) -> None:
        from unionhall.site.wiring import join

        join()
