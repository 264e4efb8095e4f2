"""What several lists have in common: days that may be over, and the grounds within reach."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as now

from unionhall.apps.coverage import queries
from unionhall.apps.coverage.rules import KEEPERS
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.permissions import reach_of
from unionhall.ui.templatetags.ui import state


def grounds_of(request: Any) -> QuerySet[Union]:
    """The grounds within reach of whoever asks."""
    return queries.enterprises.grounds(reach_of(request.user, *KEEPERS)) if request else Union.objects.none()


class DueColumn(tables.DateColumn):
    """A day; one that is over says so in words."""

    def __init__(self, **how: Any) -> None:
        super().__init__(format="Y-m-d", default="—", **how)

    def render(self, value: Any, **_more: Any) -> Any:
        if value and value < clock.today():
            return format_html("{} {}", value.isoformat(), state("OVERDUE", now("Overdue")))
        return value.isoformat() if value else "—"

    def value(self, **kwargs: Any) -> Any:
        return kwargs["value"].isoformat() if kwargs["value"] else ""
