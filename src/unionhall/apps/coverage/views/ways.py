"""What comes next in a founding for whoever looks: in words, the one main step, and what else can be done."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.coverage import rules
from unionhall.apps.coverage.codes import DocumentKind, Stage
from unionhall.apps.coverage.models import Founding
from unionhall.apps.meetings.codes import MeetingState
from unionhall.kernel.permissions import allowed

Way = tuple[str, str]


class Next(NamedTuple):
    """The words, the main step, and the others, each as label and address."""

    words: str
    main: Way | None
    others: list[Way]


def ways(account: Any, founding: Founding, missing: list[DocumentKind]) -> Next:
    """What an account can do next."""
    here = _Ways(account, founding, missing)
    by_stage = {
        Stage.PREPARING: here.preparing,
        Stage.ASSEMBLY: here.assembly,
        Stage.APPROVAL: here.approval,
        Stage.REGISTRATION: here.registration,
    }
    stage = Stage(founding.stage)
    return by_stage[stage]() if stage in by_stage else Next("", None, [])


class _Ways:
    def __init__(self, account: Any, founding: Founding, missing: list[DocumentKind]) -> None:
        self.founding, self.missing = founding, missing
        self.keeps = allowed(rules.keeps, account, founding)
        self.approves = allowed(rules.approves, account, founding)
        self.registers = allowed(rules.registers, account, founding)
        self.handed_in = founding.submitted_by_id == account.pk
        self.file = self.way(_("File a document"), "file")
        give_up = [self.way(_("Give it up"), "give-up")] if self.keeps else []
        self.always = [self.way(_("Another day"), "founding-due"), *give_up]

    def way(self, label: str, name: str) -> Way:
        return label, reverse(f"coverage:{name}", args=[self.founding.public_id])

    def filing(self, *more: Way) -> Next:
        """Documents first."""
        named = "、".join(str(kind.label) for kind in self.missing)
        words = _("Still missing: %(documents)s.") % {"documents": named}
        return Next(words, self.file, [*more, *self.always])

    def preparing(self) -> Next:
        if self.missing:
            return self.filing()
        words = _("The documents are complete. Does the preparatory group stand?")
        main = self.way(_("The group stands"), "pass") if self.keeps else None
        return Next(words, main, [self.file, *self.always])

    def assembly(self) -> Next:
        plan = self.way(_("Plan the members' meeting"), "assembly")
        link = self.way(_("It was another meeting"), "link-meeting")
        meeting, others = self.founding.meeting, [self.file, *self.always]
        if not self.keeps:
            return Next(_("The ground's union sees to the members' meeting."), None, others)
        if meeting is None:
            return Next(
                _("Plan the members' meeting, or say which one it was."),
                plan,
                [(_("Say which meeting it was"), link[1]), *others],
            )
        if meeting.state != MeetingState.HELD:
            record = (_("Record the meeting"), reverse("meetings:meeting", args=[meeting.public_id]))
            words = _("The members' meeting is planned. Record it when it has been held.")
            return Next(words, record, [link, *others])
        if self.missing:
            return self.filing(link)
        words = _("The members have elected. Hand it to the upper union.")
        return Next(words, self.way(_("Hand it in"), "pass"), [link, *others])

    def approval(self) -> Next:
        if self.handed_in:
            words = _("You handed it in; another officer of the upper union approves.")
            return Next(words, None, [self.file, *self.always])
        if not self.approves:
            return Next(_("It waits for the upper union's approval."), None, [self.file, *self.always])
        back = self.way(_("Send it back"), "founding-back")
        if self.missing:
            return self.filing(back)
        words = _("The reply is filed. Approve, or send it back.")
        return Next(words, self.way(_("Approve"), "approve"), [back, self.file, *self.always])

    def registration(self) -> Next:
        if not self.registers:
            words = _("Approved. An administrator of the upper union registers it.")
            return Next(words, None, [self.file, *self.always])
        words = _("Approved. Register the union; then it covers its enterprises.")
        return Next(words, self.way(_("Register the union"), "register"), [self.file, *self.always])
