"""Enterprises behind a frozen figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import SizeClass, UnionState
from unionhall.apps.coverage.models import Enterprise
from unionhall.apps.coverage.queries.figures import Group
from unionhall.ui.templatetags.ui import state


class FrozenTable(tables.Table):
    """Enterprises as they were counted, beside how they stand now."""

    then: ClassVar[Mapping[str, Group]] = {}

    name = tables.Column(
        _("enterprise"), linkify=("coverage:enterprise", {"public_id": tables.A("public_id")})
    )
    state_then = tables.Column(_("union then"), empty_values=(), orderable=False)
    state = tables.Column(_("union now"))
    size_then = tables.Column(_("size then"), empty_values=(), orderable=False)
    headcount = tables.Column(_("employees now"), default="—")
    town = tables.Column(_("town or street"), default="—")

    def render_state_then(self, record: Enterprise) -> str:
        return state(self.then[record.public_id].state, self.value_state_then(record))

    def value_state_then(self, record: Enterprise) -> str:
        return str(UnionState(self.then[record.public_id].state).label)

    def render_state(self, record: Enterprise, value: str) -> str:
        return state(record.state, value)

    def value_state(self, value: str) -> str:
        return value

    def render_size_then(self, record: Enterprise) -> str:
        return str(SizeClass(self.then[record.public_id].size).label)


def frozen_table(rows: Mapping[str, Group]) -> type[FrozenTable]:
    """The table that knows how these enterprises were counted."""
    return type("Frozen", (FrozenTable,), {"then": rows})


class FrozenFilter(django_filters.FilterSet):
    """By part of the name."""

    name = django_filters.CharFilter(lookup_expr="icontains", label=_("enterprise"))

    class Meta:
        model = Enterprise
        fields = ["name"]
