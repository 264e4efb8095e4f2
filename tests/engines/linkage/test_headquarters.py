"""A branch's headquarters on a list of names: found by the name alone, and only where one fits."""

from __future__ import annotations

import pytest

from unionhall.engines.linkage import Headquarters

LISTED = [
    "杭州云澜信息技术有限公司工会委员会",
    "上海云澜信息技术有限公司",
    "云江超市",
    "浙江安宁物业服务有限公司",
    "宁波恒瑞商贸有限公司",
    "宁波恒瑞商贸有限公司西湖分公司",
]


def listed(*names):
    return Headquarters((name, "") for name in names)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("杭州云澜信息技术有限公司西湖分公司", "杭州云澜信息技术有限公司工会委员会"),
        ("上海云澜信息技术有限公司（杭州分公司）", "上海云澜信息技术有限公司"),
        # Two are of that name, and the branch does not say which.
        ("云澜信息技术有限公司西湖分公司", ""),
        ("安宁物业服务有限公司西湖分公司", "浙江安宁物业服务有限公司"),
        ("杭州安宁物业服务有限公司西湖分公司", "浙江安宁物业服务有限公司"),
        ("江苏安宁物业服务有限公司西湖分公司", ""),
        ("安宁餐饮有限公司西湖分公司", ""),
        ("宁波恒瑞商贸有限公司江北分公司", "宁波恒瑞商贸有限公司"),
        # No branch.
        ("杭州云澜信息技术有限公司", ""),
        ("", ""),
    ],
)
def test_a_branch_finds_its_headquarters(name, found):
    assert listed(*LISTED).of(name) == found


def test_a_branch_on_the_list_is_nobodys_headquarters():
    assert listed("宁波恒瑞商贸有限公司西湖分公司").of("宁波恒瑞商贸有限公司江北分公司") == ""


def test_the_same_name_twice_is_one():
    twice = listed("宁波恒瑞商贸有限公司", "宁波恒瑞商贸有限公司 ")
    assert twice.of("宁波恒瑞商贸有限公司江北分公司") == "宁波恒瑞商贸有限公司"


@pytest.mark.parametrize(
    ("name", "person", "found"),
    [
        ("李红梅服装店", "李红梅", ""),
        ("李红梅服装店", "", ""),
        ("红梅服装店", "李红梅", "红梅服装店"),
        ("李红梅服装有限公司", "李红梅", "李红梅服装有限公司"),
    ],
)
def test_a_name_that_names_a_person_is_nobodys_headquarters(name, person, found):
    assert Headquarters([(name, person)]).of(f"{name}江北分店") == found
