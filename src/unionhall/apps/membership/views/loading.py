"""Public ids in addresses, turned into what they name."""

from __future__ import annotations

from django.http import Http404

from unionhall.apps.membership.codes import ApplicationState
from unionhall.apps.membership.models import Application, Membership, OutreachSession, Snapshot
from unionhall.apps.orgs.models import Union


def application(public_id: str) -> Application:
    """An application that was sent in."""
    found = (
        Application.objects.exclude(state=ApplicationState.DRAFT)
        .select_related("union", "employer", "source__session", "decision__meeting", "person__membership")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def member(public_id: str) -> Membership:
    """A membership with its person."""
    found = (
        Membership.objects.select_related("union", "person__union", "person__employer")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def session(public_id: str) -> OutreachSession:
    """An outreach session."""
    found = OutreachSession.objects.select_related("union").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def union(public_id: str) -> Union:
    """A union."""
    found = Union.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def snapshot(public_id: str) -> Snapshot:
    """A closed period."""
    found = (
        Snapshot.objects.select_related("union", "category_set", "closed_by__person")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found
