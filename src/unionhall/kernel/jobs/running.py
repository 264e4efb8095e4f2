"""Doing the work: by a worker beside the server, or inline in tests."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator

from django.db import DatabaseError, connection

from unionhall.kernel import clock, facts
from unionhall.kernel.codes import JobState
from unionhall.kernel.ids import only_ids
from unionhall.kernel.jobs.daily import ask_for_daily
from unionhall.kernel.jobs.kinds import do
from unionhall.kernel.jobs.progress import Cancelled, Interrupted, Progress, Stopped
from unionhall.kernel.jobs.queue import Outcome, end, mine, report, take_up
from unionhall.kernel.models import Job
from unionhall.kernel.refusals import Refusal

log = logging.getLogger(__name__)

REPORT = 0.5  # seconds between two looks at how far the work is
ALIVE = 2.0  # seconds between two signs of life while it does not move
IDLE = 1.0  # seconds between two looks into an empty queue, or for facts that were left over
DAILY = 60.0  # seconds between two looks whether something is to be done today


def perform(job: Job, progress: Progress) -> Outcome:
    """Do a job's work, and say how it ended."""
    try:
        return Outcome(JobState.DONE, only_ids(do(job, progress)))
    except Cancelled:
        return Outcome(JobState.CANCELLED)
    except Stopped:
        return Outcome(JobState.QUEUED)
    except Refusal as refusal:
        return Outcome(JobState.FAILED, error=refusal.code, data=refusal.data)
    except Exception:
        log.exception("job %s (%s) failed", job.public_id, job.kind)
        return Outcome(JobState.FAILED, error="UNEXPECTED")


class Worker:
    """Does one job after the other, asks for what is done daily, and delivers facts that were left over.

    It goes on until it is told to stop.
    """

    def __init__(self, parent: int | None = None) -> None:
        self._parent = parent
        self._ending = threading.Event()
        self._progress: Progress | None = None
        self._asked: float | None = None

    def stop(self) -> None:
        """Take up no more, and interrupt the work at its next step; may be called by a signal."""
        self._ending.set()
        if self._progress:
            self._progress.stop(Interrupted)

    def run(self, *, once: bool = False) -> None:
        """Work until told to stop; ``once`` until nothing waits any more."""
        deliverer = threading.Thread(target=self._deliver, args=(once,), name="facts", daemon=True)
        deliverer.start()
        while not self._over():
            try:
                self._ask_for_daily()
                job = take_up(at=clock.now())
                if job:
                    self._work_on(job)
                elif once:
                    break
                else:
                    self._ending.wait(IDLE)
            except DatabaseError:
                log.exception("the worker cannot reach the database; trying again")
                connection.close()
                self._ending.wait(IDLE)
        deliverer.join()
        connection.close()

    def _ask_for_daily(self) -> None:
        now = time.monotonic()
        if self._asked is None or now - self._asked >= DAILY:
            ask_for_daily(at=clock.now())
            self._asked = now

    def _over(self) -> bool:
        """Whether it should stop, also because the server that it stood beside has died."""
        if self._parent is not None and os.getppid() != self._parent:
            self.stop()
        return self._ending.is_set()

    def _work_on(self, job: Job) -> None:
        self._progress = progress = Progress(job)
        with self._reporting(progress):
            outcome = perform(job, progress)
        self._progress = None
        end(job, outcome, progress.last, at=clock.now())

    @contextlib.contextmanager
    def _reporting(self, progress: Progress) -> Iterator[None]:
        done = threading.Event()
        thread = threading.Thread(target=self._report, args=(progress, done), name="reporter", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _report(self, progress: Progress, done: threading.Event) -> None:
        """Beside the work, with a connection of its own: the work's transaction may be open for long."""
        written, at = progress.last, clock.now()
        while not done.wait(REPORT):
            if self._over():
                progress.stop(Interrupted)
            try:
                found = mine(progress.job).values_list("cancel_asked_at", flat=True)
                if not found:
                    progress.stop(Interrupted)
                elif found[0] is not None:
                    progress.stop(Cancelled)
                now, step = clock.now(), progress.last
                if step != written or (now - at).total_seconds() >= ALIVE:
                    report(progress.job, step, at=now)
                    written, at = step, now
            except DatabaseError:
                log.exception("progress could not be written; trying again")
                connection.close()
        connection.close()

    def _deliver(self, once: bool) -> None:
        while not self._ending.is_set():
            try:
                facts.deliver_due(at=clock.now())
            except DatabaseError:
                log.exception("facts could not be delivered; trying again")
                connection.close()
            if once:
                break
            self._ending.wait(IDLE)
        connection.close()


class _InlineProgress(Progress):
    """Writes each step at once and in the same connection: a test's transaction is seen only there."""

    def step(self, done: int, total: int | None = None, saying: str = "", **data: str | int) -> None:
        super().step(done, total, saying, **data)
        report(self.job, self.last, at=clock.now())
        if mine(self.job).exclude(cancel_asked_at=None).exists():
            raise Cancelled


def run_jobs() -> list[Job]:
    """Do all waiting jobs here and now, in this thread and connection; the jobs as they ended."""
    ran = []
    while job := take_up(at=clock.now()):
        progress = _InlineProgress(job)
        end(job, perform(job, progress), progress.last, at=clock.now())
        job.refresh_from_db()
        ran.append(job)
    return ran
