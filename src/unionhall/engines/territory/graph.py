"""The ground as numbers: blocks 0..n-1, stewards 0..k-1, neighbours as sorted lists."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence

Neighbours = list[list[int]]
NOBODY = -1


def pieces(neighbours: Neighbours, members: Iterable[int]) -> list[list[int]]:
    """The connected parts of some blocks, each sorted, in order of their first block."""
    left, found = set(members), []
    for first in sorted(left):
        if first not in left:
            continue
        left.remove(first)
        piece, waiting = [first], [first]
        while waiting:
            for near in neighbours[waiting.pop()]:
                if near in left:
                    left.remove(near)
                    piece.append(near)
                    waiting.append(near)
        found.append(sorted(piece))
    return found


def holds_without(neighbours: Neighbours, owner: Sequence[int], block: int) -> bool:
    """Whether the rest of a block's ground stays in one piece, and is not empty, when the block goes."""
    mine = owner[block]
    beside = [near for near in neighbours[block] if owner[near] == mine]
    if len(beside) <= 1:
        return bool(beside)
    missing = set(beside[1:])
    # Most often its neighbours are neighbours of each other: look there before walking the whole ground.
    waiting, seen = [beside[0]], {block, beside[0]}
    around = missing | {beside[0]}
    while waiting and missing:
        for near in neighbours[waiting.pop()]:
            if near in around and near not in seen:
                seen.add(near)
                missing.discard(near)
                waiting.append(near)
    if not missing:
        return True
    waiting, seen = [beside[0]], {block, beside[0]}
    missing = set(beside[1:])
    while waiting and missing:
        for near in neighbours[waiting.pop()]:
            if owner[near] == mine and near not in seen:
                seen.add(near)
                missing.discard(near)
                waiting.append(near)
    return not missing


def hops(
    neighbours: Neighbours, start: Iterable[int], within: Collection[int] | None = None
) -> dict[int, int]:
    """How many steps each block that can be reached lies from the nearest start."""
    far = dict.fromkeys(sorted(start), 0)
    waiting = deque(far)
    while waiting:
        block = waiting.popleft()
        for near in neighbours[block]:
            if near not in far and (within is None or near in within):
                far[near] = far[block] + 1
                waiting.append(near)
    return far


def middle(neighbours: Neighbours, members: Collection[int]) -> int:
    """The block of a ground that lies deepest: last to be reached from its edge, with the most of it near."""
    inside = set(members)
    edge = [block for block in inside if any(near not in inside for near in neighbours[block])]
    depth = hops(neighbours, edge or [min(inside)], inside)
    deepest = max(depth.values())
    candidates = sorted(block for block, far in depth.items() if far == deepest)
    if len(candidates) == 1:
        return candidates[0]
    return min(candidates[:8], key=lambda block: (sum(hops(neighbours, [block], inside).values()), block))
