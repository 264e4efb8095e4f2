"""A filled form from upload to commit: looked at, judged by a job, committed by another.

What is safe when a commit is broken off: on PostgreSQL a file of which all rows or none were wanted is one
transaction; everywhere else each batch of a thousand rows is one, so that nobody waits for the only writer of
SQLite. Batches that were committed stay, and the same file, committed again, passes over them as SAME.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from unionhall.apps.membership import rules
from unionhall.apps.membership.codes import ImportChoice, RowOutcome
from unionhall.apps.membership.usecases.collecting.columns import FORMS
from unionhall.apps.membership.usecases.collecting.members import MemberRegister
from unionhall.apps.membership.usecases.collecting.organisations import EmployerRegister, UnionRegister
from unionhall.apps.membership.usecases.collecting.verdicts import Register, Verdict
from unionhall.apps.orgs import rules as orgs_rules
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.codes import UNDER_WAY
from unionhall.kernel.imports import SheetError, check_form, read_form
from unionhall.kernel.imports.sheets import Row
from unionhall.kernel.imports.staging import Report, file_of, keep_file, purge_imports
from unionhall.kernel.jobs import enqueue
from unionhall.kernel.models import Job, StagedImport
from unionhall.kernel.permissions import Acting, allowed, require
from unionhall.kernel.refusals import Refusal

CHECK, COMMIT = "COLLECTION_CHECK", "COLLECTION_COMMIT"
BATCH = 1000
# Rows of a report that name the row's first column, so that a page can show whom it is about.
NAMED = "name"

Step = Callable[[int, int | None], object]
REGISTERS: Mapping[str, Callable[..., Register]] = {
    "MEMBERS": MemberRegister,
    "UNIONS": UnionRegister,
    "EMPLOYERS": EmployerRegister,
}
# Rolls are kept by officers too, the register of unions and employers by administrators.
RULES = {"MEMBERS": rules.keeps_roll, "UNIONS": orgs_rules.administers, "EMPLOYERS": orgs_rules.administers}


def kinds_for(account: Any, union: Union) -> list[str]:
    """The forms that an account may hand in for a union."""
    return [kind for kind, rule in RULES.items() if allowed(rule, account, union)]


def hand_in(*, by: Acting, at: datetime, union: Union, kind: str, name: str, data: bytes) -> StagedImport:
    """Take a filled form for its dry run, which a job does. Raises SheetError when it is no such form."""
    require(RULES[kind], by, union)
    check_form(FORMS[kind], name, data)
    with transaction.atomic():
        staged = keep_file(by=by.actor, at=at, kind=kind, subject=union.public_id, name=name, data=data)
        _ask(CHECK, by, at, union, staged)
    purge_imports(at=at)
    return staged


def _ask(kind: str, by: Acting, at: datetime, union: Union, staged: StagedImport, **more: str) -> None:
    enqueue(kind, by=by, at=at, subject=staged.public_id, union=union.pk, staged=staged.public_id, **more)


def check_import(*, by: Acting, at: datetime, staged: StagedImport, step: Step) -> dict[str, int]:
    """The dry run: judge every row and change nothing; how many rows have which outcome.

    ``step`` is told how many rows are done, of how many.
    """
    union, register = _register(by, at, staged)
    counts: Counter[str] = Counter()
    report = Report()
    for batch in _batches(staged):
        _note(register.judge(batch, lock=False), counts, report)
        step(counts.total(), None)
    with transaction.atomic():
        _finish(staged, counts, report, checked_at=at)
        audit.record(
            by.actor, "import.check", staged, at=at, refs={"rows": counts.total(), "subject": union.public_id}
        )
    return dict(counts)


@transaction.atomic
def ask_commit(*, by: Acting, at: datetime, staged: StagedImport, choice: ImportChoice) -> None:
    """Have a checked file committed by a job: all rows or none, or the good ones only.

    Refused with IMPORT_UNDER_WAY, IMPORT_DONE, IMPORT_UNCHECKED, IMPORT_PURGED, and with IMPORT_ERRORS when
    all rows or none were wanted and some are wrong.
    """
    union = _union_of(staged)
    require(RULES[staged.kind], by, union)
    _must_be_ready(StagedImport.objects.select_for_update().get(pk=staged.pk), choice)
    if Job.objects.filter(subject=staged.public_id, state__in=UNDER_WAY).exists():
        raise Refusal("IMPORT_UNDER_WAY")
    _ask(COMMIT, by, at, union, staged, choice=choice)


def commit_form(
    *, by: Acting, at: datetime, staged: StagedImport, choice: ImportChoice, step: Step
) -> dict[str, int]:
    """Judge every row again against what is there now, and write the good ones, a thousand at a time.

    Refused like `ask_commit`; with ALL also when a row has become wrong since the dry run (IMPORT_ERRORS): on
    PostgreSQL nothing is written then, on SQLite what stands in the batches before that row.
    """
    union, register = _register(by, at, staged)
    _must_be_ready(staged, choice)
    total = sum(staged.counts.values())
    counts: Counter[str] = Counter()
    report = Report()
    with _all_or_none(choice):
        for batch in _batches(staged):
            verdicts = _write(register, batch, by, at, staged, choice)
            _note(verdicts, counts, report)
            step(counts.total(), total)
        with transaction.atomic():
            fresh = StagedImport.objects.select_for_update().get(pk=staged.pk)
            if fresh.committed_at is not None:
                raise Refusal("IMPORT_DONE")
            _finish(staged, counts, report, committed_at=at)
            added = counts.total() - counts[RowOutcome.SAME] - counts[RowOutcome.ERROR]
            refs: dict[str, str | int] = {"rows": added, "subject": union.public_id, "choice": choice}
            audit.record(by.actor, "import.commit", staged, at=at, refs=refs)
    return dict(counts)


def _all_or_none(choice: ImportChoice) -> contextlib.AbstractContextManager[object]:
    whole = choice == ImportChoice.ALL and connection.vendor == "postgresql"
    return transaction.atomic() if whole else contextlib.nullcontext()


def _write(
    register: Register,
    batch: Sequence[Row],
    by: Acting,
    at: datetime,
    staged: StagedImport,
    choice: ImportChoice,
) -> list[Verdict]:
    for again in (False, True):
        try:
            with transaction.atomic():
                verdicts = register.judge(batch, lock=True)
                wrong = sum(one.what == RowOutcome.ERROR for one in verdicts)
                if wrong and choice == ImportChoice.ALL:
                    raise Refusal("IMPORT_ERRORS", rows=wrong)
                register.write(verdicts, by=by, at=at, source=staged.public_id)
                return verdicts
        except IntegrityError:
            # Somebody registered one of them in this very moment; now it is seen.
            if again:
                raise
    raise AssertionError("written or raised")


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


def _union_of(staged: StagedImport) -> Union:
    return Union.objects.get(public_id=staged.subject)


def _register(by: Acting, at: datetime, staged: StagedImport) -> tuple[Union, Register]:
    """What judges a file's rows; a job asks anew whether its asker may."""
    union = _union_of(staged)
    require(RULES[staged.kind], by, union)
    today = at.astimezone(CITY).date()
    return union, REGISTERS[staged.kind](union, subtree([union.pk], today), today)


def _batches(staged: StagedImport) -> Iterator[list[Row]]:
    batch: list[Row] = []
    try:
        for row in read_form(FORMS[staged.kind], staged.file_name, file_of(staged)):
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except SheetError as error:
        raise Refusal(error.code, **error.data) from error
    if batch:
        yield batch


def _note(verdicts: Sequence[Verdict], counts: Counter[str], report: Report) -> None:
    for one in verdicts:
        counts[one.what] += 1
        if one.notes:
            named = one.row.values.get(NAMED, "")
            notes = [note.as_list() for note in one.notes]
            report.add({"row": one.row.number, "named": named, "what": one.what, "notes": notes})


def _finish(staged: StagedImport, counts: Counter[str], report: Report, **when: datetime) -> None:
    told: dict[str, Any] = {"counts": dict(counts), "report": report.sealed_for(staged), **when}
    StagedImport.objects.filter(pk=staged.pk).update(**told)
    for name, value in told.items():
        setattr(staged, name, value)
