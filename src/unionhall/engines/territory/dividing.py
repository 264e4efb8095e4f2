"""The two things that are done with ground: dividing it for the first time, and redrawing with few moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from unionhall.engines.territory import methods
from unionhall.engines.territory.carving import carve
from unionhall.engines.territory.graph import NOBODY, pieces
from unionhall.engines.territory.ground import LEAVING, Block, Ground, Steward
from unionhall.engines.territory.growth import first_growth, grow, rooms, with_locks
from unionhall.engines.territory.labels import label
from unionhall.engines.territory.made import Made
from unionhall.engines.territory.measures import measure, variation
from unionhall.engines.territory.plan import (
    APART,
    BALANCE,
    CP_SAT,
    DIVIDED_ANEW,
    GROWTH,
    JOINER,
    LEAVER,
    METIS,
    NEW,
    SHIFTS,
    Load,
    Move,
    Plan,
    Report,
)
from unionhall.engines.territory.problems import Problem, TerritoryError
from unionhall.engines.territory.shifting import shift
from unionhall.engines.territory.survey import Survey, Tract, survey, tracts

FIRST_CUT_TOLERANCE = 0.03
REDRAW_TOLERANCE = 0.05
# Those beside a leaver have, within 5 % each, room for a fifth of the ground; the rest would be handed on
# from one to the next, and twice as many blocks would change hands.
LEAVER_TOLERANCE = 0.08

AUTO, PLAIN = "AUTO", "PLAIN"


def divide(
    ground: Ground,
    stewards: Sequence[Steward],
    *,
    tolerance: float = FIRST_CUT_TOLERANCE,
    seed: int = 1,
    allow_islands: bool = False,
    method: str = AUTO,
) -> Plan:
    """Divide the ground for the first time: each ground in one piece, loads even by capacity.

    Locked blocks stay with their steward. Who had the others is not asked, but parts go where most is kept.
    PLAIN leaves METIS and the solver out, as if they were not installed. Raises TerritoryError.
    """
    found = survey(ground, stewards)
    parts = tracts(found, tolerance, keep=False, allow_islands=allow_islands)
    made = [_guarded(found, part, lambda part: _first_cut(found, part, seed, method)) for part in parts]
    return _plan(ground, found, stewards, parts, made, tolerance=tolerance, seed=seed, anew=True)


def redraw(
    ground: Ground,
    stewards: Sequence[Steward],
    *,
    tolerance: float | None = None,
    seed: int = 1,
    allow_islands: bool = False,
    method: str = AUTO,
) -> Plan:
    """Bring the loads back within the tolerance while the fewest blocks change hands.

    ``block.steward`` is who has it now. Who leaves (LEAVING, or not among the stewards) gives everything up;
    who has nothing gets ground; blocks that nobody had are shared out; ground in pieces is mended. The usual
    tolerance is LEAVER_TOLERANCE where somebody leaves, else REDRAW_TOLERANCE. Raises TerritoryError:
    NOBODY_HOLDS where a first cut is meant.
    """
    found = survey(ground, stewards)
    if all(mine == NOBODY for mine in found.before):
        raise TerritoryError([Problem("NOBODY_HOLDS")])
    if tolerance is None:
        left = any(
            block.steward and mine == NOBODY for block, mine in zip(found.blocks, found.before, strict=True)
        )
        tolerance = LEAVER_TOLERANCE if left else REDRAW_TOLERANCE
    parts = tracts(found, tolerance, keep=True, allow_islands=allow_islands)
    made = [_guarded(found, part, lambda part: _redrawn(found, part, seed, method)) for part in parts]
    return _plan(ground, found, stewards, parts, made, tolerance=tolerance, seed=seed, anew=False)


def _first_cut(found: Survey, tract: Tract, seed: int, method: str) -> Made:
    task = tract.task
    if len(tract.stewards) == 1:
        return Made([0] * len(tract.blocks), (), optimal=True, everywhere=True)
    locked = any(mine != NOBODY for mine in task.fixed)
    owner = None
    by: tuple[str, ...] = ()
    if method == AUTO and methods.has_metis() and not locked:
        from unionhall.engines.territory.cutting import metis_cut

        owner, by = metis_cut(task, seed), (METIS,)
    if owner is None:
        owner, by = first_growth(task), (GROWTH,)
    if task.excess(owner):
        shift(task, owner)
        by = (*by, SHIFTS)
    made = Made(owner, by)
    if method == AUTO and methods.has_solver():
        from unionhall.engines.territory import solving

        made = solving.polished(task, made, seed)
    if not locked:
        made = Made(
            label(task, made.owner, _before(found, tract)), made.by, made.optimal, made.everywhere, made.gap
        )
    return made


def _redrawn(found: Survey, tract: Tract, seed: int, method: str) -> Made:
    task = tract.task
    before = _before(found, tract)
    owner = with_locks(task, list(before))
    by: tuple[str, ...] = ()
    if NOBODY in owner:
        by = (GROWTH,)
    held = set(owner)
    for one in task.stewards:
        if one not in held:
            by = (GROWTH,)
            if not carve(task, owner, one):
                raise TerritoryError([Problem("NO_ROOM", {"steward": one})])
    grow(task, owner, rooms(task, owner))
    if task.excess(owner):
        shift(task, owner, before)
        by = (*by, SHIFTS)
    still = owner == before and not task.excess(owner)
    made = Made(owner, by, optimal=still, everywhere=still)
    if method == AUTO and methods.has_solver() and not made.optimal:
        from unionhall.engines.territory import solving

        made = solving.fewest_moves(task, before, made, seed)
    return made


def _before(found: Survey, tract: Tract) -> list[int]:
    """Who has each block of a tract now, in the tract's own numbers."""
    role = {one: number for number, one in enumerate(tract.stewards)}
    return [role.get(found.before[block], NOBODY) for block in tract.blocks]


def _guarded(found: Survey, tract: Tract, make: Callable[[Tract], Made]) -> Made:
    """Problems of a task told in ids, and no plan that puts more on somebody than the limit."""
    try:
        made = make(tract)
    except TerritoryError as error:
        raise TerritoryError(_told(found, tract, problem) for problem in error.problems) from error
    loads = tract.task.loads(made.owner)
    over = [
        Problem(
            "LIMIT_EXCEEDED",
            {
                "steward": found.stewards[tract.stewards[one]].id,
                "load": loads[one] / found.unit,
                "limit": found.stewards[tract.stewards[one]].limit or 0,
            },
        )
        for one in tract.task.stewards
        if loads[one] > tract.task.limit[one]
    ]
    if over:
        raise TerritoryError(over)
    return made


def _told(found: Survey, tract: Tract, problem: Problem) -> Problem:
    data = dict(problem.data)
    if "steward" in data:
        data["steward"] = found.stewards[tract.stewards[int(data["steward"])]].id
    if "block" in data:
        data["block"] = found.blocks[tract.blocks[int(data["block"])]].id
    return Problem(problem.code, data)


def _plan(
    ground: Ground,
    found: Survey,
    stewards: Sequence[Steward],
    parts: list[Tract],
    made: list[Made],
    *,
    tolerance: float,
    seed: int,
    anew: bool,
) -> Plan:
    owner = [NOBODY] * len(found.blocks)
    for tract, one in zip(parts, made, strict=True):
        for place, block in enumerate(tract.blocks):
            owner[block] = tract.stewards[one.owner[place]]
    loads, compactness_by = measure(found, owner)
    moves = _moves(found, owner, stewards, anew=anew)
    changed = {move.block for move in moves if move.why != NEW}
    blocks = len(found.blocks)
    pairs = sum(map(len, found.neighbours)) // 2
    cut = sum(owner[a] != owner[b] for a in range(blocks) for b in found.neighbours[a] if a < b)
    locks = [block for block, mine in enumerate(found.fixed) if mine != NOBODY]
    worst = max(abs(load.deviation) for load in loads)
    gaps = [one.gap for one in made if one.gap is not None]
    report = Report(
        tolerance=tolerance,
        within_tolerance=worst <= tolerance + 1e-6,
        max_deviation=worst,
        variation=variation(loads),
        contiguous=all(load.contiguous for load in loads),
        cut_share=cut / pairs if pairs else 0.0,
        compactness=sum(load.compactness for load in loads) / len(loads),
        compactness_by=compactness_by,
        moved_blocks=len(changed),
        moved_blocks_share=len(changed) / blocks,
        moved_workload_share=_part_of_workload(found.blocks, changed),
        locks=len(locks),
        locks_kept=sum(owner[block] == found.fixed[block] for block in locks),
        made_by=tuple(
            step for step in (METIS, GROWTH, SHIFTS, CP_SAT) if any(step in one.by for one in made)
        ),
        optimal=all(one.optimal for one in made),
        searched="ALL" if all(one.everywhere for one in made) else "NEAR",
        gap=max(gaps) if gaps else None,
        seed=seed,
        warnings=tuple(_warnings(loads, parts, found, tolerance)),
    )
    return Plan(
        ground=Ground(found.blocks, ground.borders),
        stewards=tuple(sorted(stewards, key=lambda one: one.id)),
        steward_of={block.id: found.stewards[owner[n]].id for n, block in enumerate(found.blocks)},
        moves=tuple(moves),
        loads=loads,
        report=report,
    )


def _moves(found: Survey, owner: list[int], stewards: Sequence[Steward], *, anew: bool) -> list[Move]:
    staying = {steward.id for steward in stewards if steward.state != LEAVING}
    held = set(found.before)
    apart = set() if anew else _apart(found)
    moves = []
    for number, block in enumerate(found.blocks):
        after = found.stewards[owner[number]].id
        if block.steward == after:
            continue
        if not block.steward:
            why = NEW
        elif anew:
            why = DIVIDED_ANEW
        elif block.steward not in staying:
            why = LEAVER
        elif owner[number] not in held:
            why = JOINER
        else:
            why = APART if number in apart else BALANCE
        # A first cut of ground that nobody had moves nothing.
        if not (anew and why == NEW):
            moves.append(Move(block.id, block.steward, after, why))
    return moves


def _apart(found: Survey) -> set[int]:
    """Blocks that lie apart from the largest piece of their steward's present ground."""
    grounds: dict[int, list[int]] = {}
    for block, mine in enumerate(found.before):
        if mine != NOBODY:
            grounds.setdefault(mine, []).append(block)
    apart: set[int] = set()
    for ground in grounds.values():
        parts = pieces(found.neighbours, ground)
        largest = max(parts, key=lambda part: (sum(found.weights[block] for block in part), -part[0]))
        apart.update(block for part in parts if part is not largest for block in part)
    return apart


def _part_of_workload(blocks: Sequence[Block], chosen: set[str]) -> float:
    total = sum(block.workload for block in blocks)
    return sum(block.workload for block in blocks if block.id in chosen) / total


def _warnings(loads: Sequence[Load], parts: list[Tract], found: Survey, tolerance: float) -> list[Problem]:
    said = [
        Problem(
            "BEYOND_TOLERANCE",
            {"steward": load.steward, "load": load.load, "share": load.share, "deviation": load.deviation},
        )
        for load in loads
        if abs(load.deviation) > tolerance + 1e-6
    ]
    if len(parts) > 1:
        said += [
            Problem(
                "SEPARATE_GROUND",
                {
                    "block": found.blocks[tract.blocks[0]].id,
                    "blocks": len(tract.blocks),
                    "stewards": len(tract.stewards),
                },
            )
            for tract in sorted(parts, key=lambda tract: len(tract.blocks))[:-1]
        ]
    return said
