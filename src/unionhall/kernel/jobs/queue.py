"""The queue: asking, cancelling, taking up and ending; a table, so that nothing else has to run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Q

from unionhall.kernel import audit
from unionhall.kernel.codes import UNDER_WAY, JobState
from unionhall.kernel.ids import new_public_id, only_ids
from unionhall.kernel.jobs.kinds import kinds
from unionhall.kernel.jobs.progress import Step
from unionhall.kernel.jobs.rules import sees_job
from unionhall.kernel.models import Job
from unionhall.kernel.permissions import ADMINISTRATOR, Acting, reach_of, require
from unionhall.kernel.refusals import Refusal

# A worker gives a sign of life every two seconds; after this silence it is taken for dead.
SILENCE = timedelta(seconds=30)
# How often a job is taken up whose worker died: one that takes all memory would kill worker after worker.
ATTEMPTS = 3
KEPT = timedelta(days=90)


class Outcome(NamedTuple):
    """How a job ended; QUEUED when it is to be begun again."""

    state: JobState
    result: dict[str, str | int] | None = None
    error: str = ""
    data: dict[str, str | int] = {}


@transaction.atomic
def enqueue(
    kind: str,
    *,
    by: Acting,
    at: datetime,
    subject: str = "",
    union: int | None = None,
    **arguments: str | int,
) -> Job:
    """Ask for a job, in the transaction of whatever it belongs to; it is begun after the commit.

    Whoever calls has checked that ``by`` may; the work checks again. ``union`` is the key of the union whose
    administrators see the job too.
    """
    assert kind in kinds(), f"no work is registered for {kind}"
    job = Job.objects.create(
        kind=kind,
        arguments=only_ids(arguments),
        subject=subject,
        union=union,
        asked_by=str(by.actor),
        queued_at=at,
    )
    audit.record(by.actor, "job.ask", job, at=at, refs={"subject": subject})
    return job


@transaction.atomic
def cancel_job(*, by: Acting, at: datetime, job: Job) -> Job:
    """Take a waiting job out of the queue, or have one at work stop at its next step.

    Refused with JOB_ENDED when it has ended already.
    """
    require(sees_job, by, job)
    job = Job.objects.select_for_update().get(pk=job.pk)
    if not job.under_way:
        raise Refusal("JOB_ENDED")
    if job.cancel_asked_at is None:
        job.cancel_asked_at = at
        if job.state == JobState.QUEUED:
            job.state, job.finished_at = JobState.CANCELLED, at
        job.save(update_fields=["cancel_asked_at", "state", "finished_at"])
        audit.record(by.actor, "job.cancel", job, at=at)
    return job


def take_up(*, at: datetime) -> Job | None:
    """The next job, now at work in the hands of whoever called; None when nothing waits.

    A job whose worker died is begun again, since its repetition is safe; after the third time it has failed.
    """
    ready = Job.objects.filter(
        Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, heartbeat_at__lt=at - SILENCE), kind__in=kinds()
    ).order_by("pk")
    # A look costs less than a transaction, above all on SQLite, where each is a writer.
    while ready.exists():
        with transaction.atomic():
            job = ready.select_for_update(skip_locked=True).first()
            if job is None:
                return None
            if job.cancel_asked_at is not None:
                _end(job, at, Outcome(JobState.CANCELLED))
            elif job.attempts >= ATTEMPTS:
                _end(job, at, Outcome(JobState.FAILED, error="WORKER_LOST"))
            else:
                job.state, job.claim, job.attempts = JobState.RUNNING, new_public_id(), job.attempts + 1
                job.started_at = job.heartbeat_at = at
                _write(job, Step())
                job.save()
                return job
    return None


def mine(job: Job) -> models.QuerySet[Job]:
    """The row of a job as long as it is at work in the hands of whoever took it up."""
    return Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING)


# A statement outside a transaction would not wait for its turn on SQLite.
@transaction.atomic
def report(job: Job, step: Step, *, at: datetime) -> None:
    """Write how far a job is, as a sign of life; nothing happens when it is not ours any more."""
    told: dict[str, Any] = {"done": step.done, "saying": step.saying, "saying_data": step.data}
    mine(job).update(total=step.total, heartbeat_at=at, **told)


@transaction.atomic
def end(job: Job, outcome: Outcome, step: Step, *, at: datetime) -> None:
    """End a job, or give it back to the queue; nothing happens when it is not ours any more."""
    held = mine(job).select_for_update().first()
    if held is None:
        return
    _write(held, step)
    if outcome.state == JobState.QUEUED and held.cancel_asked_at is None:
        # It was not the job's fault.
        held.state, held.claim, held.attempts = JobState.QUEUED, "", held.attempts - 1
        held.save()
    elif outcome.state == JobState.QUEUED:
        _end(held, at, Outcome(JobState.CANCELLED))
    else:
        _end(held, at, outcome)


def _write(job: Job, step: Step) -> None:
    job.done, job.total, job.saying, job.saying_data = step.done, step.total, step.saying, step.data


def _end(job: Job, at: datetime, outcome: Outcome) -> None:
    job.state, job.result, job.error, job.error_data = outcome
    job.claim, job.finished_at = "", at
    job.save()


def place_in_queue(job: Job) -> int:
    """How many jobs are begun or finished before a waiting one."""
    return Job.objects.filter(state__in=UNDER_WAY, pk__lt=job.pk).count()


def jobs_of(account: Any) -> models.QuerySet[Job]:
    """The jobs that an account asked for or oversees as an administrator, newest first."""
    mine_or_overseen = Q(asked_by=str(account.actor)) | Q(union__in=reach_of(account, ADMINISTRATOR))
    return Job.objects.filter(mine_or_overseen).order_by("-pk")


def purge_jobs(*, at: datetime) -> int:
    """Delete jobs 90 days after their end; how many."""
    return Job.objects.filter(finished_at__lt=at - KEPT).delete()[0]
