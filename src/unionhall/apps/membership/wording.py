"""The ledger in words that its member understands."""

from __future__ import annotations

from django.utils.translation import gettext as _

from unionhall.apps.membership.codes import EventKind
from unionhall.apps.membership.models import MembershipEvent


def entry_in_words(event: MembershipEvent) -> str:
    """What one entry means for its member."""
    words = {
        EventKind.JOIN: _("You became a member of %(union)s."),
        EventKind.TRANSFER_OUT: _(
            "You left the roll of %(union)s with your job. You stay a member; your next union takes you over."
        ),
        EventKind.TRANSFER_IN: _("Your membership came to %(union)s. You had not to join again."),
        EventKind.RETAIN: _("%(union)s keeps your membership while you are without work."),
        EventKind.RESTORE: _("Your membership lives again, with %(union)s."),
        EventKind.LEAVE: _("You left the union, as you had wished. It was with %(union)s."),
        EventKind.REMOVE: _("%(union)s ended your membership. You may ask why, and object."),
        EventKind.CORRECT: _("An entry was wrong and does not count any more."),
    }
    return words[EventKind(event.kind)] % {"union": event.union.name}
