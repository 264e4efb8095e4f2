from __future__ import annotations

from django.apps import AppConfig


class ContestsConfig(AppConfig):
    name = "unionhall.apps.contests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unionhall.apps.contests.models import Award, Ballot, Board, RefusedBallot, RuleBookVersion
        from unionhall.kernel.audit import guard_append_only

        guard_append_only(Ballot, RefusedBallot, RuleBookVersion, Board, Award)
