"""What a job says to people: what it does, what came of it, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unionhall.kernel.codes import JobState
from unionhall.kernel.jobs.kinds import words_of
from unionhall.kernel.jobs.queue import place_in_queue
from unionhall.kernel.models import Job
from unionhall.kernel.refusals import Refusal


def of_refusal(refusal: Refusal) -> str:
    """Why a job could not be cancelled."""
    words = {"JOB_ENDED": _("This job has ended already; there is nothing to cancel.")}
    return words[refusal.code] % refusal.data


def name_of(job: Job) -> str:
    """What a job's kind is called."""
    words = words_of(job)
    return str(words.name) if words else job.kind


@dataclass(frozen=True)
class JobShown:
    """A job in words, for a page."""

    job: Job
    name: str
    title: str
    address: str
    words: str
    # How far it came, when that says something beside its words.
    counts: str
    # Between 0 and 100; None while nobody knows of how many.
    percent: int | None


def shown(job: Job) -> JobShown:
    """A job as it is shown now, in the present language."""
    words = words_of(job)
    title, address = words.subject(job) if words else ("", "")
    percent = min(100, 100 * job.done // job.total) if job.total else None
    return JobShown(job, name_of(job), title, address, _words(job), _counts(job, percent), percent)


def _counts(job: Job, percent: int | None) -> str:
    if job.state == JobState.DONE or not job.done:
        return ""
    if percent is None:
        return _("%(done)s so far") % {"done": f"{job.done:,}"}
    told = {"done": f"{job.done:,}", "total": f"{job.total:,}", "percent": percent}
    return _("%(done)s of %(total)s (%(percent)s %%)") % told


def _words(job: Job) -> str:
    if job.state == JobState.QUEUED:
        return _waiting(job)
    if job.state == JobState.RUNNING:
        return _running(job)
    if job.state == JobState.FAILED:
        return _error(job)
    if job.state == JobState.CANCELLED:
        return _("It was stopped before its end and is not continued.")
    words = words_of(job)
    return words.result(job) if words else ""


def _waiting(job: Job) -> str:
    before = place_in_queue(job)
    if not before:
        return _("It is next and begins in a moment. You may leave this page.")
    told = ngettext(
        "%(before)s job is before it. You may leave this page.",
        "%(before)s jobs are before it. You may leave this page.",
        before,
    )
    return told % {"before": before}


def _running(job: Job) -> str:
    if job.cancel_asked_at:
        return _("It stops at its next step …")
    words = words_of(job)
    if words and job.saying in words.sayings:
        return str(str(words.sayings[job.saying]) % job.saying_data)
    return _("It is at work. You may leave this page.")


def _error(job: Job) -> str:
    own = {
        "NOT_ALLOWED": _(
            "Whoever asked for it may not do this, or not any more. Nothing further was done; ask an administrator."
        ),
        "UNEXPECTED": _(
            "It failed for a reason that nobody foresaw. What it had finished before stands, nothing is half done. Tell the engineers the number %(job)s, then ask for it again."
        ),
        "WORKER_LOST": _(
            "The program that worked on it broke off three times. What it had finished before stands, nothing is half done. Tell the engineers the number %(job)s."
        ),
    }
    if job.error in own:
        return own[job.error] % {"job": job.public_id}
    words = words_of(job)
    return words.refusal(Refusal(job.error, **job.error_data)) if words else job.error
