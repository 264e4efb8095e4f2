"""Small grounds, where every division can be looked at: the engine finds the best."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.territory.conftest import grounds, grounds_of, held, in_one_piece, loads, staff
from unionhall.engines.territory import divide, redraw

TOLERANCE = 0.1


def divisions(ground, count):
    """Every division of a ground in which each of s0, s1 ... has something, in one piece."""
    names = [block.id for block in ground.blocks]
    place = {name: number for number, name in enumerate(names)}
    near = [0] * len(names)
    for border in ground.borders:
        near[place[border.first]] |= 1 << place[border.second]
        near[place[border.second]] |= 1 << place[border.first]

    def hangs(members):
        seen = members & -members
        while True:
            reach = seen
            for number in range(len(names)):
                if seen >> number & 1:
                    reach |= near[number] & members
            if reach == seen:
                return seen == members
            seen = reach

    whole = [members and hangs(members) for members in range(1 << len(names))]
    for owner in product(range(count), repeat=len(names)):
        members = [0] * count
        for number, one in enumerate(owner):
            members[one] |= 1 << number
        if all(whole[some] for some in members):
            yield {name: f"s{one}" for name, one in zip(names, owner, strict=True)}


def excess(ground, steward_of, count):
    """By how much the worst load lies beyond the tolerance."""
    total = sum(block.workload for block in ground.blocks)
    found = [0.0] * count
    for block in ground.blocks:
        found[int(steward_of[block.id][1:])] += block.workload
    return max(0.0, max(abs(load / (total / count) - 1) for load in found) - TOLERANCE)


def cut(ground, steward_of):
    return sum(steward_of[border.first] != steward_of[border.second] for border in ground.borders)


def moved(ground, steward_of):
    return sum(block.steward != steward_of[block.id] for block in ground.blocks if block.steward)


def judge(plan, ground, count, cost):
    """Nothing is more even; and of what is within the tolerance, nothing costs less."""
    assert all(in_one_piece(ground, members) for members in grounds_of(plan).values())
    reached = excess(ground, plan.steward_of, count)
    every = [(excess(ground, one, count), cost(ground, one)) for one in divisions(ground, count)]
    # Bounds are whole numbers, and what is beyond them is counted in ten-thousandths.
    least = min(over for over, _cost in every)
    assert reached <= least + 2e-4 + 1.5 * count / sum(loads(plan).values()) * (least > 0)
    if least == 0:
        assert cost(ground, plan.steward_of) == min(costs for over, costs in every if over == 0)
        assert plan.report.optimal
        assert plan.report.searched == "ALL"


@given(grounds(least=4, most=8), st.integers(2, 3))
@settings(deadline=None, max_examples=25)
def test_a_first_cut_is_even_and_then_round(ground, count):
    plan = divide(ground, staff(count), tolerance=TOLERANCE)
    judge(plan, ground, count, cut)


@given(grounds(least=4, most=8), st.integers(2, 3), st.data())
@settings(deadline=None, max_examples=25)
def test_redrawing_moves_as_few_as_can_be(ground, count, data):
    every = list(divisions(ground, count))
    before = data.draw(st.sampled_from(every)) if every else {}
    forgotten = data.draw(st.sets(st.sampled_from([block.id for block in ground.blocks]), max_size=2))
    ground = held(ground, {block: one for block, one in before.items() if block not in forgotten})
    if not any(block.steward for block in ground.blocks):
        return
    plan = redraw(ground, staff(count), tolerance=TOLERANCE)
    judge(plan, ground, count, moved)
    assert plan.report.moved_blocks == moved(ground, plan.steward_of)
