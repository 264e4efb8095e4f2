"""What holds for every record, not only for those that somebody thought of."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unionhall.engines.linkage import (
    COLUMNS,
    normalise,
    normalise_columns,
    plain_text,
    plain_texts,
    read_name,
    regions,
    tables,
)

TRADITIONAL = {simple: other for other, simple in tables.simplified().items() if other != "乾"}
FULL = {chr(point): chr(point + 0xFEE0) for point in range(0x21, 0x7F)}
brands = st.text(sorted("云栖恒泰鑫源宏达金盛瑞丰华龙凤东方国发广门马鸟鱼"), min_size=2, max_size=4)
places = st.sampled_from(
    ["", "杭州", "杭州市", "浙江省杭州市", "西湖区", "内蒙古", "上海浦东新区", "桐庐县", "广东"]
)
trades = st.sampled_from(["", "科技", "信息技术", "贸易", "餐饮管理", "建筑工程"])
forms = st.sampled_from(
    ["有限公司", "股份有限公司", "集团有限公司", "厂", "商店", "烧烤店", "合伙企业(有限合伙)"]
)
branches = st.sampled_from(["", "西湖分公司", "第一营业部", "A座门店"])
names = st.builds("".join, st.tuples(places, brands, trades, forms, branches))
texts = st.text() | st.text(
    sorted("(（）)杭州市西湖区云栖科技有限公司分店个体工商户工会集团乾洗饼干ａA-—1１臺灣"), max_size=24
)


@given(texts | names)
@settings(max_examples=500, deadline=None)
def test_plain_text_stays_as_it_is(text):
    for dashes in (False, True):
        plain = plain_text(text, dashes=dashes)
        assert plain_text(plain, dashes=dashes) == plain


@given(texts | names, texts, texts, texts)
@settings(deadline=None)
def test_a_normalised_record_stays_as_it_is(name, person, address, phone):
    once = normalise(name, person=person, address=address, phone=phone)
    again = normalise(
        once.name, codes=[once.credit, once.tax], person=person, address=address, phone=once.phone
    )
    assert again == once


@given(names)
@settings(deadline=None)
def test_twins_in_traditional_characters_or_full_width_are_the_same_record(name):
    traditional = "".join(TRADITIONAL.get(one, one) for one in name)
    wide = "".join(FULL.get(one, one) for one in name)
    spaced = "　".join(name)
    assert [normalise(twin) for twin in (traditional, wide, spaced)] == [normalise(name)] * 3


@given(
    brands, trades, st.sampled_from(["有限公司", "股份有限公司"]), st.sampled_from(["杭州", "上海", "内蒙古"])
)
@settings(deadline=None)
def test_a_bracketed_region_may_stand_anywhere(brand, trade, form, place):
    bracket = f"（{place}）"
    parts = (brand, trade, form)
    found = {
        read_name(plain_text("".join((*parts[:at], bracket, *parts[at:])))) for at in range(len(parts) + 1)
    }
    assert len(found) == 1
    assert found.pop().region == {"杭州": "浙江省杭州市", "上海": "上海市", "内蒙古": "内蒙古自治区"}[place]


@given(
    st.lists(
        st.tuples(texts | names, texts, texts, texts, st.sampled_from(["", "330100799655058", "无"])),
        max_size=12,
    )
)
@settings(deadline=None)
def test_columns_are_what_one_by_one_gives(rows):
    listed = [list(column) for column in zip(*rows, strict=True)] or [[]] * 5
    columns = normalise_columns(
        listed[0], codes=[listed[4], listed[3]], persons=listed[1], addresses=listed[2], phones=listed[3]
    )
    singles = [
        astuple(normalise(name, codes=[code, phone], person=person, address=address, phone=phone))
        for name, person, address, phone, code in rows
    ]
    assert list(columns) == list(COLUMNS)
    assert list(zip(*columns.values(), strict=True)) == singles


def test_columns_longer_than_a_portion_keep_their_order():
    many = [f"杭州云栖{n}科技有限公司" for n in range(10_000)]
    columns = normalise_columns(many)
    assert columns["brand"] == [f"云栖{n}" for n in range(10_000)]
    assert columns["phone"] == [""] * 10_000


def test_columns_of_two_lengths_are_refused():
    with pytest.raises(ValueError, match="one length"):
        normalise_columns(["甲", "乙"], phones=["1"])


@given(st.lists(st.text(), max_size=8))
@settings(deadline=None)
def test_a_column_of_texts_is_its_texts(column):
    assert plain_texts(column) == [plain_text(text) for text in column]


def test_the_tables_fit_together():
    simple, read = tables.simplified(), tables.readings()
    assert [one for one in simple.values() if one in simple] == []
    assert [
        word
        for word in tables.trades() | set(tables.forms()) | regions.all_names()
        if plain_text(word) != word
    ] == []
    common = {
        bytes([row, cell]).decode("gb2312", "ignore")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
    }
    assert sorted(one for one in common if plain_text(one) not in read and one) == []
    assert len(regions.full_names()) > 3200


@given(st.sampled_from(sorted(regions.full_names())), texts)
@settings(deadline=None)
def test_the_short_way_to_a_district_is_the_long_one(code, rest):
    for head in (
        regions.whole_name(code),
        regions.full_names()[code],
        regions.stem(regions.full_names()[code]),
    ):
        text = plain_text(head + rest)
        short, long = regions.district(text), regions.prefixes(text)
        assert short is None or short == long[-1]
