"""The fewest moves, and small first cuts at their best: where the solver looks, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from unionhall.engines.territory.graph import NOBODY, pieces
from unionhall.engines.territory.made import Made
from unionhall.engines.territory.plan import CP_SAT
from unionhall.engines.territory.search import Answer, Cost, Search, price
from unionhall.engines.territory.task import Task, part_of

# Up to this many blocks a first cut is left to the solver; up to this many choices it looks at all plans.
SMALL = 200
ALL_CHOICES = 150
# How far beyond a border blocks may change hands.
REACH = 2
# Deterministic seconds, the same on every machine, so that the same input gives the same plan: for all at
# once, for one neighbourhood, and for all of these, more where somebody leaves or joins.
AT_ONCE = 0.6
NEARBY = 0.15
EFFORT = 0.3
MUCH_EFFORT = 3.2
# What was with somebody who is not asked about.
ELSEWHERE = -2


def fewest_moves(task: Task, before: Sequence[int], made: Made, seed: int) -> Made:
    """A division with as few blocks as possible with somebody else than before; never worse than ``made``."""

    def cost(owner: Sequence[int]) -> int:
        return _changed(owner, before)

    if len(task.weights) * len(task.targets) <= ALL_CHOICES:
        whole = _ask(task, made.owner, before, None, MUCH_EFFORT, seed)
        if whole.proved:
            return _told(made, whole, cost, everywhere=True)
        made = replace(made, owner=whole.owner)
    first, left = Answer(made.owner, proved=False, bound=0.0, effort=0.0), MUCH_EFFORT
    # Where somebody leaves or joins, all at once is too much, and only takes time.
    if NOBODY not in before and len(set(before)) == len(task.targets):
        first, left = (
            _near(task, made.owner, before, drawn_in(task, made.owner, before), AT_ONCE, seed),
            EFFORT,
        )
    best = first.owner
    if not first.proved:
        for rings in (1, 2):
            best, left = _around(task, best, before, rings, left, seed)
    return _told(made, replace(first, owner=best), cost, everywhere=False)


def _around(
    task: Task, best: list[int], before: Sequence[int], rings: int, left: float, seed: int
) -> tuple[list[int], float]:
    """One steward's surroundings after the other, as long as that helps and there is effort left."""
    waiting = _centres(task, best, before)
    while waiting and left > 0:
        centre, *waiting = waiting
        crew = {centre}
        for _ring in range(rings):
            crew = with_neighbours(task, best, crew)
        answer = _near(task, best, before, crew, min(NEARBY, left), seed)
        left -= max(answer.effort, 0.01)
        if answer.owner != best and _better(task, answer.owner, best, before):
            best = answer.owner
            around = with_neighbours(task, best, crew)
            waiting += [one for one in _centres(task, best, before) if one in around and one not in waiting]
    return best, left


def _better(task: Task, new: list[int], old: list[int], before: Sequence[int]) -> bool:
    def cost(owner: Sequence[int]) -> int:
        return _changed(owner, before)

    return price(task, new, cost) < price(task, old, cost)


def _near(
    task: Task, start: list[int], before: Sequence[int], crew: set[int], effort: float, seed: int
) -> Answer:
    """What the solver finds among some stewards; all the others keep what they have."""
    ones = sorted(crew)
    role = {one: number for number, one in enumerate(ones)}
    blocks = [block for block in task.blocks if start[block] in crew]
    part = part_of(task, blocks, ones)
    was = [NOBODY if before[block] == NOBODY else role.get(before[block], ELSEWHERE) for block in blocks]
    now = [role[start[block]] for block in blocks]
    answer = _ask(part, now, was, choices_of(part, now, was), effort, seed)
    owner = list(start)
    for block, mine in zip(blocks, answer.owner, strict=True):
        owner[block] = ones[mine]
    others = _changed(start, before) - _changed(now, was)
    return Answer(owner, answer.proved, answer.bound + others, answer.effort)


def _ask(
    task: Task,
    start: list[int],
    before: Sequence[int],
    choices: list[set[int]] | None,
    effort: float,
    seed: int,
) -> Answer:
    search = Search(task, start, before, choices)
    costs = [
        choice
        for block, was in enumerate(before)
        if was not in {NOBODY, ELSEWHERE}
        for one, choice in search.x[block].items()
        if one != was
    ]
    gone = before.count(ELSEWHERE) if isinstance(before, list) else 0
    answer = search.ask(costs, lambda owner: _changed(owner, before), effort=effort, seed=seed)
    return replace(answer, bound=answer.bound + gone)


def _changed(owner: Sequence[int], before: Sequence[int]) -> int:
    return sum(was not in {NOBODY, mine} for mine, was in zip(owner, before, strict=True))


def polished(task: Task, made: Made, seed: int) -> Made:
    """A first cut brought within the tolerance; a small one with the shortest borders within it."""
    if len(task.weights) > SMALL:
        if not task.excess(made.owner):
            return made
        return replace(fewest_moves(task, made.owner, made, seed), optimal=False, gap=None)
    everywhere = len(task.weights) * len(task.targets) <= ALL_CHOICES
    start = made.owner
    choices = None if everywhere else choices_of(task, start, start)
    search = Search(task, start, start, choices)
    costs = [
        search.cut(block, near) for block in task.blocks for near in task.neighbours[block] if near > block
    ]
    return _told(
        made, search.ask(costs, task.cut, effort=AT_ONCE, seed=seed), task.cut, everywhere=everywhere
    )


def _told(made: Made, answer: Answer, cost: Cost, *, everywhere: bool) -> Made:
    value = cost(answer.owner)
    gap = 0.0 if answer.proved or not value else max(0.0, 1 - answer.bound / value) if answer.bound else None
    return Made(answer.owner, (*made.by, CP_SAT), answer.proved, everywhere, gap)


def choices_of(task: Task, start: Sequence[int], before: Sequence[int]) -> list[set[int]]:
    """Who may get each block: those whose ground is near, as it is or as it was."""
    choices = []
    for block in task.blocks:
        near = {block}
        for _step in range(REACH):
            near |= {far for one in near for far in task.neighbours[one]}
        choices.append({one for far in near for one in (start[far], before[far])} - {NOBODY, ELSEWHERE})
    # Ground that nobody has may go to any steward at its edge.
    for part in pieces(task.neighbours, [block for block in task.blocks if before[block] == NOBODY]):
        edge = {before[near] for block in part for near in task.neighbours[block]} - {NOBODY, ELSEWHERE}
        for block in part:
            choices[block] |= edge
    return choices


def drawn_in(task: Task, start: Sequence[int], before: Sequence[int]) -> set[int]:
    """The stewards near a trouble: beyond the tolerance as it was, or changed, and those around them."""
    loads = task.loads(before)
    troubled = {one for one in task.stewards if not task.lower[one] <= loads[one] <= task.upper[one]}
    changed = {start[block] for block in task.blocks if start[block] != before[block]}
    return with_neighbours(task, start, with_neighbours(task, start, troubled | changed))


def with_neighbours(task: Task, owner: Sequence[int], crew: set[int]) -> set[int]:
    """Some stewards and all whose ground touches theirs."""
    return crew | {
        owner[near] for block in task.blocks if owner[block] in crew for near in task.neighbours[block]
    }


def _centres(task: Task, owner: Sequence[int], before: Sequence[int]) -> list[int]:
    """The stewards with moved blocks, those with most first; all of them where loads are beyond tolerance."""
    moved = [0] * len(task.targets)
    for mine, was in zip(owner, before, strict=True):
        if was not in {NOBODY, mine}:
            moved[mine] += 1
            moved[was] += 1
    return sorted((one for one in task.stewards if moved[one]), key=lambda one: (-moved[one], one))
