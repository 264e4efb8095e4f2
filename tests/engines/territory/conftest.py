"""Grounds to divide: grids that one sees through, and random ones that nobody thought of."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from unionhall.engines.territory import Block, Border, Ground, Steward


def grid(width, height, workload=lambda _x, _y: 1.0):
    """Blocks x-y in rows, neighbours left, right, above and below."""
    blocks = tuple(Block(f"{x}-{y}", workload(x, y)) for y in range(height) for x in range(width))
    borders = [Border(f"{x}-{y}", f"{x + 1}-{y}") for y in range(height) for x in range(width - 1)]
    borders += [Border(f"{x}-{y}", f"{x}-{y + 1}") for y in range(height - 1) for x in range(width)]
    return Ground(blocks, tuple(borders))


def staff(count, **more):
    return [Steward(f"s{number}", **more) for number in range(count)]


def held(ground, steward_of, locked=()):
    """The ground with who has what, a mapping or a function of the block's id."""
    get = steward_of if callable(steward_of) else lambda block: steward_of.get(block, "")
    return replace(
        ground,
        blocks=tuple(
            replace(block, steward=get(block.id), locked=block.id in locked) for block in ground.blocks
        ),
    )


def loads(plan):
    found = dict.fromkeys((steward.id for steward in plan.stewards if steward.state == "ACTIVE"), 0.0)
    for block in plan.ground.blocks:
        found[plan.steward_of[block.id]] += block.workload
    return found


def in_one_piece(ground, members):
    """Whether blocks hang together, told without the engine."""
    members = set(members)
    near = {block: set() for block in members}
    barriers = {frozenset((b.first, b.second)) for b in ground.borders if b.barrier}
    for border in ground.borders:
        if {border.first, border.second} <= members and frozenset(
            (border.first, border.second)
        ) not in barriers:
            near[border.first].add(border.second)
            near[border.second].add(border.first)
    seen, waiting = set(), [min(members)]
    while waiting:
        block = waiting.pop()
        if block not in seen:
            seen.add(block)
            waiting.extend(near[block] - seen)
    return seen == members


def grounds_of(plan):
    found = {}
    for block, steward in plan.steward_of.items():
        found.setdefault(steward, set()).add(block)
    return found


@st.composite
def grounds(draw, least=3, most=16):
    """A connected ground: a random tree with random chords."""
    count = draw(st.integers(least, most))
    weights = draw(st.lists(st.integers(0, 40), min_size=count, max_size=count).filter(any))
    pairs = {(draw(st.integers(0, number - 1)), number) for number in range(1, count)}
    chord = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(
        lambda pair: pair[0] < pair[1]
    )
    pairs |= draw(st.sets(chord, max_size=count))
    blocks = tuple(Block(f"b{number:02}", float(weight)) for number, weight in enumerate(weights))
    return Ground(blocks, tuple(Border(f"b{a:02}", f"b{b:02}") for a, b in sorted(pairs)))
