from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "unionhall.apps.meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unionhall.apps.meetings.models import IssueStep
        from unionhall.kernel.audit import guard_append_only, name_actions

        guard_append_only(IssueStep)
        name_actions(
            {
                "meeting.plan": _("Meeting planned"),
                "meeting.change": _("Plan changed"),
                "meeting.hold": _("Recorded as held"),
                "meeting.correct": _("Minutes corrected"),
                "issue.raise": _("Issue raised"),
                "issue.assign": _("Given to an owner"),
                "issue.move_due": _("Another day set"),
                "issue.note": _("Note added"),
                "issue.claim": _("Reported done"),
                "issue.close": _("Checked and closed"),
                "issue.return": _("Sent back"),
                "issue.reopen": _("Opened again"),
            }
        )
