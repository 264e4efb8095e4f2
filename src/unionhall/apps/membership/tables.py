from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership import deadlines
from unionhall.apps.membership.codes import (
    ApplicationState,
    Channel,
    Occupation,
    ReminderKind,
    ReminderState,
    Standing,
    WishField,
    WishState,
)
from unionhall.apps.membership.models import (
    Application,
    CorrectionWish,
    Membership,
    MembershipEvent,
    OutreachSession,
    Reminder,
    Snapshot,
)
from unionhall.apps.membership.queries import applications, printing
from unionhall.apps.membership.rules import KEEPERS
from unionhall.apps.orgs.tables import UnionTable
from unionhall.kernel import clock
from unionhall.kernel.permissions import reach_of
from unionhall.ui.forms import DayInput
from unionhall.ui.templatetags.ui import state


class ApplicationTable(tables.Table):
    """Applications by what is due."""

    name = tables.Column(
        _("applicant"), linkify=("membership:application", {"public_id": tables.A("public_id")})
    )
    state = tables.Column(_("state"))
    due_on = tables.DateColumn(verbose_name=_("due"), default="—", format="Y-m-d")
    occupation = tables.Column(_("occupation"), default="—")
    workplace = tables.Column(_("workplace"), accessor="shown_workplace", default="—", orderable=False)
    union = tables.Column(_("union"), accessor="union__short_name")
    submitted_at = tables.DateTimeColumn(verbose_name=_("sent in"), format="Y-m-d H:i")

    def render_due_on(self, value: date, record: Application) -> str:
        """Nothing is due any more once it was decided."""
        return f"{value:%Y-%m-%d}" if record.pending else "—"

    def render_state(self, value: str, record: Application) -> SafeString:
        return state(record.state, value)

    def value_state(self, value: str) -> str:
        return value


class ApplicationFilter(django_filters.FilterSet):
    """By state, occupation and part of the name."""

    name = django_filters.CharFilter(lookup_expr="startswith", label=_("name begins with"))
    state = django_filters.ChoiceFilter(
        method="in_state",
        choices=[
            *(one for one in ApplicationState.choices if one[0] != ApplicationState.DRAFT),
            ("OVERDUE", _("overdue")),
        ],
        label=_("state"),
        empty_label=_("all"),
    )
    occupation = django_filters.ChoiceFilter(
        choices=Occupation.choices, label=_("occupation"), empty_label=_("all")
    )
    due_on = django_filters.DateFilter(lookup_expr="lte", label=_("due until"), widget=DayInput())

    class Meta:
        model = Application
        fields = ["name", "state", "occupation", "due_on"]

    def in_state(self, rows: QuerySet[Application], _name: str, value: str) -> QuerySet[Application]:
        return applications.overdue(rows, clock.today()) if value == "OVERDUE" else rows.filter(state=value)


class MemberTable(tables.Table):
    """The roll: members by name."""

    name = tables.Column(
        _("member"),
        accessor="person__name",
        linkify=("membership:member", {"public_id": tables.A("public_id")}),
    )
    standing = tables.Column(_("membership"))
    union = tables.Column(_("union"), accessor="union__short_name", default="—")
    employer = tables.Column(_("unit"), accessor="person__employer__name", default="—")
    joined_on = tables.DateColumn(verbose_name=_("joined on"), format="Y-m-d", default="—")
    since = tables.DateColumn(verbose_name=_("since"), format="Y-m-d", default="—")

    def render_standing(self, value: str, record: Membership) -> SafeString:
        return state(record.standing, value)

    def value_standing(self, value: str) -> str:
        return value


class MemberFilter(django_filters.FilterSet):
    """By standing and day of joining."""

    standing = django_filters.ChoiceFilter(
        choices=[one for one in Standing.choices if one[0] != Standing.NONE],
        label=_("membership"),
        empty_label=_("all"),
    )
    joined_from = django_filters.DateFilter(
        field_name="joined_on", lookup_expr="gte", label=_("joined from"), widget=DayInput()
    )

    class Meta:
        model = Membership
        fields = ["standing", "joined_from"]


class SessionTable(tables.Table):
    """Sessions with what came of them."""

    title = tables.Column(_("session"), linkify=("membership:session", {"public_id": tables.A("public_id")}))
    state = tables.Column(_("state"))
    channel = tables.Column(_("channel"))
    starts_at = tables.DateTimeColumn(verbose_name=_("starts at"), format="Y-m-d H:i")
    place = tables.Column(_("place"))
    came = tables.Column(_("checked in"), default=0)
    applied = tables.Column(_("forms by its code"), default=0)
    joined = tables.Column(_("joined through it"), default=0)

    def render_state(self, value: str, record: OutreachSession) -> SafeString:
        return state(record.state, value)

    def value_state(self, value: str) -> str:
        return value


class SessionFilter(django_filters.FilterSet):
    """By channel and state."""

    title = django_filters.CharFilter(lookup_expr="icontains", label=_("title"))
    channel = django_filters.ChoiceFilter(choices=Channel.choices, label=_("channel"), empty_label=_("all"))
    starts_from = django_filters.DateFilter(
        field_name="starts_at", lookup_expr="date__gte", label=_("starts on or after"), widget=DayInput()
    )

    class Meta:
        model = OutreachSession
        fields = ["title", "channel", "starts_from"]


class EntryTable(tables.Table):
    """Entries of the ledger, as the figures count them."""

    name = tables.Column(_("member"), accessor="person__name")
    kind = tables.Column(_("entry"))
    on = tables.DateColumn(verbose_name=_("counts from"), format="Y-m-d")
    union = tables.Column(_("union"), accessor="union__short_name")
    occupation = tables.Column(_("occupation"), default="—")
    channel = tables.Column(_("channel"), accessor="application__attribution__channel", default="—")

    def before_render(self, request: HttpRequest) -> None:
        """Whose record may be opened."""
        self.reach = reach_of(request.user, *KEEPERS)

    def render_name(self, value: str, record: MembershipEvent) -> str:
        """The name leads to the record while that lies within reach."""
        if record.person.union_id not in self.reach:
            return value
        address = reverse("membership:member", args=[record.person.membership.public_id])
        return format_html('<a href="{}">{}</a>', address, value)

    def value_name(self, value: str) -> str:
        return value


MONTHS = [(n, str(n)) for n in range(1, 13)]


class EntryFilter(django_filters.FilterSet):
    """By name, month, occupation."""

    name = django_filters.CharFilter(
        field_name="person__name_key", lookup_expr="startswith", label=_("name begins with")
    )
    month = django_filters.ChoiceFilter(
        field_name="on",
        lookup_expr="month",
        choices=MONTHS,
        label=_("month"),
        empty_label=_("all"),
    )
    occupation = django_filters.ChoiceFilter(
        choices=Occupation.choices, label=_("occupation"), empty_label=_("all")
    )

    class Meta:
        model = MembershipEvent
        fields = ["name", "month", "occupation"]


class LiveEntryFilter(EntryFilter):
    """The same for a year's entries: the view narrows them to a month's days, which an index finds."""

    month = django_filters.ChoiceFilter(
        method="narrowed", choices=MONTHS, label=_("month"), empty_label=_("all")
    )

    def narrowed(self, rows: QuerySet[MembershipEvent], _name: str, _value: str) -> QuerySet[MembershipEvent]:
        return rows


class SnapshotTable(tables.Table):
    """Closed periods."""

    period = tables.Column(
        _("period"), accessor="starts", linkify=("membership:period", {"public_id": tables.A("public_id")})
    )
    union = tables.Column(_("union"), accessor="union__short_name")
    revision = tables.Column(_("revision"))
    joins = tables.Column(_("joins"), accessor="figures__JOINS", orderable=False)
    new_employment = tables.Column(
        _("of them new employment"), accessor="figures__NEW_EMPLOYMENT_JOINS", orderable=False
    )
    members = tables.Column(_("members at the end"), accessor="figures__MEMBERS", orderable=False)
    at = tables.DateTimeColumn(verbose_name=_("closed at"), format="Y-m-d H:i")

    def render_period(self, record: Snapshot) -> SafeString:
        return format_html("{} – {}", record.starts, record.last_day)


class SnapshotFilter(django_filters.FilterSet):
    """By the day until which a period runs."""

    ends_from = django_filters.DateFilter(
        field_name="ends", lookup_expr="gte", label=_("ends from"), widget=DayInput()
    )

    class Meta:
        model = Snapshot
        fields = ["ends_from"]


class WishTable(tables.Table):
    """Wishes for correction."""

    person = tables.Column(
        accessor="person__name",
        verbose_name=_("Name"),
        linkify=lambda record: reverse("membership:wish", args=[record.public_id]),
    )
    union = tables.Column(accessor="person__union__short_name", verbose_name=_("union"))
    made_at = tables.DateTimeColumn(verbose_name=_("made at"), format="Y-m-d H:i")
    due = tables.Column(_("due"), empty_values=(), order_by="made_at")

    def render_due(self, record: CorrectionWish) -> str:
        """The day by which it is to be answered; nothing is due any more once it was."""
        waiting = record.state == WishState.WAITING
        return f"{deadlines.due_on(record.made_at, deadlines.DAYS_TO_CORRECT)}" if waiting else "—"

    def render_state(self, value: str, record: CorrectionWish) -> SafeString:
        """The state with its sign."""
        return state(record.state, value)

    def value_state(self, value: str) -> str:
        """The state in an export."""
        return value

    class Meta:
        model = CorrectionWish
        fields = ("person", "union", "field", "state", "made_at", "due")
        order_by = ()


class WishFilter(django_filters.FilterSet):
    """By state and by what is wrong."""

    state = django_filters.ChoiceFilter(choices=WishState.choices, label=_("state"), empty_label=_("all"))
    field = django_filters.ChoiceFilter(
        choices=WishField.choices, label=_("what is wrong"), empty_label=_("all")
    )

    class Meta:
        model = CorrectionWish
        fields = ("state", "field")


class RegisterTable(UnionTable):
    """Registers: a union, how many stand there, and the files that hold them."""

    registered = tables.Column(_("members"))
    files = tables.Column(_("to print"), empty_values=(), orderable=False, exclude_from_export=True)

    def render_files(self, record: Any) -> SafeString | str:
        """A link for each file; a long register has several."""
        total, most = record.registered, printing.MOST_ROWS
        where = reverse("membership:print-register", args=[record.public_id])
        parts = [(first, min(total, first + most - 1)) for first in range(1, total + 1, most)]
        words = gettext("No. %(first)s to %(last)s (PDF)") if len(parts) > 1 else gettext("Register (PDF)")
        links = [(where, first, words % {"first": first, "last": last}) for first, last in parts]
        told = format_html_join(" ", '<a class="touch" href="{}?from={}">{}</a>', links)
        return format_html("<span>{}</span>", told) if links else "—"

    class Meta:
        exclude = ("superior_name",)
        sequence = ("name", "level", "registered", "files")


class ReminderTable(tables.Table):
    """Messages that the house sent, the newest first; whom they reached stands on what they were about."""

    kind = tables.Column(_("kind"))
    subject = tables.Column(_("about"))
    day = tables.DateColumn(verbose_name=_("for the day"), format="Y-m-d")
    union = tables.Column(_("union"), accessor="union__short_name", default="—")
    state = tables.Column(_("state"))
    error = tables.Column(_("last error"), default="—")
    tried_at = tables.DateTimeColumn(verbose_name=_("last try"), format="Y-m-d H:i")

    def render_subject(self, value: str, record: Reminder) -> SafeString | str:
        """An application is opened from here; of a digest it is the account's number."""
        if record.kind == ReminderKind.DIGEST:
            return value
        return format_html('<a href="{}">{}</a>', reverse("membership:application", args=[value]), value)

    def value_subject(self, value: str) -> str:
        return value

    def render_state(self, value: str, record: Reminder) -> SafeString:
        return state(f"MESSAGE_{record.state}", value)

    def value_state(self, value: str) -> str:
        return value


class ReminderFilter(django_filters.FilterSet):
    """By kind and by what became of it."""

    kind = django_filters.ChoiceFilter(choices=ReminderKind.choices, label=_("kind"), empty_label=_("all"))
    state = django_filters.ChoiceFilter(choices=ReminderState.choices, label=_("state"), empty_label=_("all"))

    class Meta:
        model = Reminder
        fields = ["kind", "state"]
