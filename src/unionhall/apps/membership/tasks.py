"""Long work of joining, as jobs, and the words that tell of it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership import deadlines, messages, queries
from unionhall.apps.membership.usecases import reminding
from unionhall.apps.membership.usecases.collecting import exporting, importing
from unionhall.apps.orgs.queries import federation
from unionhall.kernel import clock
from unionhall.kernel.codes import ImportChoice
from unionhall.kernel.jobs import JobWords, Progress, describe_job, every_day, job
from unionhall.kernel.models import Job


@job(importing.CHECK)
def check(progress: Progress, *, staged: str) -> dict[str, int]:
    """The dry run of a form."""
    return importing.check_import(
        by=progress.by,
        at=clock.now(),
        staged=queries.collections.staged(staged),
        step=lambda done, total: progress.step(done, total, "ROWS_CHECKED"),
    )


@job(importing.COMMIT)
def commit(progress: Progress, *, staged: str, choice: str) -> dict[str, int]:
    """Writing what a form says. Repeated, it passes over the rows that are in."""
    return importing.commit_form(
        by=progress.by,
        at=clock.now(),
        staged=queries.collections.staged(staged),
        choice=ImportChoice(choice),
        step=lambda done, total: progress.step(done, total, "ROWS_WRITTEN"),
    )


REMINDERS = "REMINDERS"


@job(REMINDERS)
def send_reminders(progress: Progress) -> dict[str, int]:
    """The day's messages. Repeated, it sends what was not sent and nothing twice."""
    return reminding.send_reminders(
        by=progress.by,
        at=clock.now(),
        step=lambda done, total: progress.step(done, total, "MESSAGES_SENT"),
    )


def _federation() -> int | None:
    found = federation()
    return found.pk if found else None


@job(exporting.EXPORT)
def export(progress: Progress, *, export: str) -> dict[str, int]:
    """Writing a roll into a workbook. Repeated, it finds the finished one."""
    rows = exporting.write_roll(
        by=progress.by, at=clock.now(), export=queries.collections.export(export), step=progress.step
    )
    return {"rows": rows}


def _exported(job: Job) -> tuple[str, str]:
    export = queries.collections.export(job.subject)
    return export.union.name, reverse("membership:exported", args=[export.union.public_id, export.public_id])


def _rows(job: Job) -> str:
    rows = (job.result or {}).get("rows", 0)
    told = ngettext(
        "%(rows)s row is written. The workbook is kept for seven days.",
        "%(rows)s rows are written. The workbook is kept for seven days.",
        rows,
    )
    return told % {"rows": f"{rows:,}"}


def _subject(job: Job) -> tuple[str, str]:
    staged = queries.collections.staged(job.subject)
    return staged.file_name, reverse("membership:collected", args=[staged.subject, staged.public_id])


def describe() -> None:
    """Say how these jobs are told; called when the app is ready."""
    sayings = {
        "ROWS_CHECKED": _("Rows are being checked; nothing is changed yet."),
        "ROWS_WRITTEN": _("Rows are being written, a thousand at a time."),
    }
    for kind, name in ((importing.CHECK, _("Checking a form")), (importing.COMMIT, _("Importing a form"))):
        describe_job(
            kind,
            JobWords(
                name=name,
                subject=_subject,
                result=lambda job: messages.of_counts(job.result or {}),
                refusal=messages.of_refusal,
                sayings=sayings,
            ),
        )
    describe_job(
        REMINDERS,
        JobWords(
            name=_("Reminders of the day"),
            subject=lambda _job: (gettext("Reminders"), reverse("membership:reminders")),
            result=lambda job: messages.of_reminders(job.result or {}),
            refusal=messages.of_refusal,
            sayings={"MESSAGES_SENT": _("Messages are being sent.")},
        ),
    )
    every_day(REMINDERS, after=deadlines.SEND_AFTER, union=_federation)
    describe_job(
        exporting.EXPORT,
        JobWords(
            name=_("Exporting a roll"),
            subject=_exported,
            result=_rows,
            refusal=messages.of_refusal,
            sayings={
                "ROLL_WRITTEN": _("Members are being written into the workbook."),
                "ROLL_PACKING": _("All members are written; the workbook is being packed and encrypted."),
                "ROLL_PACKED": _("The workbook is packed and encrypted."),
            },
        ),
    )
