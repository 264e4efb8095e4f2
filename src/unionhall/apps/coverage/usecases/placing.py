"""In which block enterprises and sites stand: by their coordinates, or by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.models import Block, Enterprise, Site
from unionhall.apps.orgs.models import Union
from unionhall.kernel import audit
from unionhall.kernel.jobs import enqueue
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

PLACE = "BLOCKS_PLACE"
PORTION = 500


def put_by_coordinates(rows: Iterable[Enterprise | Site]) -> None:
    """Set the block of rows that are about to be written; who was put somewhere by hand stays there."""
    wanted = [row for row in rows if not row.block_by_hand]
    placed = [row for row in wanted if row.latitude is not None and row.longitude is not None]
    for row in wanted:
        row.block_id = None
    if not placed:
        return
    for ground in {row.ground_id for row in placed}:
        atlas = queries.blocks.atlas([ground])
        for row in placed:
            if row.ground_id == ground and row.latitude is not None and row.longitude is not None:
                row.block_id = atlas.at(float(row.latitude), float(row.longitude))


@transaction.atomic
def put_in_block(*, by: Acting, at: datetime, here: Enterprise | Site, block: Block | None) -> None:
    """Say by hand in which block something stands; None lets its coordinates say it again.

    Refused with BLOCK_ELSEWHERE when the block is of another ground or closed.
    """
    require(rules.keeps, by, here)
    fresh = type(here).objects.select_for_update(of=("self",)).get(pk=here.pk)
    if block is not None and (block.ground_id != fresh.ground_id or block.closed_on):
        raise Refusal("BLOCK_ELSEWHERE", block=block.name)
    before = fresh.block_id
    fresh.block_by_hand = block is not None
    if block is None:
        put_by_coordinates([fresh])
    else:
        fresh.block = block
    fresh.save(update_fields=["block", "block_by_hand"])
    if fresh.block_id != before:
        kind = "enterprise" if isinstance(fresh, Enterprise) else "site"
        audit.record(by.actor, f"{kind}.block", fresh, at=at, fields=["block"])


def place_soon(by: Acting, at: datetime, ground: Union) -> None:
    """Have a job look anew where everything in a ground stands."""
    enqueue(PLACE, by=by, at=at, subject=ground.public_id, union=ground.pk, of=ground.public_id)


def place_all(
    *, by: Acting, at: datetime, ground: Union, step: Callable[[int, int], object]
) -> dict[str, int]:
    """Look anew where everything in a ground stands, 500 at a time; how much there is, and changed."""
    require(rules.keeps_ground, by, ground)
    atlas = queries.blocks.atlas([ground.pk])
    total = ground.enterprises.count() + ground.sites.count()
    done = changed = 0
    kinds: tuple[Any, ...] = (Enterprise, Site)
    for kind in kinds:
        last = 0
        while True:
            with transaction.atomic():
                rows = list(
                    kind.objects.select_for_update(of=("self",))
                    .filter(ground=ground, pk__gt=last, block_by_hand=False)
                    .only("pk", "block_id", "latitude", "longitude", "block_by_hand")
                    .order_by("pk")[:PORTION]
                )
                anew = []
                for row in rows:
                    key = None
                    if row.latitude is not None and row.longitude is not None:
                        key = atlas.at(float(row.latitude), float(row.longitude))
                    if key != row.block_id:
                        row.block_id = key
                        anew.append(row)
                kind.objects.bulk_update(anew, ["block"])
            if not rows:
                break
            last, done, changed = rows[-1].pk, done + len(rows), changed + len(anew)
            step(done, total)
    with transaction.atomic():
        audit.record(by.actor, "blocks.place", ground, at=at, refs={"changed": changed})
    return {"rows": done, "changed": changed}
