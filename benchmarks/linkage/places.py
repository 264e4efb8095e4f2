"""Where the invented enterprises are: real provinces, cities and counties, invented towns and roads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from benchmarks.linkage.words import array, kinds_of_roads, zipf
from unionhall.engines.linkage import regions

# 浙江, 广东, 四川, 河南, 辽宁, 湖北, 陕西 and 上海; beyond two million rows the whole country.
SOME = ("33", "44", "51", "41", "21", "42", "61", "31")
_ROADS, _TOWNS, _PARKS = 30, 8, 6


@dataclass(frozen=True)
class Places:
    """One row for each county."""

    codes: np.ndarray  # six bytes each
    city_index: np.ndarray
    province: np.ndarray
    city: np.ndarray
    county: np.ndarray
    province_stem: np.ndarray
    city_stem: np.ndarray
    county_stem: np.ndarray
    whole: np.ndarray
    chances: np.ndarray
    towns: np.ndarray
    roads: np.ndarray
    parks: np.ndarray
    area_codes: np.ndarray


@cache
def places(provinces: tuple[str, ...]) -> Places:
    """The counties of these provinces (of all, if none is named); few cities have most enterprises."""
    names = regions.full_names()
    codes = sorted(
        code
        for code in names
        if not code.endswith("00") and code[:2] < "71" and code.startswith(provinces or "")
    )
    rows = []
    for code in codes:
        province, city = names[code[:2] + "0000"], names.get(code[:4] + "00", "")
        if not city:  # A county of a municipality, or one that stands below its province.
            city = province if province.endswith("市") else names[code]
        rows.append((province, city, "" if city == names[code] else names[code]))
    provinces_, cities, counties = (array(list(column)) for column in zip(*rows, strict=True))
    known = {city: n for n, city in enumerate(dict.fromkeys(p + c for p, c, _county in rows))}
    city_index = np.array([known[p + c] for p, c, _county in rows])
    rng = np.random.default_rng(2260)
    # Capitals are the largest, autonomous prefectures, leagues and areas the smallest; the others as it comes.
    lot = rng.random(len(known))
    for row, code in zip(rows, codes, strict=True):
        city = known[row[0] + row[1]]
        if code[2:4] == "01":
            lot[city] = lot[city] % 1 - 1
        elif row[1].endswith(("自治州", "盟", "地区")):
            lot[city] = lot[city] % 1 + 1
    order = np.empty(len(known), dtype=int)
    order[np.argsort(lot)] = np.arange(len(known))
    weights = zipf(len(known), 0.8)[order][city_index] * rng.lognormal(0, 0.5, len(rows))
    words = kinds_of_roads()
    kinds = array(["路"] * 6 + ["街"] * 3 + ["大道"] * 2 + ["巷"])
    roads = words["ROAD"][rng.integers(0, len(words["ROAD"]), (len(rows), _ROADS))]
    towns = words["TOWN"][rng.integers(0, len(words["TOWN"]), (len(rows), _TOWNS))]
    parks = words["PARK"][rng.integers(0, len(words["PARK"]), (len(rows), _PARKS))]
    stems = {name: regions.stem(name) for row in rows for name in row if name}
    return Places(
        codes=np.frombuffer("".join(codes).encode(), dtype=np.uint8).reshape(-1, 6),
        city_index=city_index,
        province=provinces_,
        city=cities,
        county=counties,
        province_stem=array([stems[one] for one in provinces_]),
        city_stem=array([stems[one] for one in cities]),
        county_stem=array([stems.get(one, "") for one in counties]),
        whole=np.where(provinces_ == cities, provinces_, provinces_ + cities) + counties,
        chances=np.cumsum(weights / weights.sum()),
        towns=towns + array(["街道", "镇"])[rng.integers(0, 2, towns.shape)],
        roads=roads + kinds[rng.integers(0, len(kinds), roads.shape)],
        parks=parks,
        area_codes=array([f"0{310 + (n * 7) % 689}" for n in range(len(known))])[city_index],
    )


@dataclass
class Address:
    """The parts of an address, one row for each enterprise."""

    county: np.ndarray
    town: np.ndarray
    road: np.ndarray
    number: np.ndarray
    room: np.ndarray

    def take(self, rows: np.ndarray) -> Address:
        return Address(*(column[rows] for column in vars(self).values()))

    def put(self, rows: np.ndarray, other: Address) -> None:
        """Write the other's rows over these."""
        for column, values in zip(vars(self).values(), vars(other).values(), strict=True):
            column[rows] = values


_FEW = array([str(n) for n in range(3000)])


def addresses(rng: np.random.Generator, ground: Places, county: np.ndarray, rural: np.ndarray) -> Address:
    """Road, house and room in the towns of these counties; villages for those in the country."""
    count = len(county)

    def few(least: int, most: int) -> np.ndarray:
        return _FEW[rng.integers(least, most, count)]

    town = ground.towns[county, rng.integers(0, _TOWNS, count)]
    town = np.where(rural | (rng.random(count) < 0.45), town, "")
    road = ground.roads[county, rng.integers(0, _ROADS, count)]
    village = kinds_of_roads()["VILLAGE"]
    road = np.where(rural, village[rng.integers(0, len(village), count)] + "村", road)
    number = np.where(rural, few(1, 13) + "组", few(1, 900) + "号")
    number = np.where(rural & (rng.random(count) < 0.5), few(1, 200) + "号", number)
    style = rng.random(count)
    park = ground.parks[county, rng.integers(0, _PARKS, count)]
    room = np.select(
        [rural | (style < 0.3), style < 0.55, style < 0.75, style < 0.87, style < 0.93],
        [
            "",
            few(1, 30) + "幢" + few(101, 2900) + "室",
            few(1, 30) + "号楼" + few(1, 5) + "单元" + few(101, 2900),
            park + few(1, 20) + "号楼" + few(101, 2900) + "室",
            few(1, 9) + "层",
        ],
        "底商" + few(1, 60) + "号",
    )
    return Address(county.copy(), town, road, number, room)


def desks(rng: np.random.Generator, ground: Places, county: np.ndarray) -> Address:
    """Addresses of offices that hundreds share, a desk for each."""
    count = len(county)
    which = np.minimum(rng.geometric(0.35, count) - 1, _PARKS - 1)
    number = _FEW[(county * 37 + which * 101) % 880 + 1] + "号"
    room = (
        ground.parks[county, which]
        + _FEW[rng.integers(1, 4, count)]
        + "幢"
        + _FEW[rng.integers(101, 1800, count)]
    )
    room = room + "室-" + _FEW[rng.integers(1, 200, count)]
    blank = np.full(count, "", dtype=object)
    return Address(county.copy(), blank, ground.roads[county, which], number, room)


def written(
    ground: Places, where: Address, without: np.ndarray, short: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Addresses as texts; ``without`` their area, ``short`` without room or town."""
    county = where.county
    style = rng.random(len(county))
    full = ground.whole[county]
    own = np.where(ground.county[county] == "", ground.city[county], ground.county[county])
    area = np.select([style < 0.6, style < 0.85], [full, ground.city[county] + ground.county[county]], own)
    area = np.where(without, np.where(style < 0.3, own, ""), area)
    return (
        area
        + np.where(short & (style < 0.5), "", where.town)
        + where.road
        + where.number
        + np.where(short, "", where.room)
    )
