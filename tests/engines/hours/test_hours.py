"""Opening hours: what is read, what is refused, and that whatever is written is read as what it was."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionhall.engines.hours import DAY, WEEK, Hours, HoursError, in_chinese, in_codes, minute_of, read_hours

OFFICE = "Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-16:00"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Mo–Fr 09:00–12:00, 13:00–18:00; Sa 10:00–16:00", OFFICE),
        ("周一至周五 9:00-12:00、13:00-18:00，周六 10:00-16:00", OFFICE),
        ("星期一到星期五：9点—12点，13点～18点。星期六：10点至16点", OFFICE),
        ("工作日 上午9:00－12:00 下午1:00－6:00；周六上午10点到下午4点", OFFICE),
        ("营业时间：周一至五9:00-12:00 13:00-18:00（周六10:00-16:00）", OFFICE),
        ("Monday - Friday 9:00-12:00 13:00-18:00, sat 10:00-16:00", OFFICE),
        ("９：００－２１：３０", "09:00-21:30"),
        ("每天早9点半至晚9点半", "09:30-21:30"),
        ("9:00-12:00；13:30-18:00", "09:00-12:00,13:30-18:00"),
        ("24小时营业", "00:00-24:00"),
        ("每日全天；周日休息", "Mo-Sa 00:00-24:00"),
        ("周日休息，每天 8时30分-17时", "Mo-Sa 08:30-17:00"),
        ("早9点至晚9点，周日休息", "Mo-Sa 09:00-21:00"),
        ("周一、三、五 8:00-10:00", "Mo,We,Fr 08:00-10:00"),
        ("Fr-Mo 17:00-02:00", "Mo,Fr-Su 17:00-02:00"),
        ("晚上10:00-2:00", "22:00-02:00"),
        ("晚6点-12点", "18:00-24:00"),
        ("中午11:30-1:30", "11:30-13:30"),
        ("周末 9:00-12:00,11:00-14:00", "Sa,Su 09:00-14:00"),
    ],
)
def test_what_people_write_is_read(text, meant):
    assert in_codes(read_hours(text)) == meant


@pytest.mark.parametrize(
    ("text", "code", "piece"),
    [
        ("", "NOT_UNDERSTOOD", ""),
        ("看情况", "NOT_UNDERSTOOD", "看情况"),
        ("周一至周五 9:00-18:00，节假日照常", "NOT_UNDERSTOOD", "节假日照常"),
        ("周一至周五 9-18", "NOT_UNDERSTOOD", "9-18"),
        ("周一至周五 9:00", "NOT_UNDERSTOOD", "周一 - 周五 9:00"),
        ("周一至 9:00-18:00", "NOT_UNDERSTOOD", "周一 - 9:00"),
        ("9:00-12:00-18:00", "NOT_UNDERSTOOD", "9:00 - 12:00 -"),
        ("每天 24小时 9:00-12:00", "NOT_UNDERSTOOD", "每天 24小时 9:00"),
        ("周五", "NO_TIME", "周五"),
        ("9:00-12:00；周六 10:00-12:00", "NO_DAYS", "9:00 - 12:00"),
        ("25:00-26:00", "TIME_WRONG", "25:00"),
        ("9:60-10:00", "TIME_WRONG", "9:60"),
        ("24:00-6:00", "TIME_WRONG", "24:00"),
        ("9:00-5:00", "BACKWARDS", "9:00-5:00"),
        ("9:00-9:00", "BACKWARDS", "9:00-9:00"),
        ("周一至周五 9:00-12:00；周五 13:00-15:00", "DAY_TWICE", "周五 13:00 - 15:00"),
        ("每天休息", "NEVER_OPEN", "每天休息"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_piece(text, code, piece):
    with pytest.raises(HoursError) as told:
        read_hours(text)
    assert (told.value.code, told.value.piece) == (code, piece)


def test_it_stands_in_chinese_as_an_office_writes_it():
    assert in_chinese(read_hours(OFFICE)) == "周一至周五 09:00–12:00、13:00–18:00；周六 10:00–16:00"
    assert in_chinese(read_hours("Sa,Su 00:00-24:00")) == "周六、周日 24小时"
    assert in_chinese(read_hours("00:00-24:00")) == "每天 24小时"


def test_at_a_moment_it_is_open_until_or_opens_in():
    hours = read_hours(OFFICE)
    # A Monday in 2026, and the Saturday after it.
    at = [minute_of(datetime(2026, 11, *moment)) for moment in [(23, 11, 30), (23, 12, 0), (28, 16, 0)]]  # noqa: DTZ001
    assert [hours.open_until(one) for one in at] == [30, None, None]
    assert [hours.opens_in(one) for one in at] == [0, 60, DAY + 17 * 60]
    night = read_hours("Su 22:00-02:00")
    assert (night.open_until(60), night.open_until(WEEK - 60)) == (60, 180)
    always = read_hours("24小时")
    assert (always.always, always.open_until(5), always.opens_in(5)) == (True, WEEK, 0)


spans = st.lists(
    st.tuples(st.integers(0, WEEK - 1), st.integers(1, WEEK)).map(lambda one: (one[0], one[0] + one[1])),
    min_size=1,
    max_size=8,
)


@given(spans)
def test_whatever_is_written_is_read_as_what_it_was(given_spans):
    hours = Hours.of(given_spans)
    assert read_hours(in_codes(hours)) == hours
    assert read_hours(in_chinese(hours)) == hours


@given(spans, st.integers(0, WEEK - 1))
def test_it_is_open_in_its_spans_and_only_there(given_spans, minute):
    hours = Hours.of(given_spans)
    inside = any((minute - start) % WEEK < end - start for start, end in given_spans)
    assert (hours.open_until(minute) is not None) == inside
    if not inside:
        wait = hours.opens_in(minute)
        assert wait > 0
        assert hours.open_until((minute + wait) % WEEK) is not None
        assert hours.open_until((minute + wait - 1) % WEEK) is None
    elif not hours.always:
        assert hours.open_until((minute + hours.open_until(minute)) % WEEK) is None


@given(
    st.text(alphabet="周一二三四五六日天每至到-–:：,，;；、09182点半早晚下午休息24小时MoFrSu ", max_size=30)
)
def test_any_text_is_read_or_refused(text):
    try:
        hours = read_hours(text)
    except HoursError as wrong:
        assert wrong.code  # noqa: PT017 - either way is right
    else:
        assert read_hours(in_codes(hours)) == hours
