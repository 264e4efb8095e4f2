"""Long work of the ledger, as jobs, and the words that tell of it."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage import messages, queries
from unionhall.apps.coverage.models import BlockPlan, Delivery, LinkageRun
from unionhall.apps.coverage.usecases import placing, priority
from unionhall.apps.coverage.usecases.blocks import planning
from unionhall.apps.coverage.usecases.registers import arriving, runs
from unionhall.apps.coverage.usecases.sheet import importing
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.codes import ImportChoice
from unionhall.kernel.jobs import JobWords, Progress, describe_job, job
from unionhall.kernel.models import Job, StagedImport


@job(priority.RESCORE)
def rescore(progress: Progress, *, of: str) -> dict[str, int]:
    """Scores made anew. Repeated, it writes only what differs."""
    return priority.rescore(
        by=progress.by,
        at=clock.now(),
        union=Union.objects.get(public_id=of),
        step=lambda done, total: progress.step(done, total, "ROWS_SCORED"),
    )


@job(importing.CHECK)
def check_sheet(progress: Progress, *, staged: str) -> dict[str, int]:
    """The dry run of a ledger."""
    return importing.check_sheet(
        by=progress.by,
        at=clock.now(),
        staged=_staged(staged),
        step=lambda done, total: progress.step(done, total, "ROWS_CHECKED"),
    )


@job(importing.COMMIT)
def commit_sheet(progress: Progress, *, staged: str, choice: str) -> dict[str, int]:
    """Writing what a ledger says. Repeated, it passes over the rows that are in."""
    return importing.commit_sheet(
        by=progress.by,
        at=clock.now(),
        staged=_staged(staged),
        choice=ImportChoice(choice),
        step=lambda done, total: progress.step(done, total, "ROWS_WRITTEN"),
    )


@job(placing.PLACE)
def place_all(progress: Progress, *, of: str) -> dict[str, int]:
    """Where everything in a ground stands. Repeated, it writes only what differs."""
    return placing.place_all(
        by=progress.by,
        at=clock.now(),
        ground=Union.objects.get(public_id=of),
        step=lambda done, total: progress.step(done, total, "ROWS_PLACED"),
    )


@job(planning.PLAN)
def make_plan(progress: Progress, *, plan: str) -> dict[str, int]:
    """A plan of blocks. Repeated, it makes the same one."""
    return planning.make_plan(
        by=progress.by,
        at=clock.now(),
        plan=BlockPlan.objects.select_related("ground").get(public_id=plan),
        step=lambda done, total: progress.step(done, total, "PLANNING"),
    )


@job(arriving.READ)
def read_register(progress: Progress, *, delivery: str) -> dict[str, int]:
    """A register whose columns are confirmed is read. Repeated, it reads anew."""
    return arriving.read_delivery(
        by=progress.by,
        at=clock.now(),
        delivery=_delivery(delivery),
        step=lambda done, total: progress.step(done, total, "ROWS_READ"),
    )


@job(runs.LINK)
def link_registers(progress: Progress, *, run: str) -> dict[str, int]:
    """Registers linked and the ledger told. Repeated, it changes nothing that it has written."""
    return runs.do_run(
        by=progress.by, at=clock.now(), run=_run(run), step=progress.step, stopped=progress.stopped
    )


def _delivery(public_id: str) -> Delivery:
    return Delivery.objects.select_related("source__agreement__ground").get(public_id=public_id)


def _run(public_id: str) -> LinkageRun:
    return LinkageRun.objects.select_related(
        "ground", *(f"{name}__source__agreement" for name in runs.PARTS)
    ).get(public_id=public_id)


def _staged(public_id: str) -> StagedImport:
    found = queries.enterprises.sheet_of(public_id)
    assert found is not None, "a job names a ledger that was handed in"
    return found


def _sheet(job: Job) -> tuple[str, str]:
    staged = _staged(job.subject)
    return staged.file_name, reverse("coverage:sheet", args=[staged.subject, staged.public_id])


def _file(job: Job) -> tuple[str, str]:
    found = _delivery(job.subject)
    return found.file_name, reverse("coverage:delivery", args=[found.public_id])


def _linked(job: Job) -> tuple[str, str]:
    found = _run(job.subject)
    return found.ground.short_name, reverse("coverage:run", args=[found.public_id])


def _union(job: Job) -> tuple[str, str]:
    union = Union.objects.get(public_id=job.subject)
    return union.short_name, reverse("coverage:priority", args=[union.public_id])


def _ground(job: Job) -> tuple[str, str]:
    union = Union.objects.get(public_id=job.subject)
    return union.short_name, reverse("coverage:ground", args=[union.public_id])


def _plan(job: Job) -> tuple[str, str]:
    plan = BlockPlan.objects.select_related("ground").get(public_id=job.subject)
    return plan.ground.short_name, reverse("coverage:plan", args=[plan.public_id])


def _of_plan(job: Job) -> str:
    result = job.result or {"blocks": 0, "moves": 0, "problems": 0}
    if result["problems"]:
        return now("No plan could be made: %(problems)s things are in the way") % result
    return now("%(blocks)s blocks, %(moves)s would change hands") % result


def _tell(
    kind: str,
    name: str | Promise,
    subject: Callable[[Job], tuple[str, str]],
    result: Callable[[Job], str],
    **sayings: str | Promise,
) -> None:
    words = JobWords(name=name, subject=subject, result=result, refusal=messages.of_refusal, sayings=sayings)
    describe_job(kind, words)


def describe() -> None:
    """Say how these jobs are told; called when the app is ready."""
    _tell(
        priority.RESCORE,
        _("Priorities of the ledger made anew"),
        _union,
        lambda job: (
            now("%(rows)s enterprises looked at, %(changed)s have another priority")
            % (job.result or {"rows": 0, "changed": 0})
        ),
        ROWS_SCORED=_("Priorities are being made anew, 500 at a time."),
    )
    _tell(
        placing.PLACE,
        _("Blocks found by coordinates"),
        _ground,
        lambda job: (
            now("%(rows)s enterprises and sites looked at, %(changed)s lie in another block")
            % (job.result or {"rows": 0, "changed": 0})
        ),
        ROWS_PLACED=_("It is looked up in which block each stands, 500 at a time."),
    )
    _tell(planning.PLAN, _("Plan of blocks"), _plan, _of_plan, PLANNING=_("The ground is being divided."))
    for kind, name in (
        (importing.CHECK, _("Checking a ledger")),
        (importing.COMMIT, _("Taking a ledger over")),
    ):
        _tell(
            kind,
            name,
            _sheet,
            lambda job: messages.of_counts(job.result or {}),
            ROWS_CHECKED=_("Rows are being checked; nothing is changed yet."),
            ROWS_WRITTEN=_("Rows are being written, 200 at a time."),
        )
    _tell(
        arriving.READ,
        _("Reading a register"),
        _file,
        lambda job: (
            now("%(rows)s rows read, %(duplicates)s of them twice")
            % (job.result or {"rows": 0, "duplicates": 0})
        ),
        ROWS_READ=_("Rows are being read; what the agreement does not cover is left out."),
    )
    _tell(
        runs.LINK,
        _("Linking registers"),
        _linked,
        lambda job: messages.of_written(job.result or {}),
        RUN_OPENING=_("The registers are being opened."),
        RUN_LINKING=_("The registers are being compared; millions of rows take minutes."),
        RUN_KEEPING=_("The register of unions is kept for later runs, without persons and phones."),
        RUN_WRITING=_("The ledger is being written, 500 enterprises at a time."),
    )
