"""What cannot be right is refused with all of it at once, each with where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engines.territory.conftest import grid, held, staff
from unionhall.engines.territory import Block, Border, Ground, Steward, TerritoryError, divide, redraw


def problems(ground, stewards, make=divide):
    with pytest.raises(TerritoryError) as caught:
        make(ground, stewards)
    return [(p.code, *p.data.values()) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("stewards", "expected"),
    [
        ([], [("NO_STEWARDS",)]),
        ([Steward("a", state="LEAVING")], [("NO_STEWARDS",)]),
        ([Steward("a"), Steward("a", row=3)], [("STEWARD_TWICE", "a"), ("STEWARD_TWICE", 3, "a")]),
        ([Steward("")], [("STEWARD_WITHOUT_ID",)]),
        ([Steward("a", capacity=0)], [("CAPACITY_NOT_POSITIVE", "a", 0)]),
        ([Steward("a", limit=-1.0)], [("CAPACITY_NOT_POSITIVE", "a", -1.0)]),
        ([Steward("a", capacity=float("inf"))], [("CAPACITY_NOT_POSITIVE", "a", float("inf"))]),
        ([Steward("a", home="x")], [("HOME_UNKNOWN", "a", "x")]),
        ([Steward("a", state="ILL")], [("STATE_UNKNOWN", "a", "ILL")]),
        (staff(7), [("MORE_STEWARDS_THAN_BLOCKS", 7, 6)]),
        ([Steward("a", limit=2.0), Steward("b", limit=3.0)], [("LIMITS_SHORT", 6.0, 5.0)]),
    ],
)
def test_staff(stewards, expected):
    assert problems(grid(3, 2), stewards) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda g: replace(g, blocks=()), [("NO_BLOCKS",)]),
        (
            lambda g: replace(g, blocks=(*g.blocks, Block("0-0", row=9))),
            [("BLOCK_TWICE", "0-0"), ("BLOCK_TWICE", 9, "0-0")],
        ),
        (lambda g: replace(g, blocks=(*g.blocks, Block("", row=8))), [("BLOCK_WITHOUT_ID", 8)]),
        (lambda g: replace(g, blocks=(*g.blocks, Block("x", -1.0))), [("WORKLOAD_NEGATIVE", "x", -1.0)]),
        (lambda g: replace(g, blocks=tuple(replace(b, workload=0.0) for b in g.blocks)), [("NO_WORKLOAD",)]),
        (
            lambda g: replace(g, borders=(*g.borders, Border("0-0", "x", row=4))),
            [("NEIGHBOUR_UNKNOWN", 4, "x", "0-0")],
        ),
        (lambda g: held(g, {"0-0": "zhao"}, {"0-0"}), [("LOCK_UNKNOWN_STEWARD", "0-0", "zhao")]),
        (lambda g: held(g, {}, {"0-0"}), [("LOCK_WITHOUT_STEWARD", "0-0")]),
        (lambda g: held(g, {"0-0": "gone"}, {"0-0"}), [("LOCK_OF_LEAVER", "0-0", "gone")]),
        (
            lambda g: held(
                g, {"0-0": "s0", "2-1": "s0", "1-0": "s1", "1-1": "s1"}, {"0-0", "2-1", "1-0", "1-1"}
            ),
            [("LOCKS_APART", "s0", "2-1")],
        ),
    ],
)
def test_blocks(change, expected):
    ground = change(grid(3, 2))
    assert problems(ground, [*staff(2), Steward("gone", state="LEAVING")])[: len(expected)] == expected


def test_everything_is_told_at_once():
    ground = Ground((Block("a"), Block("a"), Block("b", -2.0)), (Border("a", "z"),))
    assert [code for code, *_data in problems(ground, [Steward("s", capacity=0)])] == [
        "BLOCK_TWICE",
        "BLOCK_TWICE",
        "WORKLOAD_NEGATIVE",
        "CAPACITY_NOT_POSITIVE",
        "NEIGHBOUR_UNKNOWN",
    ]


def test_a_redraw_of_ground_that_nobody_has():
    assert problems(grid(3, 2), staff(2), redraw) == [("NOBODY_HOLDS",)]


def test_a_limit_that_no_division_keeps():
    """Two blocks, of which neither fits within the limit of either."""
    ground = Ground((Block("a", 5.0), Block("b", 5.0)), (Border("a", "b"),))
    assert problems(ground, [Steward("s", limit=4.0), Steward("t")]) == [("LIMIT_EXCEEDED", "s", 5.0, 4.0)]
