"""From blocks and stewards to numbers, tract by tract, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from unionhall.engines.territory.graph import NOBODY, Neighbours, pieces
from unionhall.engines.territory.ground import ACTIVE, Block, Ground, Steward, check
from unionhall.engines.territory.problems import Problem, TerritoryError
from unionhall.engines.territory.task import Task, even_targets, make_task, whole_numbers

# A tract that would load its steward with less than this part of an even share is rather joined to others.
SMALLEST = 0.5


@dataclass(frozen=True)
class Survey:
    """The whole ground in numbers. Everything is sorted by id, so the order of rows changes nothing.

    ``before`` is who has each block now, NOBODY where nobody who stays has it.
    """

    blocks: tuple[Block, ...]
    stewards: tuple[Steward, ...]
    neighbours: Neighbours
    lengths: dict[tuple[int, int], float]
    weights: list[int]
    unit: float
    before: list[int]
    fixed: list[int]
    home: list[int]
    shares: list[float]


@dataclass(frozen=True)
class Tract:
    """Connected ground with its stewards: which blocks and stewards a task is about."""

    blocks: list[int]
    stewards: list[int]
    task: Task


def survey(ground: Ground, stewards: Sequence[Steward]) -> Survey:
    """Check everything and number it. Raises TerritoryError."""
    check(ground, stewards)
    blocks = tuple(sorted(ground.blocks, key=lambda block: block.id))
    active = tuple(sorted((one for one in stewards if one.state == ACTIVE), key=lambda one: one.id))
    place = {block.id: number for number, block in enumerate(blocks)}
    number_of = {steward.id: number for number, steward in enumerate(active)}
    near: list[set[int]] = [set() for _block in blocks]
    lengths: dict[tuple[int, int], float] = {}
    barriers = set()
    for border in ground.borders:
        first, second = sorted((place[border.first], place[border.second]))
        if first != second:
            lengths[first, second] = max(border.length, lengths.get((first, second), 0.0))
            if border.barrier:
                barriers.add((first, second))
    for first, second in lengths.keys() - barriers:
        near[first].add(second)
        near[second].add(first)
    weights, unit = whole_numbers([block.workload for block in blocks])
    before = [number_of.get(block.steward, NOBODY) for block in blocks]
    return Survey(
        blocks,
        active,
        [sorted(some) for some in near],
        lengths,
        weights,
        unit,
        before,
        [mine if block.locked else NOBODY for mine, block in zip(before, blocks, strict=True)],
        [place.get(steward.home, NOBODY) for steward in active],
        even_targets(sum(weights), [steward.capacity for steward in active], limits(active, unit)),
    )


def limits(stewards: Sequence[Steward], unit: float) -> list[float]:
    """The limits in whole numbers, infinite for who has none."""
    return [math.inf if steward.limit is None else steward.limit * unit for steward in stewards]


def tracts(found: Survey, tolerance: float, *, keep: bool, allow_islands: bool) -> list[Tract]:
    """The connected parts of the ground with their stewards. ``keep`` leaves these where they have blocks.

    Raises TerritoryError: ISLAND, ISLAND_WITHOUT_STEWARD, LOCKS_APART.
    """
    parts = pieces(found.neighbours, range(len(found.blocks)))
    crews = _crews(found, parts, keep=keep)
    capacity = sum(steward.capacity for steward in found.stewards)
    total = sum(found.weights)
    made, islands = [], []
    for part, crew in zip(parts, crews, strict=True):
        load = sum(found.weights[block] for block in part)
        even = total * sum(found.stewards[one].capacity for one in crew) / capacity
        settled = keep and all(any(found.before[block] == one for block in part) for one in crew)
        where: dict[str, str | int | float] = {"block": found.blocks[part[0]].id, "blocks": len(part)}
        if not crew:
            islands.append(Problem("ISLAND_WITHOUT_STEWARD", where))
        elif len(parts) > 1 and load < SMALLEST * even and not (allow_islands or settled):
            islands.append(Problem("ISLAND", where))
        elif len(crew) > len(part):
            islands.append(Problem("MORE_STEWARDS_THAN_BLOCKS", {"stewards": len(crew), "blocks": len(part)}))
        else:
            made.append(Tract(part, crew, _task(found, part, crew, tolerance)))
    if islands:
        raise TerritoryError(islands)
    return made


def _crews(found: Survey, parts: list[list[int]], *, keep: bool) -> list[list[int]]:
    """Which stewards each part gets: by lock, ground or home; the others where there is most to do."""
    part_of = {block: number for number, part in enumerate(parts) for block in part}
    loads = [sum(found.weights[block] for block in part) for part in parts]
    crews: list[list[int]] = [[] for _part in parts]
    loose = []
    for one, steward in enumerate(found.stewards):
        locked = {part_of[block] for block, mine in enumerate(found.fixed) if mine == one}
        held: dict[int, int] = {}
        for block, mine in enumerate(found.before):
            if mine == one and keep:
                held[part_of[block]] = held.get(part_of[block], 0) + found.weights[block]
        if len(locked) > 1:
            first, second = sorted(locked)[:2]
            raise TerritoryError(
                [
                    Problem("LOCKS_APART", {"steward": steward.id, "block": found.blocks[block].id})
                    for block in (
                        _first_lock(found, one, parts[first]),
                        _first_lock(found, one, parts[second]),
                    )
                ]
            )
        if locked:
            crews[locked.pop()].append(one)
        elif held:
            crews[min(held, key=lambda part: (-held[part], part))].append(one)
        elif found.home[one] != NOBODY:
            crews[part_of[found.home[one]]].append(one)
        else:
            loose.append(one)

    def need(part: int) -> tuple[bool, float, int]:
        capacity = sum(found.stewards[one].capacity for one in crews[part])
        return not crews[part], loads[part] / (capacity + mean), -part

    mean = sum(steward.capacity for steward in found.stewards) / len(found.stewards)
    for one in loose:
        open_parts = [part for part in range(len(parts)) if len(crews[part]) < len(parts[part])]
        crews[max(open_parts or range(len(parts)), key=need)].append(one)
    return [sorted(crew) for crew in crews]


def _first_lock(found: Survey, one: int, part: list[int]) -> int:
    return next(block for block in part if found.fixed[block] == one)


def _task(found: Survey, part: list[int], crew: list[int], tolerance: float) -> Task:
    place = {block: number for number, block in enumerate(part)}
    role = {one: number for number, one in enumerate(crew)}
    chosen = [found.stewards[one] for one in crew]
    return make_task(
        [[place[near] for near in found.neighbours[block]] for block in part],
        [found.weights[block] for block in part],
        capacities=[steward.capacity for steward in chosen],
        limits=limits(chosen, found.unit),
        tolerance=tolerance,
        fixed=[role.get(found.fixed[block], NOBODY) for block in part],
        home=[place.get(found.home[one], NOBODY) for one in crew],
    )
