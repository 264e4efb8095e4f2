"""Between the dry run and the commit: the uploaded file, encrypted, for as long as it is needed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from unionhall.kernel import audit, keyring
from unionhall.kernel.audit import Actor
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.imports.sheets import Column, Row, Table, read_table
from unionhall.kernel.models import StagedImport
from unionhall.kernel.refusals import Refusal

KEPT = timedelta(days=7)
UNPACKED = 1 << 20  # bytes of a report that are unpacked at a time


@dataclass(frozen=True)
class Outcome:
    """What a row would do: ADD, SAME, or ERROR with the reason and what to do, in words."""

    row: Row
    what: str
    said: str = ""


def stage_import(
    *, by: Actor, at: datetime, kind: str, subject: str, name: str, data: bytes, columns: Sequence[Column]
) -> StagedImport:
    """Keep an uploaded file for its dry run; nothing else is changed. Raises SheetError."""
    read_table(name, data, columns)
    return keep_file(by=by, at=at, kind=kind, subject=subject, name=name, data=data)


def keep_file(*, by: Actor, at: datetime, kind: str, subject: str, name: str, data: bytes) -> StagedImport:
    """Keep a file that was looked at, encrypted, for seven days."""
    public_id = new_public_id()
    with transaction.atomic():
        staged = StagedImport.objects.create(
            public_id=public_id,
            kind=kind,
            subject=subject,
            file_name=name[-100:],
            payload=keyring.encrypt(data, public_id),
            created_at=at,
        )
        audit.record(by, "import.stage", staged, at=at, refs={"subject": subject})
    purge_imports(at=at)
    return staged


class Report:
    """What a dry run or a commit has to say of single rows, kept beside the file, encrypted and as long."""

    def __init__(self) -> None:
        self._packing = zlib.compressobj()
        self._packed = bytearray()

    def add(self, line: Mapping[str, Any]) -> None:
        """Note what is to be said of one row."""
        self._packed += self._packing.compress(json.dumps(line, ensure_ascii=False).encode() + b"\n")

    def sealed_for(self, staged: StagedImport) -> bytes:
        """The report as it is stored; nothing can be added any more."""
        self._packed += self._packing.flush()
        return keyring.encrypt(bytes(self._packed), f"report:{staged.public_id}")


def report_of(staged: StagedImport) -> Iterator[dict[str, Any]]:
    """What was noted of single rows, in their order."""
    if staged.report:
        packed = keyring.decrypt(bytes(staged.report), f"report:{staged.public_id}")
        unpacking, rest = zlib.decompressobj(), b""
        while packed:
            *lines, rest = (rest + unpacking.decompress(packed, UNPACKED)).split(b"\n")
            packed = unpacking.unconsumed_tail
            yield from map(json.loads, lines)


def file_of(staged: StagedImport) -> bytes:
    """The uploaded file; refused with IMPORT_PURGED when it has been deleted."""
    if not staged.payload:
        raise Refusal("IMPORT_PURGED")
    return keyring.decrypt(bytes(staged.payload), staged.public_id)


def table_of(staged: StagedImport, columns: Sequence[Column]) -> Table:
    """The rows of a staged file."""
    return read_table(staged.file_name, file_of(staged), columns)


@transaction.atomic
def commit_import(
    *,
    by: Actor,
    at: datetime,
    staged: StagedImport,
    plan: Callable[[], Sequence[Outcome]],
    add: Callable[[Row], object],
) -> int:
    """Plan again against what is there now, and add every row, or none; returns how many were added.

    Refused with IMPORT_DONE when it was committed already, and with IMPORT_ERRORS while any row is wrong.
    """
    staged = StagedImport.objects.select_for_update().get(pk=staged.pk)
    if staged.committed_at is not None:
        raise Refusal("IMPORT_DONE")
    outcomes = plan()
    wrong = sum(outcome.what == "ERROR" for outcome in outcomes)
    if wrong:
        raise Refusal("IMPORT_ERRORS", rows=wrong)
    added = [add(outcome.row) for outcome in outcomes if outcome.what == "ADD"]
    staged.committed_at = at
    staged.save(update_fields=["committed_at"])
    audit.record(by, "import.commit", staged, at=at, refs={"rows": len(added), "subject": staged.subject})
    return len(added)


@transaction.atomic
def discard_import(*, by: Actor, at: datetime, staged: StagedImport) -> None:
    """Delete a staged file that is not wanted any more."""
    staged.payload = staged.report = None
    staged.save(update_fields=["payload", "report"])
    audit.record(by, "import.discard", staged, at=at)


def purge_imports(*, at: datetime) -> int:
    """Delete files seven days after their commit, or after they were left uncommitted; how many."""
    kept = StagedImport.objects.exclude(payload=None)
    return kept.filter(created_at__lt=at - KEPT).update(payload=None, report=None)
