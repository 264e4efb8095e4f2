"""Of whoever came to a session in a month: how many applied, and how many were approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, F
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import ExtractMonth, TruncDate

from unionhall.apps.membership.codes import ApplicationState
from unionhall.apps.membership.models import Application, Decision, OutreachSession, Touch
from unionhall.apps.membership.queries.live.scope import Scope, moment
from unionhall.apps.orgs.queries import of_unions
from unionhall.kernel.clock import CITY

# A cohort: whoever came to a session in a month, applied so soon after, and was approved so soon after.
APPLIED_WITHIN, APPROVED_WITHIN = timedelta(days=30), timedelta(days=60)


@dataclass
class Cohort:
    """Of those who came to a session in a month: how many applied, and how many were approved, in time."""

    month: int
    attended: int = 0
    applied: int = 0
    approved: int = 0
    # Whether all of them have had the time.
    applied_ripe: bool = False
    approved_ripe: bool = False


def cohorts(scope: Scope) -> list[Cohort]:
    """Month by month, the distinct phones that came to a session of the scope, and what became of them."""
    sessions = OutreachSession.objects.filter(of_unions("union", scope.unions)).values("pk")
    touches = (
        Touch.objects.filter(session__in=sessions, at__gte=moment(scope.starts), at__lt=moment(scope.ends))
        .order_by()
        .values(
            "phone_index",
            "at",
            month=ExtractMonth("at", tzinfo=CITY),
            until=_after(APPLIED_WITHIN),
            last_day=TruncDate(_after(APPROVED_WITHIN), tzinfo=CITY),
        )
    )
    sql, params = touches.query.sql_with_params()
    # Phones and applications meet by an index and not by a foreign key, which the ORM does not join.
    approved = f"a.state = '{ApplicationState.APPROVED.value}' AND d.decided_on <= t.last_day"
    statement = (
        "SELECT t.month, COUNT(DISTINCT t.phone_index), COUNT(DISTINCT CASE WHEN a.id IS NOT NULL"  # noqa: S608 - names and a queryset's own
        f" THEN t.phone_index END), COUNT(DISTINCT CASE WHEN {approved} THEN t.phone_index END)"
        f" FROM ({sql}) t LEFT JOIN {Application._meta.db_table} a ON a.phone_index = t.phone_index"
        " AND a.submitted_at >= t.at AND a.submitted_at <= t.until"
        f" LEFT JOIN {Decision._meta.db_table} d ON d.id = a.decision_id GROUP BY t.month"
    )
    last = (scope.ends - timedelta(days=1)).month
    found = {month: Cohort(month) for month in range(1, last + 1)}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        for month, attended, applied, approved_ in cursor.fetchall():
            one = found[month]
            one.attended, one.applied, one.approved = attended, applied, approved_
    for one in found.values():
        after = date(scope.year + one.month // 12, one.month % 12 + 1, 1)
        one.applied_ripe = after + APPLIED_WITHIN <= scope.today
        one.approved_ripe = after + APPROVED_WITHIN <= scope.today
    return list(found.values())


def _after(time_: timedelta) -> Any:
    return ExpressionWrapper(F("at") + time_, output_field=DateTimeField())
