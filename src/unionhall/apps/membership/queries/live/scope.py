"""What a dashboard looks at: a union with whatever answers to it, and a year until today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import branches
from unionhall.kernel.clock import CITY


@dataclass(frozen=True)
class Scope:
    """What is looked at: a union with whatever answers to it on ``today``, and a year until today."""

    union: Union
    year: int
    today: date
    # Every union under it, and the direct subordinate through which it answers.
    branch_of: Mapping[int, int]
    # One month of the year alone; 0 for all of it.
    month: int = 0

    @cached_property
    def unions(self) -> frozenset[int]:
        """The union and all under it."""
        return frozenset((self.union.pk, *self.branch_of))

    @property
    def starts(self) -> date:
        """The first day."""
        return date(self.year, self.month or 1, 1)

    @property
    def ends(self) -> date:
        """The day after the last."""
        until = self.month % 12 + 1 if self.month else 1
        return min(date(self.year + (until == 1), until, 1), self.today + timedelta(days=1))

    def of_branch(self, branch: int) -> frozenset[int]:
        """The unions of one branch; of the union itself only that."""
        return frozenset((branch, *(key for key, at in self.branch_of.items() if at == branch)))


def scope_of(union: Union, year: int, today: date) -> Scope:
    """The scope of a dashboard."""
    return Scope(union, year, today, branches(union, today))


def moment(day: date) -> datetime:
    """When a day begins in the city."""
    return datetime.combine(day, time.min, CITY)
