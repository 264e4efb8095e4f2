from __future__ import annotations

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Union


class UnionTable(tables.Table):
    """Unions by name, level and superior."""

    name = tables.Column(_("name"), linkify=("orgs:union", {"public_id": tables.A("public_id")}))
    level = tables.Column(_("level"))
    superior_name = tables.Column(_("Answers to"), default="—")


class UnionFilter(django_filters.FilterSet):
    """By part of the name, and by level."""

    name = django_filters.CharFilter(lookup_expr="icontains", label=_("name"))
    level = django_filters.ChoiceFilter(choices=UnionLevel.choices, label=_("level"), empty_label=_("all"))

    class Meta:
        model = Union
        fields = ["name", "level"]
