"""Invented registers of enterprises, the same for the same seed: what real ones look like, and no real one.

Shares, of all records: companies 62 %, shops and sole traders 25 %, branches 10 %, institutions and others 3 %;
4 % are written in traditional characters or full width, 12 % have a bracket; of the numbers 62 % are credit
codes, 12 % tax numbers, 8 % registration numbers, 5 % are mistyped, 1 % ruined by a spreadsheet, 12 % missing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from unionhall.engines.identifiers import (
    credit_check_character,
    organisation_check_character,
    registration_check_digit,
)
from unionhall.engines.linkage import regions, tables

WORDS = str.split

# Characters that brands like.
_BRAND = (
    "华信恒泰鑫源宏达金盛瑞丰嘉禾云栖天成润德博雅祥和永顺中联智汇创新远航海纳百川东升明珠君悦安康福临万佳星辰凯旋"
    "龙腾虎跃众诚广立同方圆通达旺兴隆昌茂荣景程锦绣春晖晨曦启迪卓越飞翔鼎力骏捷优品尚艺诺亚科维思图宇宙"
)
_TRADES = WORDS(
    "信息技术 科技 网络科技 贸易 商贸 建筑工程 装饰工程 餐饮管理 物流 汽车服务 机械设备 电子 服饰 食品 文化传媒 广告 "
    "企业管理咨询 人力资源 物业管理 房地产开发 生物科技 医疗器械 教育咨询 环保科技 新能源 五金制品 塑料制品 家具 农业开发 "
    "电子商务 供应链管理 投资管理 货运代理 清洁服务 园林绿化 电气设备 包装材料 印刷 旅游开发 健康管理"
)
_SHOPS = WORDS(
    "便利店 烧烤店 修鞋铺 理发店 面馆 水果店 五金店 服装店 饭店 小吃店 药店 超市 茶馆 花店 洗车店 干洗店 棋牌室 "
    "早餐店 包子铺 火锅店 美甲店 汽车修理厂 废品回收站 打印店 烟酒商行 家电维修部 百货商店 农资经营部"
)
_FORMS = ["有限公司"] * 14 + ["有限责任公司"] * 3 + ["股份有限公司", "合伙企业（有限合伙）", "集团有限公司"]
_BRANCHES = ["分公司"] * 5 + ["营业部", "办事处", "门店", "分店", "项目部"]
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英建国志文斌玉兰婷宇浩然子轩梓涵欣怡佳晓红海燕"
_STREETS = WORDS(
    "文三 解放 人民 中山 建设 和平 新华 迎宾 学院 科技 滨河 长江 黄河 府前 兴业 金桥 东风 曙光 迎春 环城"
)


# 浙江, 四川 and 广东.
PROVINCES = ("33", "51", "44")


@dataclass
class Register:
    """The columns of one register."""

    names: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)


def register(records: int, seed: int = 1, ground: tuple[str, ...] = PROVINCES) -> Register:
    """So many enterprises of the regions whose codes begin so, no two alike but by chance."""
    rng = random.Random(seed)
    made = Register()
    counties = [code for code in regions.full_names() if code.startswith(ground) and not code.endswith("00")]
    older = {simple: other for other, simple in reversed(tables.simplified().items())}
    surnames = [one for one in tables.surnames() if len(one) == 1][:120]
    for _record in range(records):
        county = rng.choice(counties)
        person = rng.choice(surnames) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2, 2))))
        name = _name(rng, county, person)
        odd = rng.random()
        if odd < 0.03:
            name = "".join(older.get(one, one) for one in name)
        elif odd < 0.04:
            name = name.translate({point: point + 0xFEE0 for point in range(0x21, 0x7F)})
        made.names.append(name)
        made.codes.append(_code(rng, county))
        made.persons.append(person if rng.random() < 0.9 else "")
        made.addresses.append(_address(rng, county) if rng.random() < 0.95 else "")
        made.phones.append(_phone(rng))
    return made


def _name(rng: random.Random, county: str, person: str) -> str:
    names = regions.full_names()
    above = regions.parents(county)
    city = names[above[-1]]
    place = rng.choice(
        (city, regions.stem(city), regions.stem(city), regions.whole_name(county), city + names[county])
    )
    brand = "".join(rng.choices(_BRAND, k=rng.choice((2, 2, 2, 3, 3, 4))))
    trade = rng.choice(_TRADES)
    kind = rng.random()
    if kind < 0.25:
        sign = rng.choice((brand, person, f"老{person[0]}", f"{person[0]}记"))
        shop = f"{sign}{rng.choice(_SHOPS)}"
        return rng.choice((shop, names[county] + shop, names[county] + shop, f"{shop}（个体工商户）", person))
    if kind < 0.28:
        return f"{place}{brand}{rng.choice(('幼儿园', '医院', '培训学校', '律师事务所', '专业合作社'))}"
    form = rng.choice(_FORMS)
    bracket = rng.random() < 0.12
    name = f"{brand}{trade}（{regions.stem(city)}）{form}" if bracket else f"{place}{brand}{trade}{form}"
    if kind < 0.38:
        name += f"{rng.choice(('', regions.stem(names[county]), '第一'))}{rng.choice(_BRANCHES)}"
    return name


def _code(rng: random.Random, county: str) -> str:
    first8 = "".join(rng.choices("0123456789", k=8))
    if rng.random() < 0.5:
        first8 = "MA" + "".join(rng.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=6))
    organisation = first8 + organisation_check_character(first8)
    first17 = f"9{rng.choice('123')}{county}{organisation}"
    credit = first17 + credit_check_character(first17)
    kind = rng.random()
    if kind < 0.62:
        return credit
    if kind < 0.74:
        return county + organisation
    if kind < 0.82:
        first14 = county + "".join(rng.choices("0123456789", k=8))
        return first14 + registration_check_digit(first14)
    if kind < 0.87:
        place = rng.randrange(18)
        return credit[:place] + rng.choice("0123456789") + credit[place + 1 :]
    return "9.11E+17" if kind < 0.88 else ""


def _address(rng: random.Random, county: str) -> str:
    town = f"{''.join(rng.choices(_BRAND, k=2))}{rng.choice(('街道', '镇'))}" if rng.random() < 0.4 else ""
    road = f"{rng.choice(_STREETS)}{rng.choice(('路', '路', '街', '大道', '巷'))}{rng.randrange(1, 999)}号"
    room = f"{rng.randrange(1, 30)}幢{rng.randrange(101, 2900)}室" if rng.random() < 0.6 else ""
    whole = regions.whole_name(county)
    return rng.choice((whole, whole, regions.full_names()[county])) + town + road + room


def _phone(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.7:
        return f"1{rng.choice('3578')}{rng.randrange(10**9):09}"
    if kind < 0.9:
        return f"0571-{rng.randrange(80_000_000, 89_999_999)}"
    return ""
