from __future__ import annotations

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from unionhall.apps.people.codes import HonourKind
from unionhall.apps.people.models import Person


class PersonTable(tables.Table):
    """Persons by name, trade, unit and union."""

    name = tables.Column(_("person's name"), linkify=("people:person", {"public_id": tables.A("public_id")}))
    trade = tables.Column(_("trade"), default="—")
    employer = tables.Column(_("unit"), accessor="employer__name", default="—")
    union = tables.Column(_("union"), accessor="union__name", default="—")


class PersonFilter(django_filters.FilterSet):
    """By part of the trade, and by honour; names and numbers are found by the search."""

    trade = django_filters.CharFilter(lookup_expr="icontains", label=_("trade"))
    honour = django_filters.ChoiceFilter(
        field_name="honours__kind",
        choices=HonourKind.choices,
        label=_("honour"),
        empty_label=_("all"),
        distinct=True,
    )

    class Meta:
        model = Person
        fields = ["trade", "honour"]
