"""How a running job tells how far it is, and hears that it should stop."""

from __future__ import annotations

from dataclasses import dataclass, field

from unionhall.kernel.ids import only_ids
from unionhall.kernel.models import Job
from unionhall.kernel.permissions import Acting, acting


class Stopped(BaseException):
    """Raised by `Progress.step`; no `except Exception` of the work takes it for a fault."""


class Cancelled(Stopped):
    """Somebody asked for the job to be cancelled."""


class Interrupted(Stopped):
    """The worker ends, or the job is not its own any more; it will be begun again."""


@dataclass(frozen=True)
class Step:
    """How far a job is, and what it does now."""

    done: int = 0
    total: int | None = None
    saying: str = ""
    data: dict[str, str | int] = field(default_factory=dict)


class Progress:
    """What the work is given. Steps are cheap: a reporter beside the work writes them twice a second."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.last = Step()
        self._stop: type[Stopped] | None = None

    @property
    def by(self) -> Acting:
        """Whoever asked for the job, to act for them with what they may do now."""
        return acting(self.job.asked_by)

    def step(self, done: int, total: int | None = None, saying: str = "", **data: str | int) -> None:
        """So many are done, of so many; ``saying`` is a code of the kind's `JobWords.sayings`, with its data.

        What is left out stays as it was. Raises Cancelled or Interrupted when the work should stop.
        """
        last = self.last
        said, of = (saying, only_ids(data)) if saying else (last.saying, last.data)
        self.last = Step(done, last.total if total is None else total, said, of)
        if self._stop:
            raise self._stop

    def stopped(self) -> Stopped | None:
        """What the next step will raise; asked from other threads, by work that makes no steps for long."""
        return self._stop() if self._stop else None

    def stop(self, why: type[Stopped]) -> None:
        """Have the next step raise; called from the reporter's thread or a signal."""
        self._stop = why
