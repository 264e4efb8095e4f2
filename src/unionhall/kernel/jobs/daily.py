"""What is done once a day: a worker asks for it as a job, and a row keeps all others from asking again.

    every_day("REMINDERS", after=time(9), union=...)

The job is asked for on each day of the city, at the hour or, where no worker ran then, whenever one does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import NamedTuple

from django.db import transaction

from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.clock import CITY
from unionhall.kernel.jobs.kinds import kinds
from unionhall.kernel.jobs.queue import enqueue
from unionhall.kernel.models import DailyRun, Job


class _Daily(NamedTuple):
    after: time
    union: Callable[[], int | None]


_tasks: dict[str, _Daily] = {}


def every_day(kind: str, *, after: time, union: Callable[[], int | None]) -> None:
    """Have a kind of job asked for once a day, not before ``after`` in the city; called when an app is ready.

    ``union`` gives the key of the union whose administrators see the job.
    """
    assert kind in kinds(), f"no work is registered for {kind}"
    _tasks[kind] = _Daily(after, union)


def ask_for_daily(*, at: datetime) -> list[Job]:
    """Ask for what is to be done today and nobody has asked for yet."""
    local = at.astimezone(CITY)
    ready = [kind for kind, task in _tasks.items() if local.time() >= task.after]
    # A look costs less than a transaction, above all on SQLite, where each is a writer.
    asked = set(DailyRun.objects.filter(day=local.date(), task__in=ready).values_list("task", flat=True))
    return [job for kind in ready if kind not in asked and (job := _ask(kind, at))]


@transaction.atomic
def _ask(kind: str, at: datetime) -> Job | None:
    """The job; None when another worker was first. Row and job are there together or not at all."""
    day = at.astimezone(CITY).date()
    _run, new = DailyRun.objects.get_or_create(task=kind, day=day, defaults={"at": at})
    return enqueue(kind, by=SYSTEM, at=at, union=_tasks[kind].union()) if new else None
