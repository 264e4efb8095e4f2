"""An enterprise closes down or moves out, and is there after all."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from unionhall.apps.coverage.codes import Gone, UnionState
from unionhall.apps.coverage.models import Enterprise
from unionhall.apps.coverage.usecases.enterprises.rows import locked, not_in_future, save
from unionhall.kernel import audit
from unionhall.kernel.permissions import Acting
from unionhall.kernel.refusals import Refusal


@transaction.atomic
def mark_gone(*, by: Acting, at: datetime, enterprise: Enterprise, gone: Gone, on: date) -> Enterprise:
    """Note that an enterprise has closed down or moved out; whom to visit there is deleted."""
    fresh = locked(enterprise, by)
    put_gone(fresh, gone, on, at)
    save(fresh, ["gone", "gone_on", "next_step", "next_due"], at)
    audit.record(by.actor, "enterprise.gone", fresh, at=at, fields=["gone"])
    return fresh


def put_gone(fresh: Enterprise, gone: Gone, on: date, at: datetime) -> None:
    """Mark a row as gone. Refused with FOUNDING_OPEN while a union is being founded there."""
    from unionhall.apps.coverage.usecases.contacts import forget_contact

    not_in_future(on, at)
    if fresh.state == UnionState.BEING_FOUNDED:
        raise Refusal("FOUNDING_OPEN")
    fresh.gone, fresh.gone_on, fresh.next_step, fresh.next_due = gone, on, "", None
    forget_contact(fresh)


@transaction.atomic
def mark_back(*, by: Acting, at: datetime, enterprise: Enterprise) -> Enterprise:
    """Note that an enterprise is there after all."""
    fresh = locked(enterprise, by)
    fresh.gone, fresh.gone_on = "", None
    save(fresh, ["gone", "gone_on"], at)
    audit.record(by.actor, "enterprise.back", fresh, at=at, fields=["gone"])
    return fresh
