"""The kinds of jobs: the function that does the work, and the words that tell of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from rules.predicates import Predicate

from unionhall.kernel.jobs.progress import Progress
from unionhall.kernel.models import Job
from unionhall.kernel.refusals import Refusal

Work = Callable[..., Mapping[str, str | int]]


@dataclass(frozen=True)
class JobWords:
    """How a kind of job is told to people; everything is called when a page is made.

    ``subject`` gives the title and address of what a job is about, ``result`` what it did, ``refusal`` why
    not; ``sayings`` are sentences by the codes that the work hands to `Progress.step`. ``seen_by`` lets
    others see and cancel it besides whoever asked and the administrators of its union.
    """

    name: str | Promise
    subject: Callable[[Job], tuple[str, str]]
    result: Callable[[Job], str]
    refusal: Callable[[Refusal], str]
    sayings: Mapping[str, str | Promise] = field(default_factory=dict)
    seen_by: Predicate | None = None


_works: dict[str, Work] = {}
_words: dict[str, JobWords] = {}


def job(kind: str) -> Callable[[Work], Work]:
    """Register ``work(progress, **arguments) -> result`` as what a kind of job does.

    Arguments and result are ids, codes and numbers. A Refusal ends the job as failed, told in words.
    """

    def register(work: Work) -> Work:
        assert _works.get(kind, work) is work, f"two kinds of jobs are called {kind}"
        _works[kind] = work
        return work

    return register


def describe_job(kind: str, words: JobWords) -> None:
    """Say how a kind of job is told; called when an app is ready."""
    _words[kind] = words


def kinds() -> list[str]:
    """The kinds that this program can do; what a newer one asked for is left to it."""
    return list(_works)


def do(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Do the work of a job."""
    return _works[job.kind](progress, **job.arguments)


def words_of(job: Job) -> JobWords | None:
    """How a job is told; None for a kind that this program does not know."""
    return _words.get(job.kind)
