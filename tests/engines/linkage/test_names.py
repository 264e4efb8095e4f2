"""Names taken apart: the hard cases, written by hand."""

from __future__ import annotations

import pytest

from unionhall.engines.linkage import NameParts, plain_text, read_name

ZJ, HZ, XH = "浙江省", "浙江省杭州市", "浙江省杭州市西湖区"
CASES = {
    # companies
    "杭州云栖信息技术有限公司": {"region": HZ, "brand": "云栖", "trade": "信息技术", "form": "LIMITED"},
    "浙江省杭州市西湖区云栖科技股份有限公司": {
        "region": XH, "brand": "云栖", "trade": "科技", "form": "JOINT_STOCK",
    },
    "浙江杭州西湖云栖科技有限公司": {"region": XH, "brand": "云栖", "trade": "科技", "form": "LIMITED"},
    "海尔集团（上海）有限公司": {"region": "上海市", "brand": "海尔", "form": "LIMITED", "group": "集团"},
    "内蒙古伊利实业集团股份有限公司": {
        "region": "内蒙古自治区", "brand": "伊利", "trade": "实业", "form": "JOINT_STOCK", "group": "集团",
    },
    "景宁惠明茶业有限公司": {
        "region": "浙江省丽水市景宁畲族自治县", "brand": "惠明", "trade": "茶业", "form": "LIMITED",
    },
    "杭州经济技术开发区好又多超市": {"region": HZ, "brand": "好又多", "trade": "超市", "form": "SHOP"},
    # a renamed form is the same form, a partnership's bracket is its form
    "云栖科技有限责任公司": {"brand": "云栖", "trade": "科技", "form": "LIMITED"},
    "前海方舟资产合伙企业（有限合伙）": {"brand": "前海方舟", "trade": "资产", "form": "PARTNERSHIP"},
    # regions in brackets
    "杭州云栖（上海）有限公司": {"region": "上海市", "origin": HZ, "brand": "云栖", "form": "LIMITED"},
    "云栖科技（杭州）有限公司": {"region": HZ, "brand": "云栖", "trade": "科技", "form": "LIMITED"},
    "浙江云栖（西湖）科技有限公司": {"region": XH, "brand": "云栖", "trade": "科技", "form": "LIMITED"},
    # 西湖 alone is no region, so it stays in the brand
    "云栖（西湖）科技有限公司": {"brand": "云栖西湖", "trade": "科技", "form": "LIMITED"},
    "西门子（中国）有限公司": {"region": "中国", "brand": "西门子", "form": "LIMITED"},
    "A.O.史密斯（中国）热水器有限公司": {
        "region": "中国", "brand": "AO史密斯", "trade": "热水器", "form": "LIMITED",
    },
    # a region's name that is a brand: 东方 is a city, 平安 a district, 浦东 too
    "东方科技有限公司": {"brand": "东方", "trade": "科技", "form": "LIMITED"},
    "平安保险有限公司": {"brand": "平安", "trade": "保险", "form": "LIMITED"},
    "上海浦东发展银行股份有限公司": {
        "region": "上海市", "brand": "浦东", "trade": "发展银行", "form": "JOINT_STOCK",
    },
    "吉林大药房": {"brand": "吉林", "trade": "大药房", "form": "SHOP"},
    # branches
    "杭州云栖科技有限公司西湖分公司": {
        "region": HZ, "brand": "云栖", "trade": "科技", "form": "LIMITED",
        "branch": "西湖", "branch_kind": "分公司",
    },
    "杭州云栖科技有限公司第一营业部": {
        "region": HZ, "brand": "云栖", "trade": "科技", "form": "LIMITED",
        "branch": "第一", "branch_kind": "营业部",
    },
    "杭州云栖科技有限公司文三路门店": {
        "region": HZ, "brand": "云栖", "trade": "科技", "form": "LIMITED",
        "branch": "文三路", "branch_kind": "门店",
    },
    "杭州云栖科技西湖分公司": {
        "region": HZ, "brand": "云栖", "trade": "科技",
        "branch": "西湖", "branch_kind": "分公司",
    },
    "中国农业银行杭州西湖支行": {
        "region": "中国", "brand": "农业", "trade": "银行", "form": "COMPANY",
        "branch": "杭州西湖", "branch_kind": "支行",
    },
    "华润万家西湖店": {"brand": "华润万家", "branch": "西湖", "branch_kind": "店"},
    "肯德基（文三路店）": {"brand": "肯德基", "branch": "文三路", "branch_kind": "店"},
    # sole traders, with the person's name and without
    "张三": {"brand": "张三", "person": "张三"},
    "张三（个体工商户）": {"brand": "张三", "form": "SOLE_TRADER", "person": "张三"},
    "个体工商户欧阳小明": {"brand": "欧阳小明", "form": "SOLE_TRADER", "person": "欧阳小明"},
    "西湖区李记便利店（张三）": {
        "region": "西湖区", "brand": "李记", "trade": "便利", "form": "SHOP", "person": "张三",
    },
    "文登区张家产镇李记便利店（个体工商户）": {
        "region": "山东省威海市文登区张家产镇", "brand": "李记", "trade": "便利", "form": "SOLE_TRADER",
    },
    # shop signs
    "老王修鞋铺": {"brand": "老王", "trade": "修鞋", "form": "SHOP"},
    "老王烧烤店": {"brand": "老王", "trade": "烧烤", "form": "SHOP"},
    "余杭区葛晓废品回收站": {
        "region": "浙江省杭州市余杭区", "brand": "葛晓", "trade": "废品回收", "form": "SHOP",
    },
    "杭州饭店": {"brand": "杭州", "trade": "饭店", "form": "SHOP"},
    "杭州萧山宏达汽车修理厂": {
        "region": "浙江省杭州市萧山区", "brand": "宏达", "trade": "汽车修理", "form": "FACTORY",
    },
    # 乾 is a brand and 乾洗 is 干洗
    "乾元乾洗店": {"brand": "乾元", "trade": "干洗", "form": "SHOP"},
    # the register of unions names the union and means its enterprise
    "杭州云栖科技有限公司工会委员会": {"region": HZ, "brand": "云栖", "trade": "科技", "form": "LIMITED"},
    # nothing left
    "": {},
    "——": {},
    "有限公司": {"form": "LIMITED"},
    "杭州市西湖区供销合作社": {"region": XH, "form": "COOPERATIVE"},
    "店": {"form": "SHOP"},
    "））（": {},
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_hard_cases(name):
    found = read_name(plain_text(name))._asdict()
    found.pop("region_code")
    assert {part: said for part, said in found.items() if said} == CASES[name]


def test_a_region_has_its_code_and_namesakes_have_none():
    assert read_name("杭州西湖云栖科技有限公司").region_code == "330106"
    assert read_name("西湖区云栖科技有限公司").region_code == ""
    assert NameParts() == read_name("")


@pytest.mark.parametrize(
    "names",
    [
        (
            "云栖科技（杭州）有限公司",
            "（杭州）云栖科技有限公司",
            "云栖（杭州）科技有限公司",
            "杭州云栖科技有限公司",
        ),
        ("海尔（集团）有限公司", "海尔集团有限公司"),
        ("张三便利店（个体工商户）", "（个体工商户）张三便利店", "个体工商户张三便利店"),
        ("杭州云栖科技有限公司（筹）", "杭州云栖科技有限公司"),
        ("杭州云栖科技有限公司（原杭州云溪科技有限公司）", "杭州云栖科技有限公司"),
        ("杭州云栖科技有限公司（西湖分公司）", "杭州云栖科技有限公司西湖分公司"),
        ("杭州“云栖”科技有限公司", "杭州 云栖 科技 有限公司", "杭州市云栖科技有限责任公司"),
    ],
)
def test_decorations_may_stand_anywhere(names):
    first, *others = (read_name(plain_text(name)) for name in names)
    assert others == [first] * len(others)
