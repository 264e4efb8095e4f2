from __future__ import annotations

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from unionhall.apps.contests.codes import StageState
from unionhall.apps.contests.models import Contest


class ContestTable(tables.Table):
    """Contests by name, theme, organiser, number of stages and the last one's date."""

    name = tables.Column(_("name"), linkify=("contests:contest", {"public_id": tables.A("public_id")}))
    theme = tables.Column(_("theme"))
    organiser = tables.Column(_("organiser"), accessor="organiser__name")
    stage_count = tables.Column(_("Stages"))
    latest_at = tables.DateTimeColumn(verbose_name=_("Last stage"), format="Y-m-d", default="—")


class ContestFilter(django_filters.FilterSet):
    """By part of the name or theme, and by the state of a stage."""

    name = django_filters.CharFilter(lookup_expr="icontains", label=_("name"))
    theme = django_filters.CharFilter(lookup_expr="icontains", label=_("theme"))
    state = django_filters.ChoiceFilter(
        field_name="stages__state",
        choices=StageState.choices,
        label=_("State"),
        empty_label=_("all"),
        distinct=True,
    )

    class Meta:
        model = Contest
        fields = ["name", "theme", "state"]
