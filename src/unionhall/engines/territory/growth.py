"""Ground grown block by block: always in one piece, roughly even. Needs no other package."""

from __future__ import annotations

import heapq
from collections import deque

from unionhall.engines.territory.graph import NOBODY, hops, middle, pieces
from unionhall.engines.territory.problems import Problem, TerritoryError
from unionhall.engines.territory.task import Task

# How often seeds are put into the middle of what grew from them.
ROUNDS = 4


def first_growth(task: Task) -> list[int]:
    """A whole division: from locked blocks where there are some, else from seeds far from each other."""
    anchored = with_locks(task, [NOBODY] * len(task.weights))
    held = {mine for mine in anchored if mine != NOBODY}
    loose = [one for one in task.stewards if one not in held]
    seeds = _spread(task, anchored, loose)
    best: list[int] = []
    for _round in range(ROUNDS):
        owner = list(anchored)
        for steward, seed in seeds.items():
            owner[seed] = steward
        grow(task, owner)
        if not best or task.excess(owner) < task.excess(best):
            best = owner
        grounds = _grounds(task, owner)
        # A seed that is somebody's locked or connecting block cannot be taken.
        seeds = {
            one: deep if anchored[deep := middle(task.neighbours, grounds[one])] == NOBODY else seeds[one]
            for one in loose
        }
    return best


def grow(task: Task, owner: list[int], room: list[float] | None = None) -> None:
    """Give every block that nobody has to a steward beside it, least loaded first, nearest block first.

    With ``room``, what each gets is in proportion to it.
    """
    loads = task.loads(owner) if room is None else [0] * len(task.targets)
    wanted = task.targets if room is None else room
    edges: list[list[tuple[int, int]]] = [[] for _one in task.stewards]
    for one, ground in enumerate(_grounds(task, owner)):
        for block in ground:
            for near in task.neighbours[block]:
                if owner[near] == NOBODY:
                    heapq.heappush(edges[one], (1, near))
    turn = [(loads[one] / (wanted[one] or 1), one) for one in task.stewards if edges[one]]
    heapq.heapify(turn)
    while turn:
        _level, one = heapq.heappop(turn)
        while edges[one]:
            far, block = heapq.heappop(edges[one])
            if owner[block] != NOBODY:
                continue
            owner[block] = one
            loads[one] += task.weights[block]
            for near in task.neighbours[block]:
                if owner[near] == NOBODY:
                    heapq.heappush(edges[one], (far + 1, near))
            heapq.heappush(turn, (loads[one] / (wanted[one] or 1), one))
            break


def with_locks(task: Task, owner: list[int]) -> list[int]:
    """The same with locked blocks given to whom they are locked for, each steward's ground in one piece.

    Pieces without a lock are let go unless they are all that the steward has; pieces with one are joined by
    the shortest way over blocks that are not locked for others, taken from whoever has them.
    """
    owner = [mine if lock == NOBODY else lock for mine, lock in zip(owner, task.fixed, strict=True)]
    ways: set[int] = set()
    for one in task.stewards:
        for part in _locked_first(task, owner, one)[1:]:
            if not _holds_lock(task, part, one):
                _let_go(owner, part)
        _join(task, owner, one, ways)
    # A way taken from somebody may have cut that ground in two.
    for one in task.stewards:
        for part in _locked_first(task, owner, one)[1:]:
            if _holds_lock(task, part, one):
                raise TerritoryError([Problem("LOCKS_APART", {"steward": one, "block": part[0]})])
            _let_go(owner, part)
    return owner


def _join(task: Task, owner: list[int], one: int, ways: set[int]) -> None:
    """Make one piece of a ground, by ways that are noted so that nobody else takes them."""
    while len(parts := _locked_first(task, owner, one)) > 1:
        way = _way(task, parts[0], {block for part in parts[1:] for block in part}, one, ways)
        if way is None:
            raise TerritoryError([Problem("LOCKS_APART", {"steward": one, "block": parts[1][0]})])
        for block in way:
            owner[block] = one
        ways.update(way)


def _locked_first(task: Task, owner: list[int], one: int) -> list[list[int]]:
    """The pieces of a ground: those with locked blocks first, then the heaviest first."""
    parts = pieces(task.neighbours, [block for block in task.blocks if owner[block] == one])

    def order(part: list[int]) -> tuple[bool, int, int]:
        return not _holds_lock(task, part, one), -sum(task.weights[block] for block in part), part[0]

    return sorted(parts, key=order)


def _holds_lock(task: Task, part: list[int], one: int) -> bool:
    return any(task.fixed[block] == one for block in part)


def _let_go(owner: list[int], part: list[int]) -> None:
    for block in part:
        owner[block] = NOBODY


def _way(task: Task, start: list[int], goals: set[int], one: int, kept: set[int]) -> list[int] | None:
    """The shortest way from a piece to another, both ends left out, over blocks locked for nobody else."""
    came = dict.fromkeys(start, NOBODY)
    waiting = deque(start)
    while waiting:
        block = waiting.popleft()
        for near in task.neighbours[block]:
            if near in came or near in kept or task.fixed[near] not in {NOBODY, one}:
                continue
            came[near] = block
            if near in goals:
                way = []
                while came[block] != NOBODY:
                    way.append(block)
                    block = came[block]
                return way
            waiting.append(near)
    return None


def _spread(task: Task, owner: list[int], loose: list[int]) -> dict[int, int]:
    """A seed for each steward without ground: the home, else the free block farthest from all others."""
    taken = {block for block in task.blocks if owner[block] != NOBODY}
    seeds: dict[int, int] = {}
    for one in loose:
        home = task.home[one]
        if home != NOBODY and home not in taken:
            seeds[one] = home
            taken.add(home)
    if not taken:
        # An end of the ground: the block that is farthest from any.
        far = hops(task.neighbours, [0])
        start = max(sorted(far), key=far.__getitem__)
        seeds[loose[0]] = start
        taken.add(start)
    far = hops(task.neighbours, taken)
    for one in loose:
        if one in seeds:
            continue
        seed = max(task.blocks, key=lambda block: (block not in taken, far[block], -block))
        if seed in taken:
            raise TerritoryError([Problem("LOCKS_LEAVE_NO_ROOM", {"steward": one})])
        seeds[one] = seed
        taken.add(seed)
        for block, steps in _nearer(task, seed, far):
            far[block] = steps
    return seeds


def rooms(task: Task, owner: list[int]) -> list[float]:
    """How much each steward may get: up to the tolerance, and what those beside can take over in turn."""
    loads = task.loads(owner)
    own = [max(0.0, float(up - load)) for up, load in zip(task.upper, loads, strict=True)]
    free = {
        mine for block, mine in enumerate(owner) if any(owner[n] == NOBODY for n in task.neighbours[block])
    }
    free.discard(NOBODY)
    beside: dict[int, set[int]] = {one: set() for one in task.stewards}
    for block, mine in enumerate(owner):
        for near in task.neighbours[block]:
            if NOBODY not in {mine, owner[near]} and owner[near] != mine:
                beside[mine].add(owner[near])
    found = list(own)
    for one in task.stewards:
        takers = beside[one] & free
        if one not in free and takers:
            for taker in takers:
                found[taker] += own[one] / len(takers)
    return found


def _nearer(task: Task, seed: int, far: dict[int, int]) -> list[tuple[int, int]]:
    """The blocks to which a new seed is nearer than all former ones, with how near."""
    found = {seed: 0}
    waiting = deque([seed])
    while waiting:
        block = waiting.popleft()
        for near in task.neighbours[block]:
            if near not in found and found[block] + 1 < far[near]:
                found[near] = found[block] + 1
                waiting.append(near)
    return list(found.items())


def _grounds(task: Task, owner: list[int]) -> list[list[int]]:
    grounds: list[list[int]] = [[] for _one in task.stewards]
    for block, mine in enumerate(owner):
        if mine != NOBODY:
            grounds[mine].append(block)
    return grounds
