"""What joining hears of coverage: each handler calls one use case, as the system itself."""

from __future__ import annotations

from datetime import datetime

from unionhall.apps.coverage.facts import EnterpriseCovered, UnionFounded
from unionhall.apps.membership.usecases.handling import forward_waiting
from unionhall.apps.orgs.models import Union
from unionhall.kernel.audit import SYSTEM


def on_union_founded(fact: UnionFounded, /, *, at: datetime) -> None:
    """Applications from the new union's employers wait at the territorial union: they go to the new one."""
    forward_waiting(by=SYSTEM, at=at, union=Union.objects.get(public_id=fact.union))


def on_enterprise_covered(fact: EnterpriseCovered, /, *, at: datetime) -> None:
    """As above, when a joint union takes in one enterprise more."""
    forward_waiting(by=SYSTEM, at=at, union=Union.objects.get(public_id=fact.union))
