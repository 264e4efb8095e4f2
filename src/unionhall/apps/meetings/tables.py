from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unionhall.apps.meetings import queries
from unionhall.apps.meetings.codes import IssueKind, IssueState, MeetingKind, MeetingState, Standing
from unionhall.apps.meetings.models import Issue, Meeting
from unionhall.kernel import clock
from unionhall.ui.templatetags.ui import state


class MeetingTable(tables.Table):
    """Meetings with their day, kind, union and what became of what they raised."""

    title = tables.Column(_("title"), linkify=("meetings:meeting", {"public_id": tables.A("public_id")}))
    starts_at = tables.DateTimeColumn(verbose_name=_("starts at"), format="Y-m-d H:i")
    kind = tables.Column(_("kind"))
    union = tables.Column(_("union"), accessor="union__short_name")
    state = tables.Column(_("State"))
    issue_count = tables.Column(_("Issues"))
    open_count = tables.Column(_("not settled"))

    def render_state(self, value: str, record: Meeting) -> str:
        return state(record.state, value)

    def value_state(self, value: str) -> str:
        return value


class MeetingFilter(django_filters.FilterSet):
    """By part of the title, kind and state."""

    title = django_filters.CharFilter(lookup_expr="icontains", label=_("title"))
    kind = django_filters.ChoiceFilter(choices=MeetingKind.choices, label=_("kind"), empty_label=_("all"))
    state = django_filters.ChoiceFilter(choices=MeetingState.choices, label=_("State"), empty_label=_("all"))

    class Meta:
        model = Meeting
        fields = ["title", "kind", "state"]


class IssueTable(tables.Table):
    """Issues: how each stands, who owns it, until when, and how long it has been there."""

    title = tables.Column(_("Issue"), linkify=("meetings:issue", {"public_id": tables.A("public_id")}))
    kind = tables.Column(_("kind"))
    standing = tables.Column(_("State"), empty_values=(), orderable=False)
    owner = tables.Column(_("owner"), accessor="owner__name", default="—")
    due = tables.DateColumn(verbose_name=_("due"), format="Y-m-d", default="—")
    days = tables.Column(_("days"), empty_values=(), order_by="-raised_at")
    union = tables.Column(_("union"), accessor="union__short_name")
    # Only in the file: on the page it would make the table too wide.
    raised_at = tables.DateTimeColumn(verbose_name=_("raised at"), format="Y-m-d", visible=False)
    meeting = tables.Column(_("Meeting"), accessor="meeting__title", default="—", visible=False)

    def render_standing(self, record: Issue) -> str:
        standing = record.standing(clock.today())
        return state(standing, str(standing.label))

    def value_standing(self, record: Issue) -> str:
        return str(record.standing(clock.today()).label)

    def render_days(self, record: Issue) -> int:
        return record.days(clock.today())


class IssueFilter(django_filters.FilterSet):
    """By part of the title, by how it stands, kind, and whether one owns it."""

    title = django_filters.CharFilter(lookup_expr="icontains", label=_("Issue"))
    standing = django_filters.ChoiceFilter(
        choices=[("OPEN", _("Not settled")), *Standing.choices],
        method="stands",
        label=_("State"),
        empty_label=_("all"),
    )
    kind = django_filters.ChoiceFilter(choices=IssueKind.choices, label=_("kind"), empty_label=_("all"))
    owner = django_filters.ChoiceFilter(
        choices=[("me", _("me"))], method="owned", label=_("owner"), empty_label=_("all")
    )

    class Meta:
        model = Issue
        fields = ["title", "standing", "kind", "owner"]

    def stands(self, rows: QuerySet[Issue], _name: str, value: str) -> QuerySet[Issue]:
        """Those that stand so today."""
        if value == "OPEN":
            return rows.exclude(state=IssueState.CLOSED)
        return rows.filter(queries.standing_is(Standing(value), clock.today()))

    def owned(self, rows: QuerySet[Issue], _name: str, _value: Any) -> QuerySet[Issue]:
        """Those whose owner one is."""
        return rows.filter(pk__in=queries.owned_by(self.request.user))
