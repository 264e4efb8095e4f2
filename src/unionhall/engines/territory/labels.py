"""Whose part is which: parts of a first cut given to the stewards to whom they lie nearest."""

from __future__ import annotations

from collections.abc import Sequence

from unionhall.engines.territory.graph import NOBODY, hops
from unionhall.engines.territory.task import Task


def label(task: Task, owner: list[int], before: Sequence[int]) -> list[int]:
    """The same parts, given among stewards of one capacity so that homes lie near and little changes hands.

    Every pair is looked at for an exchange until none is better: hops from home first, workload kept second.
    """
    cost = _costs(task, owner, before)
    part_of = list(task.stewards)
    alike: dict[tuple[float, int], list[int]] = {}
    for one in task.stewards:
        alike.setdefault((task.targets[one], task.limit[one]), []).append(one)
    better = True
    while better:
        better = False
        for crew in alike.values():
            for place, one in enumerate(crew):
                for other in crew[place + 1 :]:
                    mine, theirs = part_of[one], part_of[other]
                    if cost[one][theirs] + cost[other][mine] < cost[one][mine] + cost[other][theirs]:
                        part_of[one], part_of[other] = theirs, mine
                        better = True
    steward_of = {part: one for one, part in enumerate(part_of)}
    return [steward_of[part] for part in owner]


def _costs(task: Task, owner: list[int], before: Sequence[int]) -> list[list[int]]:
    """Of each steward and part: how far the home lies from it, less how much of it was theirs."""
    total = sum(task.weights) + 1
    cost = [[0] * len(task.targets) for _one in task.stewards]
    for block, mine in enumerate(before):
        if mine != NOBODY:
            cost[mine][owner[block]] -= task.weights[block]
    for one, home in enumerate(task.home):
        if home != NOBODY:
            near: dict[int, int] = {}
            for block, far in hops(task.neighbours, [home]).items():
                near.setdefault(owner[block], far)
            for part, far in near.items():
                cost[one][part] += far * total
    return cost
