"""A plan for a ground: asked for, made by the engine in a job, then accepted as a whole or discarded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import PlanKind, PlanState
from unionhall.apps.coverage.models import BlockPlan, PlanBlock, PlanSteward
from unionhall.apps.coverage.usecases.blocks.keeping import give
from unionhall.apps.coverage.usecases.enterprises import account_of
from unionhall.apps.orgs.models import Union
from unionhall.apps.people import rules as people_rules
from unionhall.apps.people.models import Person
from unionhall.engines import territory
from unionhall.kernel import audit
from unionhall.kernel.jobs import enqueue
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

PLAN = "BLOCKS_PLAN"
# The engine's usual ones, in thousandths: a plan tells the one it was asked for with.
TOLERANCES = {
    PlanKind.FIRST: territory.FIRST_CUT_TOLERANCE,
    PlanKind.DRIFT: territory.REDRAW_TOLERANCE,
    PlanKind.LEAVER: territory.LEAVER_TOLERANCE,
    PlanKind.JOINER: territory.REDRAW_TOLERANCE,
}


@dataclass(frozen=True)
class Staff:
    """A steward as a plan is asked for; capacity in hundredths of a whole one."""

    person: Person
    capacity: int = 100
    limit: int | None = None
    leaving: bool = False


@transaction.atomic
def ask_plan(
    *, by: Acting, at: datetime, ground: Union, kind: PlanKind, staff: Sequence[Staff], tolerance: int = 0
) -> BlockPlan:
    """Ask for a plan on the blocks, loads and stewards as they are now; a job makes it.

    ``tolerance`` in thousandths of an even share, 0 for the usual one. Refused with PLAN_OPEN, NO_BLOCKS,
    NO_LEAVER, NO_JOINER, STEWARD_LEFT_OUT, STEWARD_TWICE.
    """
    require(rules.keeps_ground, by, ground)
    # Only one at a time asks for a plan of a ground.
    Union.objects.select_for_update(of=("self",)).get(pk=ground.pk)
    if ground.block_plans.filter(state__in=(PlanState.ASKED, PlanState.READY)).exists():
        raise Refusal("PLAN_OPEN")
    blocks = list(queries.blocks.blocks_of(ground))
    if not blocks:
        raise Refusal("NO_BLOCKS")
    holders = queries.blocks.holders(ground)
    _must_fit(kind, staff, set(holders.values()))
    for one in staff:
        if one.person.pk not in holders.values():
            require(people_rules.sees_person, by, one.person)
    plan = BlockPlan.objects.create(
        ground=ground,
        kind=kind,
        tolerance=tolerance or round(1000 * TOLERANCES[kind]),
        asked_by=account_of(by),
        asked_at=at,
    )
    PlanSteward.objects.bulk_create(
        PlanSteward(plan=plan, person=one.person, capacity=one.capacity, limit=one.limit, leaving=one.leaving)
        for one in staff
    )
    PlanBlock.objects.bulk_create(
        [
            PlanBlock(
                plan=plan,
                block=block,
                workload=block.workload,  # type: ignore[attr-defined]
                locked=block.locked,
                before_id=holders.get(block.pk),
            )
            for block in blocks
        ],
        batch_size=500,
    )
    audit.record(by.actor, "plan.ask", plan, at=at, refs={"union": ground.public_id, "kind": str(kind)})
    enqueue(PLAN, by=by, at=at, subject=plan.public_id, union=ground.pk, plan=plan.public_id)
    return plan


def _must_fit(kind: PlanKind, staff: Sequence[Staff], held_by: set[int]) -> None:
    keys = [one.person.pk for one in staff]
    if len(set(keys)) < len(keys):
        raise Refusal("STEWARD_TWICE")
    if kind == PlanKind.LEAVER and not any(one.leaving for one in staff):
        raise Refusal("NO_LEAVER")
    if kind == PlanKind.JOINER and all(key in held_by for key in keys):
        raise Refusal("NO_JOINER")
    # A first cut may leave out who has the blocks until then; afterwards nobody vanishes without a word.
    if kind != PlanKind.FIRST and (missing := held_by - set(keys)):
        person = Person.objects.get(pk=min(missing))
        raise Refusal("STEWARD_LEFT_OUT", person=person.name)


def make_plan(
    *, by: Acting, at: datetime, plan: BlockPlan, step: Callable[[int, int], object]
) -> dict[str, int]:
    """Have the engine make a plan. Repeated, it makes the same one; one that was ended meanwhile is left."""
    require(rules.keeps, by, plan)
    rows = list(plan.rows.select_related("block", "before").order_by("pk"))
    staff = list(plan.stewards.select_related("person").order_by("pk"))
    step(0, 2)
    try:
        made = _made(plan, rows, staff)
    except territory.TerritoryError as error:
        problems = [{"code": one.code, "data": dict(one.data)} for one in error.problems]
        _end(by, at, plan, PlanState.FAILED, problems=problems)
        return {"blocks": len(rows), "moves": 0, "problems": len(problems)}
    step(1, 2)
    people = {one.person.public_id: one.person for one in staff}
    moves = {move.block: move.why for move in made.moves}
    for row in rows:
        row.after = people[made.steward_of[row.block.public_id]]
        row.why = moves.get(row.block.public_id, "")
    loads = {load.steward: load for load in made.loads}
    for one in staff:
        load = loads.get(one.person.public_id)
        one.load = round(load.load) if load else 0
        one.share, one.blocks = (load.share, load.blocks) if load else (0.0, 0)
    with transaction.atomic():
        PlanBlock.objects.bulk_update(rows, ["after", "why"], batch_size=500)
        PlanSteward.objects.bulk_update(staff, ["load", "share", "blocks"])
        warnings = [{"code": one.code, "data": dict(one.data)} for one in made.report.warnings]
        _end(by, at, plan, PlanState.READY, report={**asdict(made.report), "warnings": warnings})
    step(2, 2)
    return {"blocks": len(rows), "moves": len(moves), "problems": 0}


def _made(plan: BlockPlan, rows: Sequence[PlanBlock], staff: Sequence[PlanSteward]) -> territory.Plan:
    names = {row.block_id: row.block.public_id for row in rows}
    blocks = tuple(
        territory.Block(
            row.block.public_id,
            float(row.workload),
            row.block.name,
            row.before.public_id if row.before else "",
            row.locked,
        )
        for row in rows
    )
    borders = tuple(
        territory.Border(names[one.first_id], names[one.second_id], one.length)
        for one in queries.blocks.borders(plan.ground)
        if one.first_id in names and one.second_id in names
    )
    stewards = [
        territory.Steward(
            one.person.public_id,
            one.person.name,
            one.capacity / 100,
            float(one.limit) if one.limit else None,
            state=territory.LEAVING if one.leaving else territory.ACTIVE,
        )
        for one in staff
    ]
    make = territory.divide if plan.kind == PlanKind.FIRST else territory.redraw
    return make(territory.Ground(blocks, borders), stewards, tolerance=plan.tolerance / 1000)


def _end(by: Acting, at: datetime, plan: BlockPlan, state: PlanState, **told: object) -> None:
    """What the job found; nothing where somebody discarded the plan meanwhile."""
    with transaction.atomic():
        waiting = BlockPlan.objects.filter(pk=plan.pk, state=PlanState.ASKED)
        if waiting.update(state=state, **told):
            audit.record(by.actor, "plan.make", plan, at=at, refs={"state": str(state)})


@transaction.atomic
def accept_plan(*, by: Acting, at: datetime, plan: BlockPlan) -> int:
    """Do what a plan says, all of it in one go; how many blocks changed hands.

    Refused with PLAN_NOT_READY, or PLAN_STALE when blocks or stewards are no longer those it was made for.
    """
    fresh = _locked(plan, by)
    if fresh.state != PlanState.READY:
        raise Refusal("PLAN_NOT_READY")
    # Whoever gives a block into other hands holds its row: until this is done they wait.
    open_ = fresh.ground.blocks.select_for_update().filter(closed_on=None).order_by("pk")
    present = set(open_.values_list("pk", flat=True))
    rows = list(fresh.rows.select_related("block", "after").order_by("pk"))
    if {row.block_id: row.before_id for row in rows if row.before_id} != queries.blocks.holders(fresh.ground):
        raise Refusal("PLAN_STALE")
    if present != {row.block_id for row in rows}:
        raise Refusal("PLAN_STALE")
    moved = [row for row in rows if row.after_id != row.before_id]
    give(by, at, [(row.block, row.after) for row in moved if row.after], plan=fresh)
    audit.record_all(
        audit.line(
            by.actor,
            "block.hand_over",
            row.block,
            at=at,
            fields=["steward"],
            refs={"person": row.after.public_id, "plan": fresh.public_id},
        )
        for row in moved
        if row.after
    )
    _finish(fresh, PlanState.ACCEPTED, by, at)
    audit.record(by.actor, "plan.accept", fresh, at=at, refs={"blocks": len(moved)})
    return len(moved)


@transaction.atomic
def discard_plan(*, by: Acting, at: datetime, plan: BlockPlan) -> None:
    """Put a plan away; nothing changes hands. Refused with PLAN_ENDED."""
    fresh = _locked(plan, by)
    if fresh.state in (PlanState.ACCEPTED, PlanState.DISCARDED):
        raise Refusal("PLAN_ENDED")
    _finish(fresh, PlanState.DISCARDED, by, at)
    audit.record(by.actor, "plan.discard", fresh, at=at)


def _locked(plan: BlockPlan, by: Acting) -> BlockPlan:
    fresh = BlockPlan.objects.select_for_update(of=("self",)).select_related("ground").get(pk=plan.pk)
    require(rules.keeps, by, fresh)
    return fresh


def _finish(plan: BlockPlan, state: PlanState, by: Acting, at: datetime) -> None:
    plan.state, plan.ended_by, plan.ended_at = state, account_of(by), at
    plan.save(update_fields=["state", "ended_by", "ended_at"])
