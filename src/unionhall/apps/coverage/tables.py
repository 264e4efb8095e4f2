from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.utils.html import format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import LeadState, Sector, SiteKind, SizeClass, Stage, UnionState
from unionhall.apps.coverage.models import Block, Enterprise, Founding, Lead, Site
from unionhall.apps.coverage.queries.figures import Group
from unionhall.apps.coverage.rules import KEEPERS
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.permissions import reach_of
from unionhall.kernel.typed import whole_number
from unionhall.ui.templatetags.ui import state


def _grounds(request: Any) -> QuerySet[Union]:
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
        return format_html('<span>{} <small class="muted">{}</small> {}</span>', record.next_step, day, late)

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
    grounds = _grounds(request)
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
    ground = GroundFilter(queryset=_grounds, label=_("territory"), empty_label=_("all"))
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
        queryset=_grounds, to_field_name="public_id", label=_("territory"), empty_label=_("all")
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
