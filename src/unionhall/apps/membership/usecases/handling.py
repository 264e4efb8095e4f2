"""What officers do with an application before the committee decides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from unionhall.apps.membership import queries, rules
from unionhall.apps.membership.codes import ApplicationState, Step
from unionhall.apps.membership.deadlines import DAYS_TO_ACCEPT, DAYS_TO_COMPLETE, DAYS_TO_DECIDE, due_on
from unionhall.apps.membership.models import Application
from unionhall.apps.membership.usecases.applying import note_step
from unionhall.apps.orgs.models import Employer, Union
from unionhall.kernel import audit
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal


def locked(application: Application, *states: ApplicationState) -> Application:
    """The application as it is now, locked; refused with APPLICATION_STATE unless in one of ``states``."""
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if fresh.state not in states:
        raise Refusal("APPLICATION_STATE", state=fresh.state)
    return fresh


@transaction.atomic
def accept_application(*, by: Acting, at: datetime, application: Application) -> None:
    """The form is complete and the person checked: it goes before the committee (受理)."""
    require(rules.handles, by, application)
    fresh = locked(application, ApplicationState.SUBMITTED)
    fresh.state, fresh.due_on = ApplicationState.ACCEPTED, due_on(at, DAYS_TO_DECIDE)
    fresh.save(update_fields=["state", "due_on"])
    note_step(fresh, Step.ACCEPT, at, by=by)
    audit.record(by.actor, "application.accept", fresh, at=at)


@transaction.atomic
def return_application(*, by: Acting, at: datetime, application: Application, reason: str) -> None:
    """Send it back for completion; the applicant reads the reason, and sends the same form again by the day
    that is then due.
    """
    require(rules.handles, by, application)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    fresh = locked(
        application, ApplicationState.UNCONFIRMED, ApplicationState.SUBMITTED, ApplicationState.ACCEPTED
    )
    fresh.state, fresh.due_on = ApplicationState.RETURNED, due_on(at, DAYS_TO_COMPLETE)
    fresh.save(update_fields=["state", "due_on"])
    note_step(fresh, Step.RETURN, at, by=by, reason=reason.strip())
    audit.record(by.actor, "application.return", fresh, at=at)


@transaction.atomic
def forward_application(
    *, by: Acting, at: datetime, application: Application, union: Union, reason: str
) -> None:
    """Pass it to the union that it belongs to, such as a joint union or the one of the territory."""
    require(rules.handles, by, application)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    fresh = locked(
        application, ApplicationState.UNCONFIRMED, ApplicationState.SUBMITTED, ApplicationState.ACCEPTED
    )
    if fresh.union_id == union.pk:
        raise Refusal("SAME_UNION", union=union.short_name)
    fresh.union, fresh.due_on = union, due_on(at, DAYS_TO_ACCEPT)
    fresh.save(update_fields=["union", "due_on"])
    note_step(fresh, Step.FORWARD, at, by=by, reason=f"{union.short_name}：{reason.strip()}"[:200])
    audit.record(by.actor, "application.forward", fresh, at=at, refs={"union": union.public_id})


@transaction.atomic
def forward_waiting(*, by: Acting, at: datetime, union: Union) -> int:
    """Pass on to a union what waits elsewhere from the employers that it covers now; how many.

    Done again, it finds nothing more to pass on.
    """
    require(rules.keeps_roll, by, union)
    waiting = queries.routing.waiting_elsewhere(union).select_for_update(of=("self",))
    passed = 0
    for application in waiting:
        application.union, application.due_on = union, due_on(at, DAYS_TO_ACCEPT)
        if application.employer is None:
            application.employer, application.workplace = Employer.objects.get(name=application.workplace), ""
        application.save(update_fields=["union", "due_on", "employer", "workplace"])
        note_step(application, Step.FORWARD, at, by=by, reason=union.short_name)
        refs = {"union": union.public_id}
        audit.record(by.actor, "application.forward", application, at=at, refs=refs)
        passed += 1
    return passed
