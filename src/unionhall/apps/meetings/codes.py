from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# The part that its owner takes in an issue; posts in its union's reach do the rest.
OWNER = "OWNER"


class MeetingKind(TextChoices):
    COMMUNICATION = "COMMUNICATION", _("Worker communication meeting")
    STATION_CHIEFS = "STATION_CHIEFS", _("Meeting of station chiefs")
    JOINT_CONFERENCE = "JOINT_CONFERENCE", _("Joint conference")
    COMMITTEE = "COMMITTEE", _("Meeting of the union committee")
    FOUNDING = "FOUNDING", _("Founding meeting of members")


class MeetingState(TextChoices):
    PLANNED = "PLANNED", _("To be held")
    HELD = "HELD", _("Held")


class IssueKind(TextChoices):
    NEED = "NEED", _("Need")
    BLOCKER = "BLOCKER", _("Blocker")
    QUESTION = "QUESTION", _("Question")


class IssueState(TextChoices):
    """What is stored. Whether an issue is overdue follows from the day."""

    OPEN = "OPEN", _("In hand")
    DONE_CLAIMED = "DONE_CLAIMED", _("Reported done")
    CLOSED = "CLOSED", _("Settled")


class Standing(TextChoices):
    """How an issue stands on a day: what its state, its owner and the day say together."""

    UNASSIGNED = "UNASSIGNED", _("No owner yet")
    IN_HAND = "IN_HAND", _("In hand")
    OVERDUE = "OVERDUE", _("Overdue")
    DONE_CLAIMED = "DONE_CLAIMED", _("Waits for a check")
    SETTLED = "SETTLED", _("Settled")


class StepKind(TextChoices):
    RAISED = "RAISED", _("Raised")
    ASSIGNED = "ASSIGNED", _("Given to an owner")
    DUE_MOVED = "DUE_MOVED", _("Another day set")
    NOTED = "NOTED", _("Note")
    CLAIMED = "CLAIMED", _("Reported done")
    VERIFIED = "VERIFIED", _("Checked and closed")
    RETURNED = "RETURNED", _("Sent back")
    REOPENED = "REOPENED", _("Opened again")
