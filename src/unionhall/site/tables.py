from __future__ import annotations

import django_filters
import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from unionhall.kernel.codes import JobState
from unionhall.kernel.jobs.messages import name_of
from unionhall.kernel.models import Job
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
