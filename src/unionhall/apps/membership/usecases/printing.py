"""Printing what personal data stands on: who may, and the line that says it was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from unionhall.apps.membership import queries, rules
from unionhall.apps.membership.models import Application, Membership
from unionhall.apps.membership.usecases.applying import plain_values
from unionhall.apps.orgs.models import Union
from unionhall.kernel import audit
from unionhall.kernel.permissions import Acting, require


@transaction.atomic
def open_for_form(*, by: Acting, at: datetime, application: Application, kind: str) -> Mapping[str, str]:
    """Number and phone of an applicant, opened for a form of this ``kind`` that is signed and filed."""
    require(rules.handles, by, application)
    audit.record(by.actor, "application.print", application, at=at, refs={"form": kind})
    return plain_values(application)


@transaction.atomic
def rows_for_register(
    *, by: Acting, at: datetime, union: Union, first: int, most: int
) -> tuple[list[Membership], int]:
    """The rows of a union's register from a place on, at most so many, and how many there are in all."""
    require(rules.keeps_roll, by, union)
    members = queries.printing.on_register(union)
    rows, total = list(members[first - 1 : first - 1 + most]), members.count()
    audit.record(
        by.actor, "register.print", union, at=at, refs={"first": first, "rows": len(rows), "total": total}
    )
    return rows, total
