"""Long work as jobs: asked for in a transaction, done by a worker, told in words.

    @job("MEMBERS_IMPORT")
    def work(progress: Progress, *, staged: str) -> dict[str, int]: ...

    enqueue("MEMBERS_IMPORT", by=by, at=at, subject=staged.public_id, staged=staged.public_id)

A job may be begun again after its worker died, so repeating it must be safe. See
docs/explanation/architecture.md.
"""

from unionhall.kernel.jobs.daily import every_day
from unionhall.kernel.jobs.kinds import JobWords, describe_job, job
from unionhall.kernel.jobs.progress import Cancelled, Progress
from unionhall.kernel.jobs.queue import cancel_job, enqueue
from unionhall.kernel.jobs.running import run_jobs

__all__ = [
    "Cancelled",
    "JobWords",
    "Progress",
    "cancel_job",
    "describe_job",
    "enqueue",
    "every_day",
    "job",
    "run_jobs",
]
