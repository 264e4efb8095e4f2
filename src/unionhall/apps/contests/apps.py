from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContestsConfig(AppConfig):
    name = "unionhall.apps.contests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unionhall.apps.contests.models import (
            Award,
            Ballot,
            Board,
            LogCheckpoint,
            LogCosignature,
            LogLeaf,
            RefusedBallot,
            RuleBookVersion,
        )
        from unionhall.kernel.audit import guard_append_only, name_actions

        guard_append_only(
            Ballot, RefusedBallot, RuleBookVersion, Board, Award, LogLeaf, LogCheckpoint, LogCosignature
        )
        name_actions(
            {
                "advice.off": _("Advice switched off"),
                "advice.on": _("Advice switched on"),
                "award.read_out": _("Award read out"),
                "ballot.refuse": _("Late ballot kept apart"),
                "box.close": _("Scoring closed"),
                "box.open": _("Scoring opened"),
                "calibration.open": _("Calibration round opened"),
                "calibration.set_aside": _("Calibration scores set aside"),
                "calibration.show": _("Calibration spread shown"),
                "contest.create": _("Contest announced"),
                "correction.confirm": _("Correction confirmed"),
                "correction.propose": _("Correction proposed"),
                "correction.reject": _("Correction rejected"),
                "cue.start": _("On stage"),
                "duty.assign": _("Duty assigned"),
                "juror.absent": _("Absence noted"),
                "juror.excusal_lift": _("Note taken back"),
                "juror.recused": _("Recusal noted"),
                "log.cosign": _("Witness's signature added"),
                "paper.differ": _("Paper sheet entered differently"),
                "paper.drop": _("Entry of a paper sheet discarded"),
                "paper.key": _("Paper sheet entered once"),
                "rehearsal.prepare": _("Rehearsal prepared"),
                "results.publish": _("Results published"),
                "rulebook.write": _("Rule book written"),
                "score.reveal": _("Score revealed"),
                "speech.heard": _("Speech heard, to be scored later"),
                "speech.end": _("Speech ended"),
                "speech.start": _("Speech began"),
                "stage.close": _("Scoring ended"),
                "stage.create": _("Stage added"),
                "stage.draw": _("Order drawn"),
                "stage.freeze": _("Rules and order frozen"),
                "stage.review": _("Board frozen"),
            }
        )
