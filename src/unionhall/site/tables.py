from __future__ import annotations

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from unionhall.kernel.codes import JobState
from unionhall.kernel.jobs.messages import name_of
from unionhall.kernel.models import FactDelivery, Job
from unionhall.ui.templatetags.ui import state


class JobTable(tables.Table):
    """Jobs by kind, state and time, newest first."""

    kind = tables.Column(_("job"), linkify=("job", {"public_id": tables.A("public_id")}))
    state = tables.Column(_("state"))
    queued_at = tables.DateTimeColumn(verbose_name=_("asked for"), format="Y-m-d H:i")
    finished_at = tables.DateTimeColumn(verbose_name=_("ended"), format="Y-m-d H:i", default="—")

    def render_kind(self, record: Job) -> str:
        return name_of(record)

    def render_state(self, record: Job) -> SafeString:
        return state(f"JOB_{record.state}", record.get_state_display())

    def value_state(self, record: Job) -> str:
        return record.get_state_display()


class JobFilter(django_filters.FilterSet):
    """By state."""

    state = django_filters.ChoiceFilter(choices=JobState.choices, label=_("state"), empty_label=_("all"))

    class Meta:
        model = Job
        fields = ["state"]


class DeliveryTable(tables.Table):
    """Facts that were not heard, with what hears them; codes and ids only."""

    fact = tables.Column(_("fact"), accessor="fact__name")
    number = tables.Column(_("number"), accessor="fact_id")
    handler = tables.Column(_("heard by"))
    attempts = tables.Column(_("tries"))
    error = tables.Column(_("last error"))
    failed_at = tables.DateTimeColumn(verbose_name=_("failed at"), format="Y-m-d H:i", default="—")
    due_at = tables.DateTimeColumn(verbose_name=_("next try"), format="Y-m-d H:i", default=_("set aside"))
    again = tables.TemplateColumn(
        template_name="site/deliver_again.html",
        verbose_name="",
        orderable=False,
        exclude_from_export=True,
    )


class DeliveryFilter(django_filters.FilterSet):
    """By whether it is tried again by itself."""

    aside = django_filters.ChoiceFilter(
        method="in_state",
        choices=[("WAITING", _("is tried again")), ("ASIDE", _("set aside"))],
        label=_("state"),
        empty_label=_("all"),
    )

    class Meta:
        model = FactDelivery
        fields = ["aside"]

    def in_state(self, rows: QuerySet[FactDelivery], _name: str, value: str) -> QuerySet[FactDelivery]:
        return rows.filter(due_at__isnull=value == "ASIDE")
