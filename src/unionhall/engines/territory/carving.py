"""Ground for a steward who has none, carved out of the others' where they have most to spare."""

from __future__ import annotations

import heapq

from unionhall.engines.territory.graph import NOBODY, holds_without
from unionhall.engines.territory.task import Task


def carve(task: Task, owner: list[int], one: int) -> bool:
    """Give a steward a seed and what lies around it, as far as the givers stay within the tolerance.

    Whether there was a block that could be taken.
    """
    loads = task.loads(owner)
    seed = _seed(task, owner, loads, one)
    if seed == NOBODY:
        return False
    giver = owner[seed]
    owner[seed] = one
    loads[one] += task.weights[seed]
    if giver != NOBODY:
        loads[giver] -= task.weights[seed]
    asked = True
    while asked and loads[one] < task.lower[one]:
        # A block that held its ground together may be free once others are gone, so the ring is walked again.
        asked = False
        edge = [(1, near) for near in task.neighbours[seed]]
        seen = {seed, *task.neighbours[seed]}
        while edge and loads[one] < task.lower[one]:
            far, block = heapq.heappop(edge)
            if owner[block] != one and not _take(task, owner, loads, block, one):
                continue
            asked = asked or owner[block] != one
            for near in task.neighbours[block]:
                if near not in seen:
                    seen.add(near)
                    heapq.heappush(edge, (far + 1, near))
    return True


def _take(task: Task, owner: list[int], loads: list[int], block: int, one: int) -> bool:
    giver, weight = owner[block], task.weights[block]
    if task.fixed[block] != NOBODY or loads[one] + weight > task.upper[one]:
        return False
    if giver != NOBODY:
        if loads[giver] - weight < task.lower[giver] or not holds_without(task.neighbours, owner, block):
            return False
        loads[giver] -= weight
    owner[block] = one
    loads[one] += weight
    return True


def _seed(task: Task, owner: list[int], loads: list[int], one: int) -> int:
    """The home if it is free to go, else the block around which stewards have most to spare."""

    def free(block: int) -> bool:
        if task.fixed[block] != NOBODY:
            return False
        return owner[block] == NOBODY or holds_without(task.neighbours, owner, block)

    if task.home[one] != NOBODY and free(task.home[one]):
        return task.home[one]

    def spare(block: int) -> float:
        around = {owner[far] for near in task.neighbours[block] for far in task.neighbours[near]}
        around |= {owner[block]}
        return sum(loads[other] - task.lower[other] for other in around if other != NOBODY)

    for block in sorted(task.blocks, key=lambda block: (owner[block] != NOBODY, -spare(block), block)):
        if free(block):
            return block
    return NOBODY
