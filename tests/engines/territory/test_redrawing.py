"""Drift, leavers, joiners and torn grounds, where the answer can be seen."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.engines.territory.conftest import grid, grounds_of, held, in_one_piece, loads, staff
from unionhall.engines.territory import (
    AUTO,
    LEAVER_TOLERANCE,
    PLAIN,
    REDRAW_TOLERANCE,
    Border,
    Steward,
    TerritoryError,
    divide,
    explain,
    redraw,
)

both = pytest.mark.parametrize("method", [AUTO, PLAIN])


def columns(ground, width):
    """A steward for each so many columns of a grid."""
    return held(ground, lambda block: f"s{int(block.split('-')[0]) // width}")


@both
def test_what_is_within_the_tolerance_stays(method):
    ground = columns(grid(6, 4), 2)
    plan = redraw(ground, staff(3), method=method)
    assert (plan.moves, plan.report.made_by, plan.report.optimal) == ((), (), True)
    assert {load.deviation for load in plan.loads} == {0.0}


@both
def test_drift_is_mended_by_one_block(method):
    ground = columns(grid(4, 4), 2)
    heavy = replace(
        ground,
        blocks=tuple(
            replace(block, workload=5.0 if block.id == "0-0" else 3.0 if block.id == "1-1" else 1.0)
            for block in ground.blocks
        ),
    )
    plan = redraw(heavy, staff(2), tolerance=0.05, method=method)
    assert [(m.block, m.before, m.after, m.why) for m in plan.moves] == [("1-1", "s0", "s1", "BALANCE")]
    assert loads(plan) == {"s0": 11.0, "s1": 11.0}


@both
def test_the_leavers_blocks_alone_change_hands(method):
    """Six columns, the two in the middle become free and go half to the left, half to the right."""
    ground = columns(grid(6, 4), 2)
    plan = redraw(ground, [Steward("s0"), Steward("s1", state="LEAVING"), Steward("s2")], method=method)
    assert {move.block for move in plan.moves} == {f"{x}-{y}" for x in (2, 3) for y in range(4)}
    assert {(move.before, move.why) for move in plan.moves} == {("s1", "LEAVER")}
    assert loads(plan) == {"s0": 12.0, "s2": 12.0}


def test_whoever_is_not_among_the_staff_has_left():
    ground = columns(grid(6, 4), 2)
    gone = redraw(ground, [Steward("s0"), Steward("s2")])
    leaving = redraw(ground, [Steward("s0"), Steward("s1", state="LEAVING"), Steward("s2")])
    assert gone.steward_of == leaving.steward_of
    assert gone.moves == leaving.moves


def test_where_somebody_leaves_more_room_is_usual():
    ground = columns(grid(6, 4), 2)
    left, stayed, asked = (
        redraw(ground, staff(2)),
        redraw(ground, staff(3)),
        redraw(ground, staff(2), tolerance=0.04),
    )
    usual = (LEAVER_TOLERANCE, REDRAW_TOLERANCE, 0.04)
    assert tuple(plan.report.tolerance for plan in (left, stayed, asked)) == usual


@both
def test_a_joiner_gets_even_ground_in_one_piece_at_home(method):
    ground = columns(grid(12, 6), 4)
    plan = redraw(ground, [*staff(3), Steward("new", home="5-2")], method=method)
    mine = grounds_of(plan)["new"]
    assert "5-2" in mine
    assert in_one_piece(ground, mine)
    assert loads(plan)["new"] == pytest.approx(18, rel=0.0501)
    assert {move.why for move in plan.moves if move.after == "new"} == {"JOINER"}
    assert plan.report.within_tolerance


@both
def test_blocks_that_nobody_had_go_to_whom_they_touch(method):
    ground = columns(grid(6, 4), 3)
    ground = held(ground, lambda block: "" if block in {"0-0", "5-3"} else f"s{int(block[0]) // 3}")
    plan = redraw(ground, staff(2), method=method)
    assert [(m.block, m.before, m.after, m.why) for m in plan.moves] == [
        ("0-0", "", "s0", "NEW"),
        ("5-3", "", "s1", "NEW"),
    ]
    assert plan.report.moved_blocks == 0


@both
def test_ground_in_pieces_is_mended(method):
    ground = columns(grid(6, 4), 3)
    swapped = {"0-0": "s1", "5-3": "s0"}
    ground = held(ground, lambda block: swapped.get(block, f"s{int(block[0]) // 3}"))
    plan = redraw(ground, staff(2), method=method)
    assert [(m.block, m.after, m.why) for m in plan.moves] == [("0-0", "s0", "APART"), ("5-3", "s1", "APART")]


@both
def test_capacities_and_limits_weigh(method):
    ground = columns(grid(8, 6), 4)
    plan = redraw(ground, [Steward("s0", capacity=3), Steward("s1", capacity=1)], method=method)
    assert loads(plan) == {"s0": pytest.approx(36, rel=0.05), "s1": pytest.approx(12, rel=0.0501)}
    limited = redraw(ground, [Steward("s0", limit=10.0), Steward("s1")], method=method)
    assert loads(limited) == {"s0": 10.0, "s1": 38.0}


@both
def test_a_locked_block_stays_though_its_steward_has_too_much(method):
    ground = held(grid(4, 1), {"0-0": "s0", "1-0": "s0", "2-0": "s0", "3-0": "s1"}, locked={"0-0", "2-0"})
    plan = redraw(ground, staff(2), method=method)
    assert plan.moves == ()
    assert (plan.report.within_tolerance, plan.report.locks_kept) == (False, 2)
    assert [(w.code, w.data["steward"]) for w in plan.report.warnings] == [
        ("BEYOND_TOLERANCE", "s0"),
        ("BEYOND_TOLERANCE", "s1"),
    ]
    assert {a.against for a in explain(plan, "2-0").alternatives} == {"LOCKED"}


@both
def test_a_river_is_not_crossed_and_a_bridge_is(method):
    """Two rows with a river between: the ground can only be divided across it where there is a bridge."""
    ground = grid(6, 2)
    river = [Border(f"{x}-0", f"{x}-1", barrier=True) for x in range(6)]
    banks = divide(replace(ground, borders=(*ground.borders, *river)), staff(2), method=method)
    assert {frozenset(block[-1] for block in some) for some in grounds_of(banks).values()} == {
        frozenset("0"),
        frozenset("1"),
    }
    bridged = replace(ground, borders=(*ground.borders, *river[1:]))
    plan = divide(bridged, staff(3), method=method)
    for some in grounds_of(plan).values():
        assert in_one_piece(bridged, some)
    assert plan.report.within_tolerance


def test_an_island_is_refused_with_its_block_or_divided_by_itself():
    ground = grid(6, 4)
    island = replace(ground, blocks=(*ground.blocks, replace(ground.blocks[0], id="island")))
    with pytest.raises(TerritoryError) as caught:
        divide(island, staff(3))
    assert [(p.code, p.data["block"], p.data["blocks"]) for p in caught.value.problems] == [
        ("ISLAND", "island", 1)
    ]
    plan = divide(island, staff(3), allow_islands=True)
    assert sorted(loads(plan).values()) == [1.0, 12.0, 12.0]
    assert ("SEPARATE_GROUND", "island") in {(w.code, w.data.get("block")) for w in plan.report.warnings}
    joined = replace(island, borders=(*island.borders, Border("island", "5-3")))
    assert divide(joined, staff(3), tolerance=0.09).report.within_tolerance


def test_two_grounds_share_the_stewards_by_load():
    left, right = grid(6, 6), grid(6, 3)
    apart = replace(
        left,
        blocks=(*left.blocks, *(replace(block, id=f"r{block.id}") for block in right.blocks)),
        borders=(*left.borders, *(Border(f"r{b.first}", f"r{b.second}") for b in right.borders)),
    )
    plan = divide(apart, staff(3))
    assert loads(plan) == {"s0": 18.0, "s1": 18.0, "s2": 18.0}
    emptied = held(apart, plan.steward_of)
    alone = next(one for one, some in grounds_of(plan).items() if "r0-0" in some)
    with pytest.raises(TerritoryError) as caught:
        redraw(emptied, [one for one in staff(3) if one.id != alone])
    assert [(p.code, p.data["blocks"]) for p in caught.value.problems] == [("ISLAND_WITHOUT_STEWARD", 18)]


def test_a_real_sized_ground_is_redrawn_within_its_targets():
    """1,000 blocks and 20 stewards: a tenth drifts, somebody leaves, somebody joins."""
    chance = random.Random(7)
    ground = grid(40, 25, lambda _x, _y: float(round(chance.lognormvariate(3, 0.7)) + 1))
    stewards = staff(20)
    first = divide(ground, stewards)
    assert first.report.within_tolerance
    assert first.report.contiguous
    ground = held(ground, first.steward_of)
    drifted = replace(
        ground,
        blocks=tuple(
            replace(b, workload=b.workload * chance.uniform(0.5, 2)) if chance.random() < 0.1 else b
            for b in ground.blocks
        ),
    )
    mended = redraw(drifted, stewards)
    assert mended.report.within_tolerance
    assert mended.report.moved_blocks_share <= 0.01
    fallback = redraw(drifted, stewards, method=PLAIN)
    assert fallback.report.within_tolerance
    assert mended.report.moved_blocks <= fallback.report.moved_blocks
    leaver = next(one for one, some in grounds_of(first).items() if "20-12" in some)
    left = redraw(ground, [one for one in stewards if one.id != leaver])
    assert left.report.within_tolerance
    assert left.report.moved_blocks <= 1.5 * len(grounds_of(first)[leaver])
    joined = redraw(ground, [*stewards, Steward("t", home="20-12")])
    assert joined.report.within_tolerance
    assert joined.report.moved_blocks <= 1.5 * 1000 / 21
