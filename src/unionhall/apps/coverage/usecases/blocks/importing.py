"""Blocks from upload to commit: looked at first, written when somebody has seen what would come of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import RowOutcome
from unionhall.apps.coverage.models import Block, BlockBorder, Stewardship
from unionhall.apps.coverage.queries.blocks import KIND
from unionhall.apps.coverage.usecases.blocks.reading import File, Given, read_file
from unionhall.apps.coverage.usecases.enterprises import account_of
from unionhall.apps.coverage.usecases.placing import place_soon
from unionhall.apps.orgs.models import Union
from unionhall.apps.people import rules as people_rules
from unionhall.apps.people.models import Person
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.imports import SheetError
from unionhall.kernel.imports.staging import file_of, keep_file
from unionhall.kernel.models import StagedImport
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal


@dataclass
class Judged:
    """A block of a file, and what it would do."""

    given: Given
    what: RowOutcome
    block: Block | None = None


@dataclass
class Looked:
    """What a file would do."""

    file: File
    rows: list[Judged]
    # New neighbours, and present ones that the file does not know.
    borders: int

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(str(one.what) for one in self.rows))


@transaction.atomic
def hand_in_blocks(*, by: Acting, at: datetime, ground: Union, name: str, data: bytes) -> StagedImport:
    """Keep a file of blocks for its dry run; nothing else is changed. Raises SheetError."""
    require(rules.keeps_ground, by, ground)
    read_file(name, data)
    return keep_file(by=by.actor, at=at, kind=KIND, subject=ground.public_id, name=name, data=data)


def look_at_blocks(*, by: Acting, ground: Union, staged: StagedImport) -> Looked:
    """What each block of a file would do; nothing is changed."""
    require(rules.keeps_ground, by, ground)
    try:
        file = read_file(staged.file_name, file_of(staged))
    except SheetError as error:
        raise Refusal(error.code, **error.data) from error
    held = {one.code: one for one in Block.objects.filter(ground=ground, closed_on=None)}
    rows = [_judged(one, held.get(one.code)) for one in file.blocks]
    known = {tuple(sorted((one.first.code, one.second.code))) for one in _borders(ground)}
    mine = {one.code for one in file.blocks}
    theirs = {pair for pair in known if set(pair) <= mine}
    return Looked(file, rows, len(file.borders.keys() ^ theirs))


def _borders(ground: Union) -> list[BlockBorder]:
    return list(queries.blocks.borders(ground).select_related("first", "second"))


def _judged(given: Given, block: Block | None) -> Judged:
    if given.notes:
        return Judged(given, RowOutcome.ERROR, block)
    if block is None:
        return Judged(given, RowOutcome.ADD)
    says = (given.name, given.town or block.town, given.geometry or block.geometry)
    same = says == (block.name, block.town, block.geometry)
    return Judged(given, RowOutcome.SAME if same else RowOutcome.CHANGE, block)


@transaction.atomic
def commit_blocks(*, by: Acting, at: datetime, ground: Union, staged: StagedImport, steward: Person) -> int:
    """Write what a file says; how many rows did something.

    New blocks lie with ``steward`` until a plan divides them; blocks that the file does not name stay as they
    are. Refused with IMPORT_DONE, IMPORT_PURGED, IMPORT_ERRORS.
    """
    require(people_rules.sees_person, by, steward)
    fresh = StagedImport.objects.select_for_update().get(pk=staged.pk)
    if fresh.committed_at is not None:
        raise Refusal("IMPORT_DONE")
    looked = look_at_blocks(by=by, ground=ground, staged=fresh)
    wrong = looked.counts.get(RowOutcome.ERROR, 0)
    if wrong:
        raise Refusal("IMPORT_ERRORS", rows=wrong)
    written = _write(looked, by, at, ground, steward)
    fresh.committed_at = fresh.checked_at = at
    fresh.counts = looked.counts
    fresh.save(update_fields=["committed_at", "checked_at", "counts"])
    refs = {"rows": written, "subject": ground.public_id}
    audit.record(by.actor, "import.commit", fresh, at=at, refs=refs)
    place_soon(by, at, ground)
    return written


def _write(looked: Looked, by: Acting, at: datetime, ground: Union, steward: Person) -> int:
    new, changed = [], []
    for one in looked.rows:
        given = one.given
        if one.what == RowOutcome.ADD:
            new.append(Block(ground=ground, code=given.code, name=given.name, town=given.town,
                             geometry=given.geometry, created_at=at))  # fmt: skip
        elif one.what == RowOutcome.CHANGE and one.block is not None:
            one.block.name, one.block.town = given.name, given.town or one.block.town
            one.block.geometry = given.geometry or one.block.geometry
            changed.append(one.block)
    Block.objects.bulk_create(new, batch_size=500)
    Block.objects.bulk_update(changed, ["name", "town", "geometry"], batch_size=100)
    today = at.astimezone(CITY).date()
    Stewardship.objects.bulk_create(
        [
            Stewardship(block=one, person=steward, starts=today, reason=queries.blocks.FROM_FILE,
                        account=account_of(by), at=at)
            for one in new
        ],
        batch_size=500,
    )  # fmt: skip
    refs = {"union": ground.public_id}
    audit.record_all(audit.line(by.actor, "block.add", one, at=at, refs=refs) for one in new)
    audit.record_all(
        audit.line(by.actor, "block.change", one, at=at, fields=["name", "town", "geometry"])
        for one in changed
    )
    _join(looked, ground)
    return len(new) + len(changed)


def _join(looked: Looked, ground: Union) -> None:
    """What the file says of neighbours takes the place of what was known among its blocks."""
    codes = {one.given.code for one in looked.rows}
    keys = dict(Block.objects.filter(ground=ground, closed_on=None).values_list("code", "pk"))
    named = Block.objects.filter(ground=ground, closed_on=None, code__in=codes) if len(codes) < 500 else (
        Block.objects.filter(ground=ground, closed_on=None)
    )  # fmt: skip
    BlockBorder.objects.filter(Q(first__in=named) & Q(second__in=named)).delete()
    pairs = {
        tuple(sorted((keys[first], keys[second]))): length
        for (first, second), length in looked.file.borders.items()
    }
    BlockBorder.objects.bulk_create(
        [BlockBorder(first_id=low, second_id=high, length=length) for (low, high), length in pairs.items()],
        batch_size=500,
        ignore_conflicts=True,
    )
