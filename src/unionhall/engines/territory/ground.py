"""Blocks, what lies beside what, and the stewards among whom the ground is divided."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unionhall.engines.territory.problems import Problem, TerritoryError

ACTIVE, LEAVING = "ACTIVE", "LEAVING"


@dataclass(frozen=True)
class Block:
    """The smallest piece of ground; it always lies with one steward as a whole.

    ``steward`` is who has it now, or nobody. ``locked`` keeps it there. ``area`` and ``perimeter`` are known
    where there are polygons. ``row`` is where it stands in its file, 0 if in none.
    """

    id: str
    workload: float = 1.0
    name: str = ""
    steward: str = ""
    locked: bool = False
    area: float = 0.0
    perimeter: float = 0.0
    row: int = 0


@dataclass(frozen=True)
class Border:
    """Two blocks that touch. ``length`` is that of the common line, 0 where there are no polygons.

    A ``barrier`` (river, railway) cannot be crossed: they touch, and are no neighbours.
    """

    first: str
    second: str
    length: float = 0.0
    barrier: bool = False
    row: int = 0


@dataclass(frozen=True)
class Steward:
    """Who looks after blocks.

    ``capacity`` is relative: 0.5 gets half as much as 1. ``limit``, in units of workload, is never exceeded.
    ``home`` is a block near which the ground should lie. A ``state`` of LEAVING gives everything up.
    """

    id: str
    name: str = ""
    capacity: float = 1.0
    limit: float | None = None
    home: str = ""
    state: str = ACTIVE
    row: int = 0


@dataclass(frozen=True)
class Ground:
    """Blocks and borders in any order; what is made of them does not depend on it."""

    blocks: tuple[Block, ...]
    borders: tuple[Border, ...]


def check(ground: Ground, stewards: Sequence[Steward]) -> None:
    """Raise TerritoryError with all that cannot be right, whatever is to be done with it."""
    problems = [*_block_problems(ground.blocks), *_steward_problems(stewards)]
    known = {block.id for block in ground.blocks}
    for border in ground.borders:
        problems += [
            _problem("NEIGHBOUR_UNKNOWN", border, block=block, other=other)
            for block, other in ((border.first, border.second), (border.second, border.first))
            if block not in known
        ]
    staff = {steward.id: steward for steward in stewards}
    for block in ground.blocks:
        if not block.locked:
            continue
        if not block.steward:
            problems.append(_problem("LOCK_WITHOUT_STEWARD", block, block=block.id))
        elif block.steward not in staff:
            problems.append(_problem("LOCK_UNKNOWN_STEWARD", block, block=block.id, steward=block.steward))
        elif staff[block.steward].state == LEAVING:
            problems.append(_problem("LOCK_OF_LEAVER", block, block=block.id, steward=block.steward))
    problems += [
        _problem("HOME_UNKNOWN", steward, steward=steward.id, block=steward.home)
        for steward in stewards
        if steward.home and steward.home not in known
    ]
    if problems:
        raise TerritoryError(problems)
    _check_sums(ground, stewards)


def _check_sums(ground: Ground, stewards: Sequence[Steward]) -> None:
    active = [steward for steward in stewards if steward.state == ACTIVE]
    total = sum(block.workload for block in ground.blocks)
    if not active:
        raise TerritoryError([Problem("NO_STEWARDS")])
    if len(active) > len(ground.blocks):
        counts: dict[str, str | int | float] = {"stewards": len(active), "blocks": len(ground.blocks)}
        raise TerritoryError([Problem("MORE_STEWARDS_THAN_BLOCKS", counts)])
    if total <= 0:
        raise TerritoryError([Problem("NO_WORKLOAD")])
    limits = [steward.limit for steward in active if steward.limit is not None]
    if len(limits) == len(active) and sum(limits) < total:
        raise TerritoryError([Problem("LIMITS_SHORT", {"workload": total, "limits": sum(limits)})])


def _block_problems(blocks: Sequence[Block]) -> Iterator[Problem]:
    if not blocks:
        yield Problem("NO_BLOCKS")
    often = Counter(block.id for block in blocks)
    for block in blocks:
        if not block.id:
            yield _problem("BLOCK_WITHOUT_ID", block)
        elif often[block.id] > 1:
            yield _problem("BLOCK_TWICE", block, block=block.id)
        if not math.isfinite(block.workload) or block.workload < 0:
            yield _problem("WORKLOAD_NEGATIVE", block, block=block.id, workload=block.workload)


def _steward_problems(stewards: Sequence[Steward]) -> Iterator[Problem]:
    often = Counter(steward.id for steward in stewards)
    for steward in stewards:
        if not steward.id:
            yield _problem("STEWARD_WITHOUT_ID", steward)
        elif often[steward.id] > 1:
            yield _problem("STEWARD_TWICE", steward, steward=steward.id)
        if steward.state not in {ACTIVE, LEAVING}:
            yield _problem("STATE_UNKNOWN", steward, steward=steward.id, state=steward.state)
        for figure in (steward.capacity, steward.limit):
            if figure is not None and not (math.isfinite(figure) and figure > 0):
                yield _problem("CAPACITY_NOT_POSITIVE", steward, steward=steward.id, capacity=figure)


def _problem(code: str, where: Block | Border | Steward, **data: str | float) -> Problem:
    """A problem with the row of its file, where there is one."""
    row = {"row": where.row} if where.row else {}
    return Problem(code, {**row, **data})
