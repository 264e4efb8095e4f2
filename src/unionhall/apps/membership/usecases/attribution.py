"""Where a join came from: one primary source by a published rule, assists apart, else "unknown"."""

from __future__ import annotations

from datetime import timedelta

from unionhall.apps.membership.codes import Channel, EventKind
from unionhall.apps.membership.models import Application, Attribution, MembershipEvent, Touch

# Rule 1: the last recorded contact at most 90 days before the application was sent in.
RULE_VERSION = 1
WINDOW = timedelta(days=90)


def attribute(application: Application, entry: MembershipEvent) -> Attribution:
    """Store where an approved application came from; the rule says which contact is the source.

    ``entry`` is what the approval wrote into the ledger.
    """
    assert application.submitted_at is not None, "an approved application was sent in"
    touches = list(
        Touch.objects.filter(
            phone_index=application.phone_index,
            at__lte=application.submitted_at,
            at__gte=application.submitted_at - WINDOW,
        ).order_by("at", "pk")
    )
    last = touches[-1] if touches else None
    joined = entry.kind == EventKind.JOIN
    return Attribution.objects.create(
        application=application,
        rule_version=RULE_VERSION,
        channel=last.channel if last else Channel.UNKNOWN,
        session_id=last.session_id if last else None,
        touch=last,
        assists=[touch.pk for touch in touches[:-1]],
        assisted_by=sorted({touch.channel for touch in touches[:-1]}),
        joined_with_id=entry.union_id if joined else None,
        joined_on=entry.on if joined else None,
    )
