"""A division of the ground: who has which block, why, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from unionhall.engines.territory.ground import Ground, Steward
from unionhall.engines.territory.problems import Problem

# Why a block changes hands.
LEAVER = "LEAVER"  # who had it leaves
JOINER = "JOINER"  # who gets it had nothing
BALANCE = "BALANCE"  # the loads are to be even
APART = "APART"  # it lay apart from the rest of its steward's ground
NEW = "NEW"  # nobody had it
DIVIDED_ANEW = "DIVIDED_ANEW"  # a first cut asks nobody who had what

# How a plan was made, in the order in which it was done.
METIS = "METIS"  # cut by METIS
GROWTH = "GROWTH"  # grown block by block from seeds
SHIFTS = "SHIFTS"  # blocks handed on along chains of stewards
CP_SAT = "CP_SAT"  # a solver looked for the best

# How compactness was measured.
POLSBY_POPPER = "POLSBY_POPPER"  # area against perimeter: 1 is a circle
HOPS = "HOPS"  # mean number of blocks from the middle: lower is rounder


@dataclass(frozen=True)
class Move:
    """One block that changes hands; ``before`` is empty for a block that nobody had."""

    block: str
    before: str
    after: str
    why: str


@dataclass(frozen=True)
class Load:
    """What one steward has. ``share`` is the even part by capacity; ``deviation`` is load / share - 1."""

    steward: str
    blocks: int
    load: float
    share: float
    deviation: float
    limit: float | None
    contiguous: bool
    compactness: float


@dataclass(frozen=True)
class Report:
    """How good the plan is, and how it was made.

    ``optimal`` says that no plan within the tolerance moves fewer blocks (redrawing) or has shorter borders
    (first cut), among ``searched``: ALL plans, or those NEAR the one found first. ``gap`` is how far the
    solver's bound lay below what it found, 0 when optimal, none when no solver ran.
    """

    tolerance: float
    within_tolerance: bool
    max_deviation: float
    variation: float
    contiguous: bool
    cut_share: float
    compactness: float
    compactness_by: str
    moved_blocks: int
    moved_blocks_share: float
    moved_workload_share: float
    locks: int
    locks_kept: int
    made_by: tuple[str, ...]
    optimal: bool
    searched: str
    gap: float | None
    seed: int
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class Plan:
    """Each block's steward, what moved and why, what each steward has, and the report; all sorted by id."""

    ground: Ground
    stewards: tuple[Steward, ...]
    steward_of: Mapping[str, str]
    moves: tuple[Move, ...]
    loads: tuple[Load, ...]
    report: Report
