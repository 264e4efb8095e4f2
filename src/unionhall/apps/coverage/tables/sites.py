"""Workers' sites as a list."""

from __future__ import annotations

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import SiteKind
from unionhall.apps.coverage.models import Site
from unionhall.apps.coverage.tables.shared import DueColumn


class SiteTable(tables.Table):
    """Workers' sites: how many work there, how many have joined, and what comes next."""

    name = tables.Column(_("site"), linkify=("coverage:site", {"public_id": tables.A("public_id")}))
    kind = tables.Column(_("kind"))
    platform = tables.Column(_("platform or company"), default="—")
    headcount = tables.Column(_("workers"), default="—")
    joined = tables.Column(_("joined"))
    next_step = tables.Column(_("next step"), default="—", orderable=False)
    next_due = DueColumn(verbose_name=_("due"))
    last_contact_on = tables.DateColumn(verbose_name=_("last contact"), format="Y-m-d", default="—")
    ground = tables.Column(_("territory"), accessor="ground__short_name")


class SiteFilter(django_filters.FilterSet):
    """By part of the name, kind, and whether it is there."""

    name = django_filters.CharFilter(lookup_expr="icontains", label=_("name"))
    kind = django_filters.ChoiceFilter(choices=SiteKind.choices, label=_("kind"), empty_label=_("all"))
    closed = django_filters.ChoiceFilter(
        choices=[("OPEN", _("there")), ("CLOSED", _("closed"))],
        method="stands",
        label=_("State"),
        empty_label=_("all"),
    )

    class Meta:
        model = Site
        fields = ["name", "kind", "closed"]

    def stands(self, rows: QuerySet[Site], _name: str, value: str) -> QuerySet[Site]:
        return rows.filter(closed_on__isnull=value == "OPEN")
