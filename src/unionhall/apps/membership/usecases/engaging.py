"""What somebody works as, from a day on: one engagement is open at a time."""

from __future__ import annotations

from datetime import date

from unionhall.apps.membership.codes import Employment
from unionhall.apps.membership.models import Engagement
from unionhall.apps.orgs.models import Employer
from unionhall.apps.people.models import Person


def engage(
    person: Person,
    on: date,
    *,
    employment: str,
    occupation: str,
    employer: Employer | None = None,
    workplace: str = "",
    site: str = "",
) -> Engagement:
    """Note what a person works as; work that was noted before ends. The caller holds the transaction."""
    Engagement.objects.filter(person=person, ends=None, starts__lt=on).update(ends=on)
    Engagement.objects.filter(person=person, ends=None).delete()
    return Engagement.objects.create(
        person=person,
        employment=employment or Employment.NONE,
        employer=employer,
        workplace=workplace,
        site=site,
        occupation=occupation,
        starts=on,
    )
