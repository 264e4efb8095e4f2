"""Long work of the ledger, as jobs, and the words that tell of it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage import messages
from unionhall.apps.coverage.usecases import priority
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.jobs import JobWords, Progress, describe_job, job
from unionhall.kernel.models import Job


@job(priority.RESCORE)
def rescore(progress: Progress, *, of: str) -> dict[str, int]:
    """Scores made anew. Repeated, it writes only what differs."""
    return priority.rescore(
        by=progress.by,
        at=clock.now(),
        union=Union.objects.get(public_id=of),
        step=lambda done, total: progress.step(done, total, "ROWS_SCORED"),
    )


def _union(job: Job) -> tuple[str, str]:
    union = Union.objects.get(public_id=job.subject)
    return union.short_name, reverse("coverage:priority", args=[union.public_id])


def describe() -> None:
    """Say how these jobs are told; called when the app is ready."""
    describe_job(
        priority.RESCORE,
        JobWords(
            name=_("Priorities of the ledger made anew"),
            subject=_union,
            result=lambda job: (
                now("%(rows)s enterprises looked at, %(changed)s have another priority")
                % (job.result or {"rows": 0, "changed": 0})
            ),
            refusal=messages.of_refusal,
            sayings={"ROWS_SCORED": _("Priorities are being made anew, 500 at a time.")},
        ),
    )
