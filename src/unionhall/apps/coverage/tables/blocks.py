"""Blocks as a list, and shops that stewards reported."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Case, FloatField, Q, QuerySet, Value, When
from django.utils.html import format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import LeadState
from unionhall.apps.coverage.models import Block, Lead
from unionhall.apps.coverage.tables.shared import grounds_of
from unionhall.ui.templatetags.ui import state


class BlockTable(tables.Table):
    """Blocks: how much work each is, who looks after it, and how far that steward is from an even share."""

    # On a phone a few lines each instead of one line for each column.
    dense = True

    name = tables.Column(_("block"), linkify=("coverage:block", {"public_id": tables.A("public_id")}))
    code = tables.Column(_("block number"))
    town = tables.Column(_("community"), default="—")
    workload = tables.Column(_("workload"))
    steward = tables.Column(_("steward"), default="—")
    deviation = tables.Column(_("steward against even"), accessor="steward_key", empty_values=())
    to_be_won = tables.Column(_("to be won"))
    enterprises_here = tables.Column(_("enterprises"))
    sites_here = tables.Column(_("sites"))
    ground = tables.Column(_("territory"), accessor="ground__short_name")

    def render_name(self, record: Any, value: str) -> Any:
        return format_html("{} {}", value, state("LOCKED", now("locked"))) if record.locked else value

    def value_name(self, value: str) -> str:
        return value

    def order_deviation(self, rows: QuerySet[Any], descending: bool) -> tuple[QuerySet[Any], bool]:
        """By what the stewards have over or under an even share; blocks of nobody stand last either way."""
        shares = [
            When(ground=ground, steward_key=steward, then=Value(value))
            for (ground, steward), value in self._loads().items()
        ]
        if not shares:
            return rows, True
        share = Case(*shares, output_field=FloatField())
        by = share.desc(nulls_last=True) if descending else share.asc(nulls_last=True)
        return rows.order_by(by, "-workload", "code", "pk"), True

    def render_deviation(self, record: Any) -> str:
        found = self._deviation(record)
        return "—" if found is None else f"{found:+.1%}"

    def value_deviation(self, record: Any) -> str:
        # In percent; negative ones come out as text, which no table program takes for a formula.
        found = self._deviation(record)
        return "" if found is None else f"{100 * found:.1f}"

    def _deviation(self, record: Any) -> float | None:
        return self._loads().get((record.ground_id, record.steward_key))

    def _loads(self) -> dict[tuple[int, int], float]:
        """Of every steward of the grounds shown, read once for the whole table."""
        known: dict[tuple[int, int], float] | None = self.__dict__.get("_known")
        if known is None:
            grounds = self.data.data.order_by().values_list("ground_id", flat=True).distinct()
            rows = queries.blocks.loads(queries.blocks.blocks_within(frozenset(grounds)))
            known = {(one.ground.pk, one.person.pk): one.deviation for one in rows}
            self.__dict__["_known"] = known
        return known


class BlockFilter(django_filters.FilterSet):
    """By number or name, community, steward, ground, and whether plans leave it alone; in which order."""

    name = django_filters.CharFilter(method="called", label=_("number or name"))
    town = django_filters.CharFilter(lookup_expr="icontains", label=_("community"))
    steward = django_filters.CharFilter(method="with_", label=_("steward"))
    ground = django_filters.ModelChoiceFilter(
        queryset=grounds_of, to_field_name="public_id", label=_("territory"), empty_label=_("all")
    )
    locked = django_filters.ChoiceFilter(
        choices=[("True", _("locked")), ("False", _("not locked"))], label=_("lock"), empty_label=_("all")
    )
    # The table's own order, for a phone that shows no headings to tap.
    sort = django_filters.ChoiceFilter(
        choices=[
            ("-deviation", _("steward most over even")),
            ("deviation", _("steward most under even")),
            ("name", _("name")),
            ("-enterprises_here", _("most enterprises")),
        ],
        method="as_it_is",
        label=_("order"),
        empty_label=_("heaviest first"),
    )

    class Meta:
        model = Block
        fields = ["name", "town", "steward", "ground", "locked", "sort"]

    def called(self, rows: QuerySet[Block], _name: str, value: str) -> QuerySet[Block]:
        return rows.filter(Q(name__icontains=value) | Q(code__icontains=value))

    def as_it_is(self, rows: QuerySet[Block], _name: str, _value: str) -> QuerySet[Block]:
        return rows

    def with_(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(steward__icontains=value)


class LeadTable(tables.Table):
    """Shops that stewards found and the ledger did not know."""

    name = tables.Column(
        _("name on the sign"), linkify=("coverage:lead", {"public_id": tables.A("public_id")})
    )
    block = tables.Column(_("block"), accessor="block__name")
    credit_code = tables.Column(_("credit code"), default="—")
    address = tables.Column(_("address"), default="—")
    account = tables.Column(_("reported by"), accessor="account__shown_name", default="—", orderable=False)
    at = tables.DateTimeColumn(verbose_name=_("reported"), format="Y-m-d H:i")
    state = tables.Column(_("State"))

    def render_state(self, record: Lead, value: str) -> Any:
        return state(f"LEAD_{record.state}", value)

    def value_state(self, value: str) -> str:
        return value


class LeadFilter(django_filters.FilterSet):
    """By part of the name, and how it stands."""

    name = django_filters.CharFilter(lookup_expr="icontains", label=_("name on the sign"))
    state = django_filters.ChoiceFilter(choices=LeadState.choices, label=_("State"), empty_label=_("all"))

    class Meta:
        model = Lead
        fields = ["name", "state"]
