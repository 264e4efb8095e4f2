"""One connected piece of ground and its stewards, in whole numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from unionhall.engines.territory.graph import NOBODY, Neighbours

# Workloads that are no whole numbers are counted in parts of the whole.
PARTS = 10_000_000


@dataclass(frozen=True)
class Task:
    """What the methods work on. ``lower`` and ``upper`` are the tolerance, ``limit`` may never be exceeded.

    ``fixed`` says whose a locked block is; ``home`` is the block near which a steward's ground should lie.
    """

    neighbours: Neighbours
    weights: list[int]
    targets: list[float]
    lower: list[int]
    upper: list[int]
    limit: list[int]
    fixed: list[int]
    home: list[int]

    @property
    def blocks(self) -> range:
        return range(len(self.weights))

    @property
    def stewards(self) -> range:
        return range(len(self.targets))

    def loads(self, owner: Sequence[int]) -> list[int]:
        found = [0] * len(self.targets)
        for block, mine in enumerate(owner):
            if mine != NOBODY:
                found[mine] += self.weights[block]
        return found

    def excess(self, owner: Sequence[int]) -> float:
        """By how much the worst load lies beyond the tolerance, as a part of its target; 0 is within."""
        return max(
            max(0, load - self.upper[one], self.lower[one] - load) / (self.targets[one] or 1)
            for one, load in enumerate(self.loads(owner))
        )

    def cut(self, owner: Sequence[int]) -> int:
        """How many pairs of neighbours lie with two stewards."""
        return sum(
            owner[block] != owner[near]
            for block in self.blocks
            for near in self.neighbours[block]
            if near > block
        )


def part_of(task: Task, blocks: list[int], crew: list[int]) -> Task:
    """The task of some stewards and the blocks that they have among them, numbered anew."""
    place = {block: number for number, block in enumerate(blocks)}
    role = {one: number for number, one in enumerate(crew)}
    return Task(
        [[place[near] for near in task.neighbours[block] if near in place] for block in blocks],
        [task.weights[block] for block in blocks],
        [task.targets[one] for one in crew],
        [task.lower[one] for one in crew],
        [task.upper[one] for one in crew],
        [task.limit[one] for one in crew],
        [role.get(task.fixed[block], NOBODY) for block in blocks],
        [place.get(task.home[one], NOBODY) for one in crew],
    )


def whole_numbers(workloads: Sequence[float]) -> tuple[list[int], float]:
    """Workloads as whole numbers, and how many of these are one unit of workload."""
    if sum(workloads) <= PARTS and all(float(one).is_integer() for one in workloads):
        return [int(one) for one in workloads], 1.0
    scale = PARTS / sum(workloads)
    return [round(one * scale) for one in workloads], scale


def even_targets(total: float, capacities: Sequence[float], limits: Sequence[float]) -> list[float]:
    """Parts of the total by capacity; what is above somebody's limit goes to the others."""
    targets, open_ones = [0.0] * len(capacities), set(range(len(capacities)))
    left = total
    while open_ones:
        capacity = sum(capacities[one] for one in open_ones)
        full = {one for one in open_ones if left * capacities[one] / capacity > limits[one]}
        if not full:
            for one in open_ones:
                targets[one] = left * capacities[one] / capacity
            break
        for one in full:
            targets[one] = limits[one]
        left -= sum(limits[one] for one in full)
        open_ones -= full
    return targets


def make_task(
    neighbours: Neighbours,
    weights: list[int],
    *,
    capacities: Sequence[float],
    limits: Sequence[float],
    tolerance: float,
    fixed: list[int],
    home: list[int],
) -> Task:
    """A task whose bounds follow from capacities, limits and tolerance."""
    targets = even_targets(sum(weights), capacities, limits)
    hard = [math.floor(min(limit, sum(weights))) for limit in limits]
    return Task(
        neighbours,
        weights,
        targets,
        lower=[math.ceil(target * (1 - tolerance) - 1e-9) for target in targets],
        upper=[
            min(limit, math.floor(target * (1 + tolerance) + 1e-9))
            for target, limit in zip(targets, hard, strict=True)
        ],
        limit=hard,
        fixed=fixed,
        home=home,
    )
