"""The tables of a contest: what is announced, who judges, what was scored, what came of it."""

from __future__ import annotations

from unionhall.apps.contests.models.ballots import (
    Adjustment,
    Ballot,
    BallotBox,
    Correction,
    Excusal,
    KeyedSheet,
    RefusedBallot,
)
from unionhall.apps.contests.models.calibration import CalibrationRound, CalibrationSheet
from unionhall.apps.contests.models.contests import Contest, Cue, Duty, Entry, RuleBookVersion, Stage
from unionhall.apps.contests.models.juries import Juror, Jury, Pass
from unionhall.apps.contests.models.log import LogCheckpoint, LogCosignature, LogLeaf
from unionhall.apps.contests.models.results import Award, Board, SpecialPrize

__all__ = [
    "Adjustment",
    "Award",
    "Ballot",
    "BallotBox",
    "Board",
    "CalibrationRound",
    "CalibrationSheet",
    "Contest",
    "Correction",
    "Cue",
    "Duty",
    "Entry",
    "Excusal",
    "Juror",
    "Jury",
    "KeyedSheet",
    "LogCheckpoint",
    "LogCosignature",
    "LogLeaf",
    "Pass",
    "RefusedBallot",
    "RuleBookVersion",
    "SpecialPrize",
    "Stage",
]
