"""The tables of joining: who was met, who asked to join, what was decided, and the ledger of memberships."""

from __future__ import annotations

from unionhall.apps.membership.models.applications import Application, ApplicationStep, Decision, PhoneCode
from unionhall.apps.membership.models.exports import RollExport, RollFile
from unionhall.apps.membership.models.figures import CategorySet, Snapshot, SnapshotRows, Target
from unionhall.apps.membership.models.ledger import (
    Attribution,
    Engagement,
    Match,
    Membership,
    MembershipEvent,
)
from unionhall.apps.membership.models.outreach import (
    CheckIn,
    OutreachSession,
    Partner,
    Question,
    SourceCode,
    Touch,
)
from unionhall.apps.membership.models.reminders import Reminder
from unionhall.apps.membership.models.wishes import CorrectionWish

__all__ = [
    "Application",
    "ApplicationStep",
    "Attribution",
    "CategorySet",
    "CheckIn",
    "CorrectionWish",
    "Decision",
    "Engagement",
    "Match",
    "Membership",
    "MembershipEvent",
    "OutreachSession",
    "Partner",
    "PhoneCode",
    "Question",
    "Reminder",
    "RollExport",
    "RollFile",
    "Snapshot",
    "SnapshotRows",
    "SourceCode",
    "Target",
    "Touch",
]
