"""What a refusal says about meetings and issues: what happened, what is safe, what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from unionhall.apps.meetings.codes import IssueState
from unionhall.kernel.refusals import Refusal


def of_refusal(refusal: Refusal) -> str:
    """Why a use case said no."""
    words = {
        "DUE_PAST": _("That day is over. Choose today or a later one."),
        "FILE_TOO_LARGE": _(
            "The file is too large; at most %(megabytes)s MB. Nothing was sent. Take a smaller picture, or leave it out and describe what it shows."
        ),
        "FILE_UNKNOWN": _(
            "This file cannot be read. Nothing was sent. Choose a picture (JPEG, PNG, WebP) or a PDF."
        ),
        "KEY_REUSED": _(
            "This form was sent already with other content. What was sent first is kept; open the form anew for another issue."
        ),
        "MEETING_AHEAD": _(
            "The meeting is on %(day)s. Record it when it has been held, or change its day first."
        ),
        "MEETING_HELD": _(
            "The meeting has been recorded already. Its plan stays; correct the minutes instead."
        ),
        "MEETING_NOT_HELD": _("The meeting has not been recorded yet. Record it first."),
        "NOBODY_CAME": _(
            "Name at least one person who was there, or the number of others. Nothing was changed."
        ),
        "NOT_ALLOWED": _("Your post does not reach that far. Nothing was changed."),
        "NOT_CLAIMED": _(
            "Nobody has reported this done, or somebody was faster: it is now “%(state)s”. Nothing was changed."
        ),
        "NOT_CLOSED": _("This is not settled: it is now “%(state)s”. Nothing was changed."),
        "NOT_OPEN": _("This is no longer in hand: it is now “%(state)s”. Nothing was changed."),
        "NO_OWNER": _("Nobody owns this yet. Give it to an owner with a day first."),
        "REASON_MISSING": _("Another day was set before. Say why it is moved."),
        "SECOND_PERSON": _(
            "You own this or reported it done yourself. Another officer has to check and close it."
        ),
        "WORDS_MISSING": _("Write a few words. Nothing was changed."),
    }
    data = dict(refusal.data)
    if "state" in data:
        data["state"] = str(IssueState(str(data["state"])).label)
    return words[refusal.code] % data
