"""Who sees a job and may cancel it."""

from __future__ import annotations

from typing import Any

from rules.predicates import Predicate

from unionhall.kernel.jobs.kinds import words_of
from unionhall.kernel.models import Job
from unionhall.kernel.permissions import ADMINISTRATOR, in_reach


def _asked(account: Any, job: Job) -> bool:
    return job.asked_by == str(account.actor)


def _by_kind(account: Any, job: Job) -> bool:
    words = words_of(job)
    return words is not None and words.seen_by is not None and bool(words.seen_by(account, job))


def _union(job: Job) -> int | None:
    return job.union


sees_job = Predicate(_asked, "asked") | in_reach(ADMINISTRATOR, of=_union) | Predicate(_by_kind, "by_kind")
