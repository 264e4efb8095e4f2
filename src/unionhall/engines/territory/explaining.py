"""Why a block lies with its steward, and what would come of giving it to a neighbour."""

from __future__ import annotations

from dataclasses import dataclass

from unionhall.engines.territory.graph import NOBODY, holds_without
from unionhall.engines.territory.plan import Load, Move, Plan
from unionhall.engines.territory.survey import survey

# What speaks against giving a block to a steward beside it.
LOCKED = "LOCKED"  # it is locked
TORN = "TORN"  # the rest of the ground would fall apart
GIVER_LIGHT = "GIVER_LIGHT"  # who has it would have too little
TAKER_HEAVY = "TAKER_HEAVY"  # who gets it would have too much, or more than the limit
KEPT = "KEPT"  # nothing does, but who had it keeps it: that is a change less
LONGER_BORDER = "LONGER_BORDER"  # more of its neighbours lie where it is
AS_GOOD = "AS_GOOD"  # nothing does: it would be as good


@dataclass(frozen=True)
class Alternative:
    """A steward beside the block, both deviations if it went there, and what speaks against that."""

    steward: str
    neighbours: int
    giver_deviation: float
    taker_deviation: float
    against: str


@dataclass(frozen=True)
class Explanation:
    """Where a block lies and why. ``neighbours`` counts those that lie with the same steward."""

    block: str
    workload: float
    load: Load
    neighbours: int
    move: Move | None
    locked: bool
    alternatives: tuple[Alternative, ...]


def explain(plan: Plan, block: str) -> Explanation:
    """Explain one block of a plan; KeyError where there is no such block."""
    found = survey(plan.ground, plan.stewards)
    number = {one.id: place for place, one in enumerate(found.blocks)}[block]
    role = {steward.id: one for one, steward in enumerate(found.stewards)}
    owner = [role[plan.steward_of[one.id]] for one in found.blocks]
    mine, here = found.blocks[number], plan.loads[owner[number]]
    beside: dict[int, int] = {}
    for near in found.neighbours[number]:
        beside[owner[near]] = beside.get(owner[near], 0) + 1
    torn = not holds_without(found.neighbours, owner, number)
    alternatives = []
    for one in sorted(beside.keys() - {owner[number]}):
        there = plan.loads[one]
        giver = (here.load - mine.workload) / here.share - 1
        taker = (there.load + mine.workload) / there.share - 1
        most = plan.report.tolerance
        if mine.locked:
            against = LOCKED
        elif torn:
            against = TORN
        elif taker > max(most, there.deviation) or (
            there.limit is not None and there.load + mine.workload > there.limit
        ):
            against = TAKER_HEAVY
        elif giver < min(-most, here.deviation):
            against = GIVER_LIGHT
        elif found.before[number] == owner[number] != NOBODY:
            against = KEPT
        else:
            against = LONGER_BORDER if beside.get(owner[number], 0) > beside[one] else AS_GOOD
        alternatives.append(Alternative(there.steward, beside[one], giver, taker, against))
    return Explanation(
        block,
        mine.workload,
        here,
        beside.get(owner[number], 0),
        next((move for move in plan.moves if move.block == block), None),
        mine.locked,
        tuple(alternatives),
    )
