"""Last year's ledger from upload to commit: looked at, judged by a job, committed by another.

A broken-off commit leaves the portions that were written; the same file, committed again, passes over them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from unionhall.apps.coverage import rules
from unionhall.apps.coverage.codes import ImportChoice, RowOutcome
from unionhall.apps.coverage.usecases.sheet.columns import LEDGER
from unionhall.apps.coverage.usecases.sheet.reading import as_list
from unionhall.apps.coverage.usecases.sheet.register import Judged, Register
from unionhall.apps.orgs.models import Union
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.codes import UNDER_WAY
from unionhall.kernel.imports import SheetError, check_form, read_form
from unionhall.kernel.imports.sheets import Row
from unionhall.kernel.imports.staging import Report, file_of, keep_file
from unionhall.kernel.jobs import enqueue
from unionhall.kernel.models import Job, StagedImport
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

KIND = "LEDGER"
CHECK, COMMIT = "LEDGER_CHECK", "LEDGER_COMMIT"
BATCH = 200

Step = Callable[[int, int | None], object]


@transaction.atomic
def hand_in(*, by: Acting, at: datetime, ground: Union, name: str, data: bytes) -> StagedImport:
    """Take a ledger for its dry run, which a job does. Raises SheetError when it has no such columns."""
    require(rules.keeps_ground, by, ground)
    check_form(LEDGER, name, data)
    staged = keep_file(by=by.actor, at=at, kind=KIND, subject=ground.public_id, name=name, data=data)
    _ask(CHECK, by, at, ground, staged)
    return staged


def _ask(kind: str, by: Acting, at: datetime, ground: Union, staged: StagedImport, **more: str) -> None:
    enqueue(kind, by=by, at=at, subject=staged.public_id, union=ground.pk, staged=staged.public_id, **more)


def check_sheet(*, by: Acting, at: datetime, staged: StagedImport, step: Step) -> dict[str, int]:
    """The dry run: judge every row and change nothing; how many rows have which outcome."""
    register = _register(by, at, staged)
    counts: Counter[str] = Counter()
    report = Report()
    for batch in _batches(staged):
        _note(register.judge(batch, lock=False), counts, report)
        step(counts.total(), None)
    with transaction.atomic():
        _finish(staged, counts, report, checked_at=at)
        audit.record(by.actor, "import.check", staged, at=at, refs={"rows": counts.total()})
    return dict(counts)


@transaction.atomic
def ask_commit(*, by: Acting, at: datetime, staged: StagedImport, choice: ImportChoice) -> None:
    """Have a checked ledger committed by a job: all rows, or the good ones only.

    Refused with IMPORT_UNDER_WAY, IMPORT_DONE, IMPORT_UNCHECKED, IMPORT_PURGED, IMPORT_ERRORS.
    """
    ground = Union.objects.get(public_id=staged.subject)
    require(rules.keeps_ground, by, ground)
    _must_be_ready(StagedImport.objects.select_for_update().get(pk=staged.pk), choice)
    if Job.objects.filter(subject=staged.public_id, state__in=UNDER_WAY).exists():
        raise Refusal("IMPORT_UNDER_WAY")
    _ask(COMMIT, by, at, ground, staged, choice=choice)


def commit_sheet(
    *, by: Acting, at: datetime, staged: StagedImport, choice: ImportChoice, step: Step
) -> dict[str, int]:
    """Judge every row again against what is there now, and write the good ones, 200 at a time."""
    register = _register(by, at, staged)
    _must_be_ready(staged, choice)
    total = sum(staged.counts.values())
    counts: Counter[str] = Counter()
    report = Report()
    for batch in _batches(staged):
        with transaction.atomic():
            judged = register.judge(batch, lock=True)
            wrong = sum(one.what == RowOutcome.ERROR for one in judged)
            if wrong and choice == ImportChoice.ALL:
                raise Refusal("IMPORT_ERRORS", rows=wrong)
            register.write(judged, by=by, at=at)
        _note(judged, counts, report)
        step(counts.total(), total)
    with transaction.atomic():
        fresh = StagedImport.objects.select_for_update().get(pk=staged.pk)
        if fresh.committed_at is not None:
            raise Refusal("IMPORT_DONE")
        _finish(staged, counts, report, committed_at=at)
        written = counts[RowOutcome.ADD] + counts[RowOutcome.CHANGE]
        audit.record(by.actor, "import.commit", staged, at=at, refs={"rows": written, "choice": choice})
    return dict(counts)


def _register(by: Acting, at: datetime, staged: StagedImport) -> Register:
    """What judges a file's rows; a job asks anew whether its asker may."""
    ground = Union.objects.get(public_id=staged.subject)
    require(rules.keeps_ground, by, ground)
    return Register(ground, at.astimezone(CITY).date())


def _must_be_ready(staged: StagedImport, choice: ImportChoice) -> None:
    if staged.committed_at is not None:
        raise Refusal("IMPORT_DONE")
    if staged.checked_at is None:
        raise Refusal("IMPORT_UNCHECKED")
    if staged.payload is None:
        raise Refusal("IMPORT_PURGED")
    wrong = staged.counts.get(RowOutcome.ERROR, 0)
    if wrong and choice == ImportChoice.ALL:
        raise Refusal("IMPORT_ERRORS", rows=wrong)


def _batches(staged: StagedImport) -> Iterator[list[Row]]:
    batch: list[Row] = []
    try:
        for row in read_form(LEDGER, staged.file_name, file_of(staged)):
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except SheetError as error:
        raise Refusal(error.code, **error.data) from error
    if batch:
        yield batch


def _note(judged: Sequence[Judged], counts: Counter[str], report: Report) -> None:
    for one in judged:
        counts[one.what] += 1
        if one.notes:
            notes = [as_list(note) for note in one.notes]
            named = one.row.values.get("name", "")
            report.add({"row": one.row.number, "named": named, "what": one.what, "notes": notes})


def _finish(staged: StagedImport, counts: Counter[str], report: Report, **when: datetime) -> None:
    told: dict[str, Any] = {"counts": dict(counts), "report": report.sealed_for(staged), **when}
    StagedImport.objects.filter(pk=staged.pk).update(**told)
    for name, value in told.items():
        setattr(staged, name, value)
