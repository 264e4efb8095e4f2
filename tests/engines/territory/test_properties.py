"""What holds for every ground, every staff and both ways of making a plan."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.territory.conftest import grid, grounds, grounds_of, held, in_one_piece, loads, staff
from unionhall.engines.territory import AUTO, PLAIN, Steward, TerritoryError, divide, explain, redraw

capacities = st.sampled_from([0.5, 1.0, 2.0])
methods = st.sampled_from([AUTO, PLAIN])


def holds(plan, stewards):
    """Each block with exactly one steward, nobody without, all in one piece, figures that add up."""
    assert list(plan.steward_of) == sorted(block.id for block in plan.ground.blocks)
    assert set(plan.steward_of.values()) == {one.id for one in stewards if one.state == "ACTIVE"}
    for members in grounds_of(plan).values():
        assert in_one_piece(plan.ground, members)
    assert plan.report.contiguous
    assert {load.steward: load.load for load in plan.loads} == loads(plan)
    total = sum(block.workload for block in plan.ground.blocks)
    assert sum(load.share for load in plan.loads) == pytest.approx(total)
    assert plan.report.max_deviation == pytest.approx(
        max(abs(load.load / load.share - 1) for load in plan.loads)
    )
    moved = {
        block.id: (block.steward, plan.steward_of[block.id])
        for block in plan.ground.blocks
        if plan.steward_of[block.id] != block.steward and block.steward
    }
    assert {move.block: (move.before, move.after) for move in plan.moves if move.before} == moved
    assert plan.report.moved_blocks == len(moved)


def tried(make, ground, stewards, method):
    """The plan, or nothing and the codes of the refusal."""
    try:
        return make(ground, stewards, method=method), set()
    except TerritoryError as error:
        return None, {problem.code for problem in error.problems}


@given(grounds(), st.data(), methods)
@settings(deadline=None, max_examples=25)
def test_a_first_cut(ground, data, method):
    count = data.draw(st.integers(1, min(4, len(ground.blocks))))
    stewards = [Steward(f"s{number}", capacity=data.draw(capacities)) for number in range(count)]
    plan = divide(ground, stewards, method=method)
    holds(plan, stewards)
    assert plan.moves == ()


@given(grounds(), st.data(), methods)
@settings(deadline=None, max_examples=40)
def test_locks_are_honoured_or_the_ground_is_refused(ground, data, method):
    count = data.draw(st.integers(2, min(4, len(ground.blocks))))
    stewards = staff(count)
    names = [block.id for block in ground.blocks]
    locked = data.draw(st.dictionaries(st.sampled_from(names), st.sampled_from(stewards), max_size=3))
    ground = held(ground, {block: one.id for block, one in locked.items()}, locked)
    make = data.draw(st.sampled_from([divide, redraw] if locked else [divide]))
    plan, refused = tried(make, ground, stewards, method)
    assert refused <= {"LOCKS_APART", "LOCKS_LEAVE_NO_ROOM", "NO_ROOM"}
    if plan is None:
        return
    holds(plan, stewards)
    assert {block: plan.steward_of[block] for block in locked} == {b: one.id for b, one in locked.items()}
    assert (plan.report.locks, plan.report.locks_kept) == (len(locked), len(locked))


@given(grounds(least=4), st.data(), methods)
@settings(deadline=None, max_examples=25)
def test_limits_are_never_exceeded(ground, data, method):
    total = sum(block.workload for block in ground.blocks)
    stewards = [
        Steward("s0", limit=data.draw(st.sampled_from([0.2, 0.35, 0.5])) * total),
        Steward("s1"),
        Steward("s2"),
    ]
    plan, refused = tried(divide, ground, stewards, method)
    assert refused <= {"LIMIT_EXCEEDED"}
    if plan is None:
        return
    holds(plan, stewards)
    assert loads(plan)["s0"] <= stewards[0].limit


@given(grounds(least=5), st.data(), methods)
@settings(deadline=None, max_examples=40)
def test_redrawing_whoever_had_what(ground, data, method):
    """Any present state: torn grounds, blocks that nobody has, leavers, joiners, drifted loads."""
    stewards = staff(data.draw(st.integers(2, 4)))
    names = [*(one.id for one in stewards), "", "gone"]
    before = {block.id: data.draw(st.sampled_from(names)) for block in ground.blocks}
    if data.draw(st.booleans()):
        stewards = [replace(stewards[0], state="LEAVING"), *stewards[1:]]
    ground = held(ground, before)
    plan, refused = tried(redraw, ground, stewards, method)
    staying = {one.id for one in stewards if one.state == "ACTIVE"}
    assert refused == (set() if staying & set(before.values()) else {"NOBODY_HOLDS"})
    if plan is None:
        return
    holds(plan, stewards)
    for move in plan.moves:
        assert (move.why == "NEW") == (move.before == "")
        assert (move.why == "LEAVER") == (
            move.before == "gone" or (move.before, stewards[0].state) == ("s0", "LEAVING")
        )


@given(grounds(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=25)
def test_the_order_of_rows_changes_nothing(ground, chance):
    stewards = staff(2)
    first = divide(ground, stewards)
    shuffled = replace(
        ground,
        blocks=tuple(chance.sample(ground.blocks, len(ground.blocks))),
        borders=tuple(
            replace(border, first=border.second, second=border.first) if chance.random() < 0.5 else border
            for border in chance.sample(ground.borders, len(ground.borders))
        ),
    )
    again = divide(shuffled, stewards[::-1])
    assert (again.steward_of, again.loads) == (first.steward_of, first.loads)
    assert again.report == first.report


def test_the_same_plan_every_time():
    chance = random.Random(4)
    ground = grid(18, 18, lambda _x, _y: chance.randint(1, 30))
    plan = divide(ground, staff(9))
    assert divide(ground, staff(9)) == plan
    drifted = replace(
        ground,
        blocks=tuple(
            replace(
                block, steward=plan.steward_of[block.id], workload=block.workload * chance.choice([1, 1, 2])
            )
            for block in ground.blocks
        ),
    )
    assert redraw(drifted, staff(9)) == redraw(drifted, staff(9))


@given(grounds(), methods)
@settings(deadline=None, max_examples=20)
def test_every_block_can_be_explained(ground, method):
    plan = divide(ground, staff(3), method=method)
    for block in ground.blocks:
        told = explain(plan, block.id)
        mine = plan.steward_of[block.id]
        beside = [
            ({border.first, border.second} - {block.id}).pop()
            for border in ground.borders
            if block.id in {border.first, border.second}
        ]
        assert told.load.steward == mine
        assert told.neighbours == sum(plan.steward_of[near] == mine for near in beside)
        assert {other.steward: other.neighbours for other in told.alternatives} == {
            one: sum(plan.steward_of[near] == one for near in beside)
            for one in {plan.steward_of[near] for near in beside} - {mine}
        }
        rest = grounds_of(plan)[mine] - {block.id}
        torn = not rest or not in_one_piece(ground, rest)
        assert {other.against == "TORN" for other in told.alternatives} <= {torn}
