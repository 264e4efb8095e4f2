"""Charts: every value stands where it belongs, between round ticks."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from unionhall.ui.charts import STACK, bar_chart, dot_chart, strip_chart

VALUES = st.decimals(-10_000, 10_000, places=3)


def test_marks_stand_in_proportion_between_round_ticks():
    chart = strip_chart(
        ["专家评审", "综合得分"],
        [("沈岚", [Decimal("95.5"), Decimal("96.25")]), ("郎雪", [None, Decimal(94)])],
    )
    assert chart.ticks == [
        ("0.00%", "94"),
        ("20.00%", "94.5"),
        ("40.00%", "95"),
        ("60.00%", "95.5"),
        ("80.00%", "96"),
        ("100.00%", "96.5"),
    ]
    assert [[(m.form, m.at, m.text) for m in strip.marks] for strip in chart.strips] == [
        [("1", "60.00%", "专家评审 95.5"), ("main", "90.00%", "综合得分 96.25")],
        [("main", "0.00%", "综合得分 94")],
    ]


@given(st.lists(VALUES, min_size=1, max_size=12))
def test_no_value_leaves_the_axis_and_the_ticks_are_few(values):
    chart = strip_chart([str(n) for n in range(len(values))], [("row", values)])
    places = [Decimal(mark.at.rstrip("%")) for mark in chart.strips[0].marks]
    assert all(0 <= place <= 100 for place in places)
    assert 2 <= len(chart.ticks) <= 7


def test_nothing_to_show_is_an_axis_alone():
    assert strip_chart(["one"], [("row", [None])]).strips[0].marks == []


def test_bars_share_one_scale_and_their_parts_follow_each_other():
    chart = bar_chart(
        ["已超期", "办理中"], [("0–7 天", [1, 2]), ("8–14 天", [0, 1]), ("15 天及以上", [0, 0])]
    )
    assert [(bar.total, bar.end) for bar in chart.bars] == [(3, "90.00%"), (1, "30.00%"), (0, "0.00%")]
    assert [(one.form, one.at, one.width, one.text) for one in chart.bars[0].segments] == [
        ("1", "0.00%", "30.00%", "已超期 1"),
        ("2", "30.00%", "60.00%", "办理中 2"),
    ]
    assert [len(bar.segments) for bar in chart.bars] == [2, 1, 0]
    assert chart.series == [("1", "已超期"), ("2", "办理中")]
    assert bar_chart(["已超期"], []).bars == []


def test_equal_marks_are_stacked_and_the_own_one_lies_lowest():
    chart = dot_chart(
        "各评委", "本人", [("专家", [(Decimal(90), False), (Decimal(90), True), (Decimal(95), False)])]
    )
    assert chart.series == [("1", "各评委"), ("main", "本人")]
    (strip,) = chart.strips
    assert [(m.form, m.at, m.y, m.text) for m in strip.marks] == [
        ("main", "0.00%", "24", "本人 90"),
        ("1", "0.00%", "13", "各评委 90"),
        ("1", "100.00%", "24", "各评委 95"),
    ]
    assert strip.height == "37"


@given(st.lists(st.lists(VALUES, max_size=80), min_size=1, max_size=3))
def test_no_two_dots_lie_on_each_other_and_a_row_stays_low(rows):
    chart = dot_chart("a", "b", [("row", [(value, False) for value in values]) for values in rows])
    assert chart.series == [("1", "a")]
    for strip, values in zip(chart.strips, rows, strict=True):
        assert sorted(mark.text for mark in strip.marks) == sorted(f"a {value}" for value in values)
        seen = [(mark.y, mark.at) for mark in strip.marks]
        crowded = int(strip.height) > STACK
        assert len(seen) == len(set(seen)) or crowded
        assert int(strip.height) <= 26 + STACK
        assert all(0 < int(mark.y) < int(strip.height) for mark in strip.marks)
