"""What changes meetings and issues, one noun per module."""

from __future__ import annotations

from unionhall.apps.meetings.usecases.issues import (
    assign_issue,
    claim_done,
    close_issue,
    move_due,
    note_issue,
    raise_issue,
    reopen_issue,
    return_issue,
)
from unionhall.apps.meetings.usecases.meetings import (
    change_meeting,
    correct_minutes,
    hold_meeting,
    plan_meeting,
)

__all__ = [
    "assign_issue",
    "change_meeting",
    "claim_done",
    "close_issue",
    "correct_minutes",
    "hold_meeting",
    "move_due",
    "note_issue",
    "plan_meeting",
    "raise_issue",
    "reopen_issue",
    "return_issue",
]
