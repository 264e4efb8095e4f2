"""Foundings as a list."""

from __future__ import annotations

import django_filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import Stage
from unionhall.apps.coverage.models import Founding
from unionhall.apps.coverage.tables.shared import DueColumn
from unionhall.kernel import clock
from unionhall.ui.templatetags.ui import state


class FoundingTable(tables.Table):
    """Foundings: at which stage, until when, in whose hands."""

    name = tables.Column(
        _("name of the union"), linkify=("coverage:founding", {"public_id": tables.A("public_id")})
    )
    kind = tables.Column(_("kind"))
    stage = tables.Column(_("stage"))
    due = DueColumn(verbose_name=_("due"))
    owner = tables.Column(_("in charge"), accessor="owner__name", default="—")
    ground = tables.Column(_("territory"), accessor="ground__short_name")
    upper = tables.Column(_("upper union"), accessor="upper__short_name")

    def order_due(self, rows: QuerySet[Founding], descending: bool) -> tuple[QuerySet[Founding], bool]:
        by = F("due").desc(nulls_last=True) if descending else F("due").asc(nulls_last=True)
        return rows.order_by(by, "pk"), True

    def render_stage(self, record: Founding, value: str) -> str:
        return state(record.stage, value)

    def value_stage(self, value: str) -> str:
        return value


class FoundingFilter(django_filters.FilterSet):
    """By part of the name and by stage."""

    name = django_filters.CharFilter(lookup_expr="icontains", label=_("name of the union"))
    stage = django_filters.ChoiceFilter(
        choices=[("OPEN", _("under way")), ("OVERDUE", _("overdue")), *Stage.choices],
        method="stands",
        label=_("stage"),
        empty_label=_("all"),
    )

    class Meta:
        model = Founding
        fields = ["name", "stage"]

    def stands(self, rows: QuerySet[Founding], _name: str, value: str) -> QuerySet[Founding]:
        if value == "OPEN":
            return rows.filter(ended_at=None)
        if value == "OVERDUE":
            return rows.filter(queries.foundings.overdue(clock.today()))
        return rows.filter(stage=value)
