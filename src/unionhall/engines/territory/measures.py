"""How good a division is, measured on the whole ground."""

from __future__ import annotations

import math
from collections.abc import Sequence

from unionhall.engines.territory.graph import hops, middle, pieces
from unionhall.engines.territory.plan import HOPS, POLSBY_POPPER, Load
from unionhall.engines.territory.survey import Survey


def measure(found: Survey, owner: Sequence[int]) -> tuple[tuple[Load, ...], str]:
    """What each steward has, and by what compactness was measured."""
    grounds: list[list[int]] = [[] for _one in found.stewards]
    for block, mine in enumerate(owner):
        grounds[mine].append(block)
    drawn = all(block.perimeter > 0 for block in found.blocks)
    outlines = _outlines(found, owner) if drawn else []
    loads = []
    for one, steward in enumerate(found.stewards):
        held = [found.blocks[block] for block in grounds[one]]
        share = found.shares[one] / found.unit
        load = math.fsum(block.workload for block in held)
        if drawn:
            area = math.fsum(block.area for block in held)
            compactness = min(1.0, 4 * math.pi * area / outlines[one] ** 2) if outlines[one] else 0.0
        else:
            far = hops(found.neighbours, [middle(found.neighbours, grounds[one])], set(grounds[one]))
            compactness = sum(far.values()) / len(far)
        loads.append(
            Load(
                steward.id,
                len(held),
                load,
                share,
                load / share - 1 if share else 0.0,
                steward.limit,
                len(pieces(found.neighbours, grounds[one])) == 1,
                compactness,
            )
        )
    return tuple(loads), POLSBY_POPPER if drawn else HOPS


def _outlines(found: Survey, owner: Sequence[int]) -> list[float]:
    """The length of the line around each ground: its blocks' lines without those between two of them."""
    lines = [0.0] * len(found.stewards)
    for number, block in enumerate(found.blocks):
        lines[owner[number]] += block.perimeter
    for (first, second), length in found.lengths.items():
        if owner[first] == owner[second]:
            lines[owner[first]] -= 2 * length
    return lines


def variation(loads: Sequence[Load]) -> float:
    """The coefficient of variation of the loads, each taken against its even share."""
    levels = [1 + load.deviation for load in loads]
    mean = math.fsum(levels) / len(levels)
    return math.sqrt(math.fsum((level - mean) ** 2 for level in levels) / len(levels)) / mean if mean else 0.0
