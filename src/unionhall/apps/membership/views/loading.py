"""Public ids in addresses, turned into what they name."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from unionhall.apps.membership.codes import ApplicationState
from unionhall.apps.membership.models import Application, Membership, OutreachSession, Snapshot
from unionhall.apps.orgs.models import Union


def application(public_id: str) -> Application:
    """An application that was sent in."""
    return get_object_or_404(
        Application.objects.exclude(state=ApplicationState.DRAFT).select_related(
            "union", "employer", "source__session", "decision__meeting", "person__membership"
        ),
        public_id=public_id,
    )


def member(public_id: str) -> Membership:
    """A membership with its person."""
    return get_object_or_404(
        Membership.objects.select_related("union", "person__union", "person__employer"), public_id=public_id
    )


def session(public_id: str) -> OutreachSession:
    """An outreach session."""
    return get_object_or_404(OutreachSession.objects.select_related("union"), public_id=public_id)


def union(public_id: str) -> Union:
    """A union."""
    return get_object_or_404(Union, public_id=public_id)


def snapshot(public_id: str) -> Snapshot:
    """A closed period."""
    return get_object_or_404(
        Snapshot.objects.select_related("union", "category_set", "closed_by__person"), public_id=public_id
    )
