"""Charts: every value stands where it belongs, between round ticks."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from unionhall.ui.charts import bar_chart, strip_chart

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
