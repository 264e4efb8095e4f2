"""A year's targets, and whether the year keeps pace with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from unionhall.apps.membership.models import CategorySet, Target
from unionhall.apps.membership.queries.live.scope import Scope


@dataclass
class Pace:
    """A year's target, and where the year would stand today if joins came evenly."""

    target: int
    expected: int
    reached: int

    @property
    def share(self) -> int:
        """Per cent of the target, rounded down."""
        return self.reached * 100 // self.target if self.target else 100

    @property
    def ahead(self) -> int:
        """How many more than expected by today; negative when behind."""
        return self.reached - self.expected

    @property
    def missing(self) -> int:
        """How many fewer than expected by today."""
        return -self.ahead


def paces(scope: Scope, listed: CategorySet, joins: int, new: int) -> tuple[Pace | None, Pace | None]:
    """The pace of all joins and of those in new forms of employment; None without a target."""
    targets: dict[int | None, int] = dict(
        Target.objects.filter(
            Q(category_set=None) | Q(category_set=listed), union=scope.union, year=scope.year
        )
        .order_by()
        .values_list("category_set", "joins")
    )
    past = (scope.ends - scope.starts).days
    length = (date(scope.year + 1, 1, 1) - scope.starts).days

    def pace(key: int | None, reached: int) -> Pace | None:
        target = targets.get(key)
        return None if target is None else Pace(target, target * past // length, reached)

    return pace(None, joins), pace(listed.pk, new)
