"""The ledger as a list, and what it is filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import F, Q, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import Sector, SizeClass, UnionState
from unionhall.apps.coverage.models import Block, Enterprise
from unionhall.apps.coverage.tables.shared import grounds_of
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.typed import whole_number
from unionhall.ui.templatetags.ui import state


class EnterpriseTable(tables.Table):
    """The ledger: who it is, whether there is a union, how pressing it is, and what comes next."""

    name = tables.Column(
        _("enterprise"), linkify=("coverage:enterprise", {"public_id": tables.A("public_id")})
    )
    state = tables.Column(_("state of the union"))
    score = tables.Column(_("priority"))
    headcount = tables.Column(_("employees"), default="—")
    sector = tables.Column(_("line of business"), default="—")
    town = tables.Column(_("town or street"), default="—")
    next_due = tables.Column(verbose_name=_("next step"), empty_values=())
    last_contact_on = tables.DateColumn(verbose_name=_("last contact"), format="Y-m-d", default="—")
    # Only in the file: on the page they would make the table too wide.
    due = tables.DateColumn(
        verbose_name=_("due"), accessor="next_due", format="Y-m-d", default="", visible=False
    )
    credit_code = tables.Column(_("credit code"), default="", visible=False)
    ground = tables.Column(_("territory"), accessor="ground__short_name", visible=False)
    block_code = tables.Column(_("block"), default="", visible=False)
    steward = tables.Column(_("steward"), default="", visible=False)

    def order_headcount(
        self, rows: QuerySet[Enterprise], descending: bool
    ) -> tuple[QuerySet[Enterprise], bool]:
        """Those whose number nobody knows stand last either way."""
        by = F("headcount").desc(nulls_last=True) if descending else F("headcount").asc(nulls_last=True)
        return rows.order_by(by, "-score", "pk"), True

    def order_next_due(
        self, rows: QuerySet[Enterprise], descending: bool
    ) -> tuple[QuerySet[Enterprise], bool]:
        """Those of which nothing is due stand last either way."""
        by = F("next_due").desc(nulls_last=True) if descending else F("next_due").asc(nulls_last=True)
        return rows.order_by(by, "-score", "pk"), True

    def render_next_due(self, record: Enterprise) -> str:
        """The step with its day; one that is over says so."""
        if not record.next_step:
            return "—"
        day = record.next_due.isoformat() if record.next_due else ""
        late = state("OVERDUE", now("Overdue")) if record.overdue(clock.today()) else ""
        step = '<span>{} <small class="muted short">{}</small> {}</span>'
        return format_html(step, record.next_step, day, late)

    def value_next_due(self, record: Enterprise) -> str:
        return record.next_step

    def render_state(self, record: Enterprise, value: str) -> str:
        return state(record.state, value)

    def value_state(self, value: str) -> str:
        return value


class _GroundField(django_filters.fields.ModelChoiceField):
    def label_from_instance(self, obj: Union) -> str:
        return obj.short_name


class GroundFilter(django_filters.ModelChoiceFilter):
    """Grounds by their names."""

    field_class = _GroundField


def _blocks(request: Any) -> QuerySet[Block]:
    """The blocks of the ground that is chosen, or of the only one; those of a whole city are no list."""
    grounds = grounds_of(request)
    chosen = whole_number(request.GET.get("ground", "")) if request else None
    found = list((grounds.filter(pk=chosen) if chosen else grounds)[:2])
    here = found if len(found) == 1 else []
    return Block.objects.filter(ground__in=here, closed_on=None).defer("geometry").order_by("code")


class _BlockField(django_filters.fields.ModelChoiceField):
    def label_from_instance(self, obj: Block) -> str:
        return f"{obj.code} {obj.name}"


class BlockChoice(django_filters.ModelChoiceFilter):
    """Blocks by number and name, or in none at all."""

    field_class = _BlockField


class EnterpriseFilter(django_filters.FilterSet):
    """By name or number, state, size, trade, place, ground, block, steward and what is overdue."""

    q = django_filters.CharFilter(method="found", label=_("name or number"))
    state = django_filters.ChoiceFilter(
        choices=[*UnionState.choices, ("PROPOSED", _("perhaps by headquarters, to be decided"))],
        method="stands",
        label=_("state of the union"),
        empty_label=_("all"),
    )
    size = django_filters.ChoiceFilter(
        choices=SizeClass.choices, method="sized", label=_("size"), empty_label=_("all")
    )
    sector = django_filters.ChoiceFilter(
        choices=Sector.choices, label=_("line of business"), empty_label=_("all")
    )
    place = django_filters.CharFilter(method="lies", label=_("area, town or road"))
    ground = GroundFilter(queryset=grounds_of, label=_("territory"), empty_label=_("all"))
    block = BlockChoice(
        queryset=_blocks,
        to_field_name="public_id",
        label=_("block"),
        empty_label=_("all"),
        null_label=_("in no block"),
    )
    steward = django_filters.CharFilter(method="looked_after", label=_("steward"))
    step = django_filters.ChoiceFilter(
        choices=[("OVERDUE", _("overdue")), ("SET", _("has a next step")), ("NONE", _("has none"))],
        method="stepped",
        label=_("next step"),
        empty_label=_("all"),
    )

    class Meta:
        model = Enterprise
        fields = ["q", "state", "size", "sector", "place", "ground", "block", "steward", "step"]

    def found(self, rows: QuerySet[Enterprise], _name: str, value: str) -> QuerySet[Enterprise]:
        return rows.filter(queries.enterprises.like(value))

    def stands(self, rows: QuerySet[Enterprise], _name: str, value: str) -> QuerySet[Enterprise]:
        return rows.filter(queries.enterprises.proposed() if value == "PROPOSED" else Q(state=value))

    def sized(self, rows: QuerySet[Enterprise], _name: str, value: str) -> QuerySet[Enterprise]:
        return rows.filter(queries.enterprises.of_size(value))

    def lies(self, rows: QuerySet[Enterprise], _name: str, value: str) -> QuerySet[Enterprise]:
        text = value.strip()
        return rows.filter(
            Q(area_code__startswith=text)
            if text.isdigit()
            else Q(address__icontains=text) | Q(town__icontains=text)
        )

    def looked_after(self, rows: QuerySet[Enterprise], _name: str, value: str) -> QuerySet[Enterprise]:
        return rows.filter(queries.enterprises.with_steward(value))

    def stepped(self, rows: QuerySet[Enterprise], _name: str, value: str) -> QuerySet[Enterprise]:
        if value == "OVERDUE":
            return rows.filter(queries.enterprises.overdue(clock.today()))
        return rows.exclude(next_step="") if value == "SET" else rows.filter(next_step="")
