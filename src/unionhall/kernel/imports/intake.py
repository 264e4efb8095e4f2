"""A filled form from upload to commit: looked at, judged by a job, committed by another, a portion at a time.

Every row is answered twice, in the dry run and again in the commit, against what is there then. What is safe
when a commit is broken off: on PostgreSQL a file of which all rows or none were wanted is one transaction;
everywhere else each portion is one, so that nobody waits for the only writer of SQLite. Portions that were
committed stay, and the same file, committed again, passes over them as SAME.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from django.db import IntegrityError, connection, transaction

from unionhall.kernel import audit
from unionhall.kernel.codes import UNDER_WAY, ImportChoice
from unionhall.kernel.imports.forms import Form
from unionhall.kernel.imports.sheets import Row, SheetError
from unionhall.kernel.imports.staging import Report, file_of, keep_file
from unionhall.kernel.imports.streams import check_form, read_form
from unionhall.kernel.jobs import enqueue
from unionhall.kernel.models import Job, StagedImport
from unionhall.kernel.permissions import Acting
from unionhall.kernel.refusals import Refusal

# Two outcomes that every kind of form knows; all others mean that something is written.
SAME, ERROR = "SAME", "ERROR"
# A report names the row's column of this name, so that a page can show whom it is about.
NAMED = "name"

Step = Callable[[int, int | None], object]
# A code, the column that it is about, and data, for words.
Noted = tuple[str, str, Mapping[str, str | int]]


class Answered(Protocol):
    """What a row would do, or did, and what is to be said of it."""

    @property
    def row(self) -> Row: ...
    @property
    def what(self) -> str: ...
    @property
    def notes(self) -> Sequence[Noted]: ...


A = TypeVar("A", bound=Answered)


class Register(Protocol[A]):
    """What judges the rows of one kind of form, a portion at a time, and writes those that are good."""

    def judge(self, rows: Sequence[Row], *, lock: bool) -> list[A]:
        """What each row does now; with ``lock`` what it hangs on is held until the transaction ends."""

    def write(self, answers: Sequence[A], /, *, by: Acting, at: datetime, source: str) -> None:
        """Do what good rows say, in the caller's transaction; ``source`` is the file's public id."""


@dataclass(frozen=True)
class Intake:
    """One way in: the kinds of its two jobs, and how many rows are judged and written at a time.

    Who may is asked by whoever calls, in the job once more.
    """

    check_kind: str
    commit_kind: str
    portion: int

    @transaction.atomic
    def hand_in(
        self,
        *,
        by: Acting,
        at: datetime,
        kind: str,
        subject: str,
        union: int,
        form: Form,
        name: str,
        data: bytes,
    ) -> StagedImport:
        """Take a filled form for its dry run, which a job does. Raises SheetError when it is no such form.

        ``subject`` is the public id of the union with the key ``union``.
        """
        check_form(form, name, data)
        staged = keep_file(by=by.actor, at=at, kind=kind, subject=subject, name=name, data=data)
        self._ask(self.check_kind, by, at, union, staged)
        return staged

    def _ask(
        self, kind: str, by: Acting, at: datetime, union: int, staged: StagedImport, **more: str
    ) -> None:
        enqueue(kind, by=by, at=at, subject=staged.public_id, union=union, staged=staged.public_id, **more)

    def check(
        self, *, by: Acting, at: datetime, form: Form, staged: StagedImport, register: Register[A], step: Step
    ) -> dict[str, int]:
        """The dry run: judge every row and change nothing; how many rows have which outcome.

        ``step`` is told how many rows are done, of how many.
        """
        answers = _Answers()
        for rows in self._portions(form, staged):
            answers.note(register.judge(rows, lock=False))
            step(answers.rows, None)
        with transaction.atomic():
            answers.keep(staged, checked_at=at)
            refs: dict[str, str | int] = {"rows": answers.rows, "subject": staged.subject}
            audit.record(by.actor, "import.check", staged, at=at, refs=refs)
        return dict(answers.counts)

    @transaction.atomic
    def ask_commit(
        self, *, by: Acting, at: datetime, union: int, staged: StagedImport, choice: ImportChoice
    ) -> None:
        """Have a checked file committed by a job: all rows or none, or the good ones only.

        Refused with IMPORT_UNDER_WAY, IMPORT_DONE, IMPORT_UNCHECKED, IMPORT_PURGED, and with IMPORT_ERRORS
        when all rows or none were wanted and some are wrong.
        """
        _must_be_ready(StagedImport.objects.select_for_update().get(pk=staged.pk), choice)
        if Job.objects.filter(subject=staged.public_id, state__in=UNDER_WAY).exists():
            raise Refusal("IMPORT_UNDER_WAY")
        self._ask(self.commit_kind, by, at, union, staged, choice=choice)

    def commit(
        self,
        *,
        by: Acting,
        at: datetime,
        form: Form,
        staged: StagedImport,
        register: Register[A],
        choice: ImportChoice,
        step: Step,
    ) -> dict[str, int]:
        """Judge every row again against what is there now, and write the good ones.

        Refused like `ask_commit`; with ALL also when a row has become wrong since the dry run
        (IMPORT_ERRORS): on PostgreSQL nothing is written then, on SQLite what stands before its portion.
        """
        _must_be_ready(staged, choice)
        total = sum(staged.counts.values())
        answers = _Answers()

        def write(rows: Sequence[Row]) -> list[A]:
            with transaction.atomic():
                judged = register.judge(rows, lock=True)
                wrong = sum(one.what == ERROR for one in judged)
                if wrong and choice == ImportChoice.ALL:
                    raise Refusal("IMPORT_ERRORS", rows=wrong)
                register.write(judged, by=by, at=at, source=staged.public_id)
                return judged

        with _all_or_none(choice):
            for rows in self._portions(form, staged):
                try:
                    judged = write(rows)
                except IntegrityError:
                    # Somebody registered one of them in this very moment; now it is seen.
                    judged = write(rows)
                answers.note(judged)
                step(answers.rows, total)
            with transaction.atomic():
                fresh = StagedImport.objects.select_for_update().get(pk=staged.pk)
                if fresh.committed_at is not None:
                    raise Refusal("IMPORT_DONE")
                answers.keep(staged, committed_at=at)
                written = answers.rows - answers.counts[SAME] - answers.counts[ERROR]
                refs: dict[str, str | int] = {"rows": written, "subject": staged.subject, "choice": choice}
                audit.record(by.actor, "import.commit", staged, at=at, refs=refs)
        return dict(answers.counts)

    def _portions(self, form: Form, staged: StagedImport) -> Iterator[list[Row]]:
        try:
            rows = read_form(form, staged.file_name, file_of(staged))
            while portion := list(islice(rows, self.portion)):
                yield portion
        except SheetError as error:
            raise Refusal(error.code, **error.data) from error


def _all_or_none(choice: ImportChoice) -> contextlib.AbstractContextManager[object]:
    whole = choice == ImportChoice.ALL and connection.vendor == "postgresql"
    return transaction.atomic() if whole else contextlib.nullcontext()


def _must_be_ready(staged: StagedImport, choice: ImportChoice) -> None:
    if staged.committed_at is not None:
        raise Refusal("IMPORT_DONE")
    if staged.checked_at is None:
        raise Refusal("IMPORT_UNCHECKED")
    if staged.payload is None:
        raise Refusal("IMPORT_PURGED")
    wrong = staged.counts.get(ERROR, 0)
    if wrong and choice == ImportChoice.ALL:
        raise Refusal("IMPORT_ERRORS", rows=wrong)


class _Answers:
    """What was answered so far: how many rows have which outcome, and what is to be said of single ones."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._report = Report()

    @property
    def rows(self) -> int:
        return self.counts.total()

    def note(self, answers: Sequence[Answered]) -> None:
        for one in answers:
            self.counts[one.what] += 1
            if one.notes:
                named = one.row.values.get(NAMED, "")
                self._report.add(
                    {"row": one.row.number, "named": named, "what": one.what, "notes": one.notes}
                )

    def keep(self, staged: StagedImport, **when: datetime) -> None:
        told: dict[str, Any] = {
            "counts": dict(self.counts),
            "report": self._report.sealed_for(staged),
            **when,
        }
        StagedImport.objects.filter(pk=staged.pk).update(**told)
        for name, value in told.items():
            setattr(staged, name, value)
