"""One block: its name, its lock, its end, its touchpoints, and in whose hands it lies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from unionhall.apps.coverage import rules
from unionhall.apps.coverage.codes import TouchpointKind
from unionhall.apps.coverage.models import Block, BlockPlan, Stewardship, Touchpoint
from unionhall.apps.coverage.usecases.enterprises import account_of, not_in_future
from unionhall.apps.coverage.usecases.placing import place_soon
from unionhall.apps.people import rules as people_rules
from unionhall.apps.people.models import Person
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal


def locked(block: Block, by: Acting) -> Block:
    """The row as it is now, held until the transaction ends; refused with BLOCK_CLOSED."""
    fresh = Block.objects.select_for_update(of=("self",)).select_related("ground").get(pk=block.pk)
    require(rules.keeps, by, fresh)
    if fresh.closed_on:
        raise Refusal("BLOCK_CLOSED", block=fresh.name)
    return fresh


@transaction.atomic
def hand_over(*, by: Acting, at: datetime, block: Block, person: Person, reason: str) -> Stewardship:
    """Give a block into other hands from today on. Refused with STEWARD_SAME, REASON_MISSING."""
    fresh = locked(block, by)
    require(people_rules.sees_person, by, person)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    held = fresh.stewardships.select_for_update().filter(ends=None).first()
    if held is not None and held.person_id == person.pk:
        raise Refusal("STEWARD_SAME", person=person.name, block=fresh.name)
    made = give(by, at, [(fresh, person)], reason=reason.strip())[0]
    refs = {"person": person.public_id}
    audit.record(by.actor, "block.hand_over", fresh, at=at, fields=["steward"], refs=refs)
    return made


def give(
    by: Acting,
    at: datetime,
    pairs: Iterable[tuple[Block, Person]],
    *,
    reason: str = "",
    plan: BlockPlan | None = None,
) -> list[Stewardship]:
    """End who has some blocks and begin with who is to have them, on one day."""
    wanted = list(pairs)
    today = at.astimezone(CITY).date()
    keys = [block.pk for block, _person in wanted]
    for portion in range(0, len(keys), 500):
        Stewardship.objects.filter(block__in=keys[portion : portion + 500], ends=None).update(ends=today)
    return Stewardship.objects.bulk_create(
        [
            Stewardship(block=block, person=person, starts=today, plan=plan, reason=reason,
                        account=account_of(by), at=at)
            for block, person in wanted
        ],
        batch_size=500,
    )  # fmt: skip


@transaction.atomic
def change_block(*, by: Acting, at: datetime, block: Block, name: str, town: str, locked_: bool) -> Block:
    """Put right a block's name and community, and lock it for its steward or unlock it."""
    fresh = locked(block, by)
    if not name.strip():
        raise Refusal("NAME_MISSING")
    values = {"name": name.strip(), "town": town.strip(), "locked": locked_}
    changed = [field for field, value in values.items() if getattr(fresh, field) != value]
    if changed:
        for field in changed:
            setattr(fresh, field, values[field])
        fresh.save(update_fields=changed)
        audit.record(by.actor, "block.change", fresh, at=at, fields=changed)
    return fresh


@transaction.atomic
def close_block(*, by: Acting, at: datetime, block: Block) -> None:
    """A block that is no more: its stewardship ends, and what stands there is looked for in other blocks."""
    fresh = locked(block, by)
    today = at.astimezone(CITY).date()
    fresh.closed_on = today
    fresh.save(update_fields=["closed_on"])
    fresh.stewardships.filter(ends=None).update(ends=today)
    fresh.enterprises.update(block=None, block_by_hand=False)
    fresh.sites.update(block=None, block_by_hand=False)
    audit.record(by.actor, "block.close", fresh, at=at, fields=["closed_on"])
    place_soon(by, at, fresh.ground)


@transaction.atomic
def note_touchpoint(
    *, by: Acting, at: datetime, block: Block, kind: TouchpointKind, handle: str, reach: int, counted_on: date
) -> Touchpoint:
    """Note by what else a block's people are reached; the same kind and name is counted anew."""
    fresh = locked(block, by)
    if not handle.strip():
        raise Refusal("NAME_MISSING")
    not_in_future(counted_on, at)
    point, new = Touchpoint.objects.update_or_create(
        block=fresh,
        kind=kind,
        handle=handle.strip(),
        closed_on=None,
        defaults={"reach": reach, "counted_on": counted_on},
    )
    action = "touchpoint.add" if new else "touchpoint.count"
    audit.record(by.actor, action, fresh, at=at, refs={"touchpoint": point.public_id, "reach": reach})
    return point


@transaction.atomic
def close_touchpoint(*, by: Acting, at: datetime, touchpoint: Touchpoint) -> None:
    """A touchpoint that is no more."""
    require(rules.keeps_block, by, touchpoint)
    touchpoint.closed_on = at.astimezone(CITY).date()
    touchpoint.save(update_fields=["closed_on"])
    refs = {"touchpoint": touchpoint.public_id}
    audit.record(by.actor, "touchpoint.close", touchpoint.block, at=at, refs=refs)
