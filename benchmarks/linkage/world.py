"""Enterprises as they are: what they are called, who runs them, where they are, and which of them belong together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.linkage import codes, words
from benchmarks.linkage.places import Address, Places, addresses, desks
from benchmarks.linkage.words import array

KINDS = ("COMPANY", "SOLE_TRADER", "BRANCH", "CHAIN", "INSTITUTION", "COOPERATIVE", "FACTORY", "PARTNERSHIP")
KIND_SHARES = (0.575, 0.235, 0.075, 0.02, 0.03, 0.02, 0.035, 0.01)
COMPANY, SOLE_TRADER, BRANCH, CHAIN, INSTITUTION, COOPERATIVE, FACTORY, PARTNERSHIP = range(len(KINDS))

# Of all companies.
SIBLINGS, GROUP_MEMBERS, VENTURES = 0.08, 0.03, 0.01
# Of all but branches.
AGENTS_PHONE, DESKS = 0.06, 0.05
# Of branches: their headquarters are registered elsewhere.
FOREIGN_BRANCHES = 0.4
# How many agents a city has, and chains the country.
AGENTS, CHAINS = 40, 300

_FORMS = words.Drawn(
    ["有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "有限公司（自然人独资）"],
    np.array([82, 12, 3.4, 2, 0.6]),
)
_BRANCH_ENDS = words.Drawn(
    ["分公司", "营业部", "办事处", "分店", "门店", "项目部", "分部", "经营部", "分厂", "服务部", "直销部"],
    np.array([60, 8, 5, 8, 5, 4, 2, 3, 1.5, 2, 1.5]),
)
_INSTITUTIONS = words.Drawn(
    ["幼儿园", "小学", "实验学校", "职业技术学校", "培训学校", "医院", "口腔门诊部", "中医诊所", "诊所", "养老院", "律师事务所",
     "会计师事务所", "税务师事务所", "社会工作服务中心", "研究院", "艺术培训中心", "驾驶培训学校", "敬老院", "托育中心", "民办中学"],
    np.array([20, 3, 5, 3, 8, 6, 6, 4, 8, 5, 10, 4, 3, 5, 3, 4, 3, 2, 4, 1.0]),
)  # fmt: skip
_CROPS = words.Drawn(
    ["果蔬种植", "水稻种植", "养殖", "农机", "茶叶", "蔬菜", "水果", "生猪养殖", "水产养殖", "中药材种植", "粮食", "花卉苗木", "农业",
     "食用菌", "肉牛养殖", "柑橘", "葡萄", "林下经济", "植保", "蜂业"], words.zipf(20, 0.6)
)  # fmt: skip
_FOREIGN = words.Drawn(
    "三菱 松下 丰田 西门 博世 飞利 巴斯 杜邦 日立 东芝 现代 三星 通用 大众 本田 爱普 索尼 欧姆 施耐 艾默",
    words.zipf(20, 0.5),
)
_SIGNS = ("老{}", "{}记", "{}氏", "小{}", "{}家", "阿{}", "{}姐", "{}哥", "{}胖子", "{}师傅")


@dataclass
class World:
    """One row for each enterprise. A name is front + brand + trade + bracket + form + tail."""

    kind: np.ndarray
    county: np.ndarray
    front: np.ndarray
    brand: np.ndarray
    trade: np.ndarray
    bracket: np.ndarray
    form: np.ndarray
    tail: np.ndarray
    industry: np.ndarray
    person: np.ndarray
    phone: np.ndarray
    address: Address
    staff: np.ndarray
    organisation: np.ndarray  # bytes
    credit: np.ndarray  # bytes
    registration: np.ndarray
    head: np.ndarray  # the row of a branch's headquarters, or its own
    older_brand: np.ndarray  # what it was called before, or will be
    sign: np.ndarray  # what stands over the door
    cases: dict[str, np.ndarray]

    def names(self) -> np.ndarray:
        return self.front + self.brand + self.trade + self.bracket + self.form + self.tail


def brands(rng: np.random.Generator, count: int) -> np.ndarray:
    """A third are brands that many share, the others two to four characters that come as they come."""
    one = words.characters("brands", 0.55)
    made = one(rng, count) + one(rng, count)
    longer = rng.random(count)
    made = np.where(longer < 0.24, made + one(rng, count), made)
    made = np.where(longer < 0.07, made + one(rng, count), made)
    return np.where(rng.random(count) < 0.3, words.popular()(rng, count), made)


def persons(rng: np.random.Generator, count: int) -> np.ndarray:
    given = words.characters("given", 0.5)
    second = np.where(rng.random(count) < 0.83, given(rng, count), "")
    return words.surnames()(rng, count) + given(rng, count) + second


def phones(rng: np.random.Generator, ground: Places, county: np.ndarray) -> np.ndarray:
    """Three of four are mobile, the others landlines of the city."""
    count = len(county)
    starts = array(
        "130 131 132 133 135 136 137 138 139 150 151 152 155 157 158 159 177 180 181 182 185 186 187 188 189 199"
    )
    digits = array([f"{n:04}" for n in range(10_000)])
    mobile = starts[rng.integers(0, len(starts), count)] + digits[rng.integers(0, 10_000, count)]
    mobile = mobile + digits[rng.integers(0, 10_000, count)]
    line = (
        array([str(n) for n in range(2000, 9000)])[rng.integers(0, 7000, count)]
        + digits[rng.integers(0, 10_000, count)]
    )
    return np.where(rng.random(count) < 0.75, mobile, ground.area_codes[county] + "-" + line)


def fronts(rng: np.random.Generator, ground: Places, county: np.ndarray, small: np.ndarray) -> np.ndarray:
    """How a name begins: mostly the city; ``small`` enterprises bear their county."""
    style = rng.random(len(county))
    city, stem, name = ground.city[county], ground.city_stem[county], ground.county[county]
    own = np.where(name == "", city, name)
    return np.select(
        [
            small & (style < 0.62),
            small & (style < 0.8),
            small,
            style < 0.4,
            style < 0.62,
            style < 0.74,
            style < 0.82,
            style < 0.87,
            style < 0.92,
            style < 0.97,
        ],
        [own, city + name, "", stem, city, stem + name, own, ground.province[county], ground.province_stem[county], city + name],
        "",
    )  # fmt: skip


def world(rng: np.random.Generator, ground: Places, count: int) -> World:
    """So many enterprises, among them families, branches with their headquarters, and clients of agents."""
    kind = np.searchsorted(np.cumsum(KIND_SHARES), rng.random(count) * sum(KIND_SHARES))
    kind = np.minimum(kind, len(KINDS) - 1)
    county = np.minimum(np.searchsorted(ground.chances, rng.random(count)), len(ground.chances) - 1)
    small = np.isin(kind, (SOLE_TRADER, COOPERATIVE, FACTORY))
    rural = (kind == COOPERATIVE) & (rng.random(count) < 0.85) | (rng.random(count) < 0.06)
    trade, industry = _drawn_trades(rng, kind)
    blank = np.full(count, "", dtype=object)
    form = np.select(
        [kind == COMPANY, kind == BRANCH, kind == COOPERATIVE, kind == FACTORY, kind == PARTNERSHIP],
        [
            _FORMS(rng, count),
            _FORMS(rng, count),
            array(["专业合作社"] * 5 + ["农民专业合作社"])[rng.integers(0, 6, count)],
            array(["厂"] * 6 + ["经营部", "厂（个人独资）", "加工厂"])[rng.integers(0, 9, count)],
            array(["合伙企业（有限合伙）", "中心（有限合伙）", "企业（有限合伙）"])[
                rng.integers(0, 3, count)
            ],
        ],
        "",
    )
    own = np.arange(count)
    made = World(
        kind=kind, county=county, front=fronts(rng, ground, county, small), brand=brands(rng, count), trade=trade,
        bracket=blank.copy(), form=form, tail=blank.copy(), industry=industry, person=persons(rng, count),
        phone=phones(rng, ground, county), address=addresses(rng, ground, county, rural),
        staff=np.maximum(1, rng.lognormal(np.where(small, 0.8, 2.2), 1.2)).astype(np.int64),
        organisation=blank, credit=blank, registration=blank, head=own, older_brand=brands(rng, count), sign=blank,
        cases={name: np.zeros(count, dtype=bool) for name in ("SIBLING", "GROUP", "VENTURE", "AGENT_PHONE", "SHARED_ADDRESS", "NAMELESS")},
    )  # fmt: skip
    _brackets(rng, ground, made)
    _small_names(rng, made)
    _families(rng, ground, made)
    _branches(rng, ground, made)
    _chains(rng, ground, made)
    _agents(rng, ground, made)
    made.sign = _signs(rng, made)
    _numbers(rng, ground, made)
    for n, name in enumerate(KINDS[1:], 1):
        made.cases[name] = made.kind == n
    return made


def _drawn_trades(rng: np.random.Generator, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    count = len(kind)
    trades, industries, _by = words.industries("trades")
    shops, shop_industries, _by = words.industries("shops")
    n, m = trades.indices(rng, count), shops.indices(rng, count)
    shop = kind == SOLE_TRADER
    trade = np.where(shop, shops.words[m], trades.words[n])
    industry = np.where(shop, shop_industries[m], industries[n])
    for one, drawn, whose in ((INSTITUTION, _INSTITUTIONS, "社会服务"), (COOPERATIVE, _CROPS, "农林牧渔")):
        trade = np.where(kind == one, drawn(rng, count), trade)
        industry = np.where(kind == one, whose, industry)
    # Factories and partnerships keep to what they are.
    factory = np.flatnonzero(kind == FACTORY)
    making = words.industries("trades")[2]["制造业"]
    trade[factory], industry[factory] = making[rng.integers(0, len(making), len(factory))], "制造业"
    partners = np.flatnonzero(kind == PARTNERSHIP)
    trade[partners] = array(["投资", "股权投资", "企业管理", "创业投资", "企业管理咨询"])[
        rng.integers(0, 5, len(partners))
    ]
    industry[partners] = "租赁和商务服务业"
    return trade, industry


def _brackets(rng: np.random.Generator, ground: Places, made: World) -> None:
    """The region stands in brackets before the form, with or without another in front."""
    rows = np.flatnonzero((made.kind == COMPANY) & (rng.random(len(made.kind)) < 0.06))
    made.bracket[rows] = "（" + ground.city_stem[made.county[rows]] + "）"
    made.front[rows] = ""


def _small_names(rng: np.random.Generator, made: World) -> None:
    """Sole traders are called by a brand, by who they are, or not at all."""
    rows = np.flatnonzero(made.kind == SOLE_TRADER)
    style = rng.random(len(rows))
    surname = array([person[0] for person in made.person[rows]])
    forms = array(
        [
            _SIGNS[n].format(one)
            for n, one in zip(rng.integers(0, len(_SIGNS), len(rows)), surname, strict=True)
        ]
    )
    made.brand[rows] = np.select([style < 0.55, style < 0.8], [made.brand[rows], forms], made.person[rows])
    nameless = rows[style > 0.93]
    made.brand[nameless], made.trade[nameless] = made.person[nameless], ""
    made.front[nameless] = np.where(rng.random(len(nameless)) < 0.4, made.front[nameless], "")
    made.cases["NAMELESS"][nameless] = True
    bracket = rows[rng.random(len(rows)) < 0.12]
    made.form[bracket] = "（个体工商户）"


def _families(rng: np.random.Generator, ground: Places, made: World) -> None:
    """Companies of one boss at one address, groups of companies of one brand, and ventures of two."""
    companies = np.flatnonzero(made.kind == COMPANY)
    lot = rng.random(len(companies))
    followers = companies[lot < SIBLINGS * 0.6]
    leaders = rng.choice(companies[lot > SIBLINGS + GROUP_MEMBERS + VENTURES], len(followers))
    for column in (made.brand, made.person, made.phone, made.county, made.front, made.bracket):
        column[followers] = column[leaders]
    made.address.put(followers, made.address.take(leaders))
    other = followers[rng.random(len(followers)) < 0.25]
    made.phone[other] = phones(rng, ground, made.county[other])
    made.cases["SIBLING"][followers] = made.cases["SIBLING"][leaders] = True
    members = companies[(lot > SIBLINGS) & (lot < SIBLINGS + GROUP_MEMBERS)]
    heads = rng.choice(companies[lot > SIBLINGS + GROUP_MEMBERS + VENTURES], max(1, len(members) // 4))
    whose = heads[rng.integers(0, len(heads), len(members))]
    made.brand[members] = made.brand[whose] + array(["", "集团", ""])[rng.integers(0, 3, len(members))]
    made.form[heads] = "集团有限公司"
    made.person[members] = np.where(rng.random(len(members)) < 0.3, made.person[whose], made.person[members])
    made.cases["GROUP"][members] = made.cases["GROUP"][heads] = True
    ventures = companies[lot > 1 - VENTURES]
    two = array([one[:2] for one in made.brand[ventures]])
    made.brand[ventures] = np.where(
        rng.random(len(ventures)) < 0.5,
        _FOREIGN(rng, len(ventures)) + two,
        two + _FOREIGN(rng, len(ventures)),
    )
    made.cases["VENTURE"][ventures] = True


def _branches(rng: np.random.Generator, ground: Places, made: World) -> None:
    """Branches bear the name of their headquarters, here or elsewhere, and of their place or number."""
    rows = np.flatnonzero(made.kind == BRANCH)
    here = rows[rng.random(len(rows)) > FOREIGN_BRANCHES]
    companies = np.flatnonzero(made.kind == COMPANY)
    # Few have many branches.
    heads = companies[
        np.minimum(rng.pareto(1.1, len(here)) * len(companies) / 60, len(companies) - 1).astype(int)
    ]
    for column in (made.front, made.brand, made.trade, made.bracket, made.form, made.industry):
        column[here] = column[heads]
    made.head[here] = heads
    near = here[rng.random(len(here)) < 0.6]
    made.county[near] = made.county[made.head[near]]
    same = here[rng.random(len(here)) < 0.25]
    made.person[same] = made.person[made.head[same]]
    phone = here[rng.random(len(here)) < 0.3]
    made.phone[phone] = made.phone[made.head[phone]]
    made.address.put(rows, addresses(rng, ground, made.county[rows], np.zeros(len(rows), dtype=bool)))
    county = made.county[rows]
    stem = np.where(ground.county_stem[county] == "", ground.city_stem[county], ground.county_stem[county])
    numbers = array("第一 第二 第三 第四 第五 第六 第七 第八 一 二 三 东 西 南 北 城东 城南 新城")
    style = rng.random(len(rows))
    where = np.select(
        [style < 0.38, style < 0.5, style < 0.62, style < 0.85],
        [
            stem,
            ground.city_stem[county],
            made.address.road[rows],
            numbers[rng.integers(0, len(numbers), len(rows))],
        ],
        words.characters("brands", 0.55)(rng, len(rows)) + words.characters("brands", 0.55)(rng, len(rows)),
    )
    end = _BRANCH_ENDS(rng, len(rows))
    bracketed = rng.random(len(rows)) < 0.12
    made.tail[rows] = np.where(
        bracketed, "（" + where + array(["店", "分店"])[rng.integers(0, 2, len(rows))] + "）", where + end
    )
    made.cases["BRANCH_IN_REGISTER"] = np.zeros(len(made.kind), dtype=bool)
    made.cases["BRANCH_IN_REGISTER"][here] = made.cases["BRANCH_IN_REGISTER"][heads] = True


def _chains(rng: np.random.Generator, ground: Places, made: World) -> None:
    """Shops of one brand all over the country, told apart by where they are."""
    rows = np.flatnonzero(made.kind == CHAIN)
    rng_of_all = np.random.default_rng(8848)
    names = brands(rng_of_all, CHAINS)
    shops = words.industries("shops")
    kinds = shops[0].indices(rng_of_all, CHAINS)
    which = np.searchsorted(np.cumsum(words.zipf(CHAINS, 0.8)), rng.random(len(rows)))
    which = np.minimum(which, CHAINS - 1)
    made.brand[rows], made.trade[rows] = names[which], shops[0].words[kinds[which]]
    made.industry[rows], made.form[rows] = shops[1][kinds[which]], ""
    own = np.where(
        ground.county[made.county[rows]] == "",
        ground.city[made.county[rows]],
        ground.county[made.county[rows]],
    )
    made.front[rows] = np.where(rng.random(len(rows)) < 0.7, own, "")
    town = np.where(made.address.town[rows] == "", made.address.road[rows], made.address.town[rows])
    place = np.where(rng.random(len(rows)) < 0.7, made.address.road[rows], town)
    made.tail[rows] = np.where(rng.random(len(rows)) < 0.7, "（" + place + "店）", place + "店")


def _agents(rng: np.random.Generator, ground: Places, made: World) -> None:
    """Agents give their own phone for hundreds of companies, and a desk in their house."""
    count = len(made.kind)
    agent = made.cases["AGENT_PHONE"]
    agent |= (rng.random(count) < AGENTS_PHONE) & np.isin(made.kind, (COMPANY, PARTNERSHIP, SOLE_TRADER))
    rows = np.flatnonzero(agent)
    cities = int(ground.city_index.max()) + 1
    one_of = np.zeros(cities, dtype=int)
    one_of[ground.city_index] = np.arange(len(ground.city_index))
    theirs = phones(np.random.default_rng(955), ground, np.repeat(one_of, AGENTS))
    which = np.searchsorted(np.cumsum(words.zipf(AGENTS, 1.0, 1.0)), rng.random(len(rows)))
    which = np.minimum(which, AGENTS - 1)
    made.phone[rows] = theirs[ground.city_index[made.county[rows]] * AGENTS + which]
    sat = np.where(agent, rng.random(count) < 0.5, rng.random(count) < DESKS)
    rows = np.flatnonzero(sat & np.isin(made.kind, (COMPANY, PARTNERSHIP)))
    made.address.put(rows, desks(rng, ground, made.county[rows]))
    made.cases["SHARED_ADDRESS"][rows] = True


def _signs(rng: np.random.Generator, made: World) -> np.ndarray:
    """What passers-by read: brand or nickname and a shop's word of the industry."""
    by_industry = words.industries("shops")[2]
    sign = np.empty(len(made.kind), dtype=object)
    for industry in dict.fromkeys(made.industry):
        rows = np.flatnonzero(made.industry == industry)
        ends = by_industry.get(industry)
        ends = array(["", "公司", "工作室", "中心"]) if ends is None else ends
        sign[rows] = ends[rng.integers(0, len(ends), len(rows))]
    surname = array([person[0] for person in made.person])
    nickname = array(
        [
            _SIGNS[n].format(one)
            for n, one in zip(rng.integers(0, len(_SIGNS), len(sign)), surname, strict=True)
        ]
    )
    called = np.where((made.kind == SOLE_TRADER) & (rng.random(len(sign)) < 0.45), nickname, made.brand)
    return called + sign


def _numbers(rng: np.random.Generator, ground: Places, made: World) -> None:
    count = len(made.kind)
    young = rng.random(count) < 0.62
    made.organisation = codes.organisations(rng, young)
    kinds = (
        np.array([b"91", b"92", b"91", b"91", b"52", b"93", b"91", b"91"])
        .view(np.uint8)
        .reshape(-1, 2)[made.kind]
    )
    shop_chain = (made.kind == CHAIN) & (rng.random(count) < 0.5)
    kinds = np.where(shop_chain[:, None], np.frombuffer(b"92", dtype=np.uint8), kinds)
    lawyers = np.char.endswith(made.trade.astype(str), "律师事务所")
    kinds = np.where(lawyers[:, None], np.frombuffer(b"31", dtype=np.uint8), kinds)
    # Some were registered by the city.
    areas = ground.codes[made.county].copy()
    city = rng.random(count) < 0.2
    areas[city, 4:] = ord("0")
    made.credit = codes.credit_codes(kinds, areas, made.organisation)
    made.registration = np.where(young, "", codes.texts(codes.registrations(rng, areas)))
