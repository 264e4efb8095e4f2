"""Numbers told apart by their check digits, telephones, and addresses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.identifiers.conftest import credit_codes, identities
from unionhall.engines.linkage import (
    AddressParts,
    Codes,
    name_pinyin,
    pinyin,
    plain_text,
    read_address,
    read_code,
    read_codes,
    read_phone,
)
from unionhall.engines.linkage.sounds import name_pinyins, pinyins


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("", Codes()),
        ("——", Codes()),
        ("91330100799655058B", Codes(credit="91330100799655058B", organisation="799655058")),
        (
            "统一社会信用代码：９１３３０１００ 799655058b",
            Codes(credit="91330100799655058B", organisation="799655058"),
        ),
        # of two numbers of 15 digits one is a tax number and one a registration number
        ("330100799655058", Codes(organisation="799655058", tax="330100799655058")),
        ("110000007043305", Codes(registration="110000007043305")),
        ("110000007043305.0", Codes(registration="110000007043305")),
        ("79965505-8", Codes(organisation="799655058")),
        # what a spreadsheet makes of a code
        ("9.11E+17", Codes(problem="FLOAT")),
        ("9.1330100799655e+17", Codes(problem="FLOAT")),
        ("913301007996550580.0", Codes(problem="FLOAT")),
        # slips: the organisation's own check digit may still hold
        (
            "91330200799655058B",
            Codes("", "799655058", problem="CHECK_CHARACTER", written="91330200799655058B"),
        ),
        ("91330100799655068B", Codes(problem="CHECK_CHARACTER", written="91330100799655068B")),
        ("9135O1OOM000100Y43", Codes("91350100M000100Y43", "M000100Y4", problem="LOOKS_LIKE")),
        ("330100799655059", Codes(problem="CHECK_CHARACTER", written="330100799655059")),
        ("9133010079965505B", Codes(problem="LENGTH", written="9133010079965505B")),
        ("000000000000000000", Codes(problem="PLACEHOLDER")),
        ("000000000", Codes(problem="PLACEHOLDER")),
        ("1234567", Codes(problem="LENGTH")),
        ("9133010079965505/8", Codes(problem="CHARACTERS")),
    ],
)
def test_a_number_is_told_by_its_check_digit(typed, codes):
    assert read_code(typed) == codes


def test_a_number_that_holds_both_ways_is_given_both_ways():
    both = "330100000000940"
    assert read_code(both) == Codes(organisation="000000940", tax=both, registration=both)


@given(identities)
@settings(deadline=None)
def test_a_persons_number_is_never_passed_on(number):
    for typed in (number, f"{number}01", number.lower()):
        assert read_code(typed)[:4] == ("", "", "", "") or read_code(typed).credit == number
        assert read_code(typed).problem == "IDENTITY_NUMBER" or read_code(typed).credit == number


@given(credit_codes)
@settings(deadline=None)
def test_every_credit_code_is_read(code):
    if code[0] != "0":
        assert read_code(code) == Codes(credit=code, organisation=code[8:17])
        assert read_code(f" {code.lower()} ") == read_code(code)


def test_of_several_numbers_each_kind_is_kept():
    assert read_codes(["9.11E+17", "330100799655058", "110000007043305"]) == Codes(
        "", "799655058", "330100799655058", "110000007043305", "FLOAT"
    )
    assert read_codes(["91330100799655058B", "无"]) == Codes("91330100799655058B", "799655058")
    assert read_codes([]) == Codes()


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13912345678", "13912345678"),
        ("１３９ 1234 5678", "13912345678"),
        ("+86 139-1234-5678", "13912345678"),
        ("13912345678.0", "13912345678"),
        ("13912345678/0571-88881234", "13912345678"),
        ("无，13912345678", "13912345678"),
        ("0571-88881234", "057188881234"),
        ("（0571）88881234", "057188881234"),
        ("0571—88881234转801", "057188881234"),
        ("0571-88881234-801", "057188881234"),
        ("57188881234", "057188881234"),
        ("1066668888", "01066668888"),
        ("88881234", "88881234"),
        ("400-800-1234", "4008001234"),
        ("1.39E+10", ""),
        ("12345", ""),
        ("无", ""),
        ("", ""),
    ],
)
def test_telephones(typed, number):
    assert read_phone(typed) == number
    assert read_phone(number) == number


XH = "浙江省杭州市西湖区"


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("浙江省杭州市西湖区文三路123号华星大厦5楼501室", AddressParts(XH, "330106", "", "文三路", "123")),
        ("杭州市西湖区文新街道文三路一百二十三号", AddressParts(XH, "330106", "文新街道", "文三路", "123")),
        (
            "杭州西湖区文新街道办事处文三路 １２－３ 号",
            AddressParts(XH, "330106", "文新街道", "文三路", "12-3"),
        ),
        ("西湖区文三路15号（自主申报）", AddressParts("西湖区", "", "", "文三路", "15")),
        (
            "上海市浦东新区张江镇祖冲之路1239弄5号楼",
            AddressParts("上海市浦东新区", "310115", "张江镇", "祖冲之路", "1239弄5"),
        ),
        (
            "北京市海淀区中关村南大街5号",
            AddressParts("北京市海淀区", "110108", "", "中关村南大街", "5"),
        ),
        (
            "杭州经济技术开发区白杨街道6号大街452号2幢",
            AddressParts("浙江省杭州市", "330100", "白杨街道", "6号大街", "452"),
        ),
        (
            "威海市文登区张家产镇李家村",
            AddressParts("山东省威海市文登区", "371003", "张家产镇", "李家村", ""),
        ),
        ("文三路二〇号", AddressParts("", "", "", "文三路", "20")),
        ("详见合同", AddressParts()),
        ("", AddressParts()),
    ],
)
def test_addresses(typed, parts):
    assert read_address(plain_text(typed, dashes=True)) == parts


def test_sounds():
    assert pinyin("云栖") == "yun qi"
    assert pinyin("绿缘A1") == "lv yuan A 1"
    assert pinyin("") == ""
    assert [name_pinyin(name) for name in ("单志明", "仇英", "尉迟恭", "王单", "")] == [
        "shan zhi ming", "qiu ying", "yuchi gong", "wang dan", "",
    ]  # fmt: skip


@given(st.lists(st.text("单于仇万俟能云栖A1 ", max_size=5), max_size=6))
def test_columns_sound_as_their_texts_do(column):
    assert pinyins(column) == [pinyin(text) for text in column]
    assert name_pinyins(column) == [name_pinyin(text) for text in column]
