"""Three small registers of the demo's street, as offices would give them: to hand in and to link at once.

They tell of enterprises of the demo's ledger, of some that it does not know, and are not of one mind: the
register of unions was kept by hand.
"""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from unionhall.kernel.clock import CITY

GROUND = "梧桐里街道总工会"
_PEOPLE = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
_GIVEN = ("建国", "志明", "晓燕", "丽华", "海涛", "文静", "国强", "秀英", "一凡", "思远")
# Sounds alike, and is what a hand writes by mistake.
_ALIKE = str.maketrans("江诚辉恒鼎帆", "姜成晖衡顶凡")


_NEW = ("安达", "博远", "昌泰", "德润", "方圆", "广源", "宏发", "金诚", "凯悦", "丽景", "明德", "宁远")
_OFFICES = {"market": "市场监管所", "union": "街道总工会", "tax": "税务所"}
# The market regulator's telephones are not covered: they are left out on arrival.
_COVERED = {
    "market": "NAME CODE PERSON ADDRESS TRADE",
    "union": "NAME CODE PERSON ADDRESS PHONE",
    "tax": "NAME CODE STAFF FUNDS",
}
_BY_HAND = {"name": ["单位"], "code": ["税号"], "person": ["负责人"], "address": ["地址"], "phone": ["电话"]}


class Row(NamedTuple):
    """An enterprise as the offices know it."""

    name: str
    code: str
    person: str
    address: str
    phone: str
    trade: str
    staff: int
    union: bool


def hand_in(city: Any, folder: Path) -> None:
    """Note the agreements, put the files into a folder to be tried, and hand them in, ready to be linked."""
    from unionhall.apps.coverage.models import Enterprise
    from unionhall.apps.coverage.usecases.registers import arriving
    from unionhall.apps.orgs.codes import RegisterField, RegisterKind
    from unionhall.apps.orgs.usecases import note_agreement
    from unionhall.kernel.jobs import run_jobs
    from unionhall.site.demo_ledger import code_of

    officer, ground = city.accounts["district"], city.unions[GROUND]
    today = city.at.astimezone(CITY).date()
    enterprises = list(Enterprise.objects.filter(ground=ground, gone="").order_by("pk"))
    new = [(f"新港{brand}商贸有限公司", code_of(900_000 + n)) for n, brand in enumerate(_NEW)]
    folder.mkdir(parents=True, exist_ok=True)
    for kind, (name, data) in make_registers(enterprises, new).items():
        path = folder / name
        path.write_bytes(data)
        agreement = note_agreement(
            by=city.accounts["administrator"],
            at=city.at,
            ground=ground,
            office=_OFFICES[kind],
            register=RegisterKind(kind.upper()),
            title=f"{_OFFICES[kind]}数据共享协议",
            number="〔2026〕7号",
            purpose="查找未建会企业，指导建会",
            fields=[RegisterField(one) for one in _COVERED[kind].split()],
            officer="方敏",
            starts=today - timedelta(days=60),
            ends=today + timedelta(days=305),
        )
        source = arriving.add_source(by=officer, at=city.at, agreement=agreement, name=name.partition("-")[0])
        made = arriving.take_in(by=officer, at=city.at, source=source, name=name, path=path, as_of=today)
        mapped = made.mapped if kind != "union" else _BY_HAND
        arriving.confirm_columns(by=officer, at=city.at, delivery=made, mapped=mapped)
    run_jobs()


def make_registers(enterprises: list[Any], new: list[tuple[str, str]]) -> dict[str, tuple[str, bytes]]:
    """Names and contents of the registers by their kind.

    They are of some enterprises of the ledger and of ``new`` ones, given by name and credit code.
    """
    rng = random.Random(9)  # noqa: S311 - invented, the same each time
    rows = [
        _row(rng, one.name, one.credit_code or "", one.address, one.trade, one.headcount, one.state)
        for one in enterprises
    ]
    rows += [
        _row(rng, name, code, f"梧桐里街道东港路{n + 1}号", "批发业", None, "FOUNDED" if n % 4 == 0 else "")
        for n, (name, code) in enumerate(new)
    ]
    market = [(r.name, r.code, r.person, r.address, r.phone, r.trade) for r in rows]
    # One row twice, and one number that a spreadsheet has spoiled, as it happens.
    market += [market[0]]
    market[1] = (market[1][0], "9.199E+17", *market[1][2:])
    union = [_by_hand(n, r) for n, r in enumerate(r for r in rows if r.union)]
    tax = [(r.name, r.code, r.staff, "是" if n % 3 == 0 else "否") for n, r in enumerate(rows) if n % 2 == 0]
    return {
        "market": (
            "市场监管-梧桐里街道.csv",
            _csv(
                ("企业名称", "统一社会信用代码", "法定代表人", "住所", "联系电话", "行业"), market, "gb18030"
            ),
        ),
        "union": (
            "工会台账-梧桐里街道.csv",
            _csv(("单位", "税号", "负责人", "地址", "电话"), union, "utf-8-sig"),
        ),
        "tax": (
            "税务-梧桐里街道.csv",
            _csv(("纳税人名称", "纳税人识别号", "从业人数", "工会经费"), tax, "utf-8-sig"),
        ),
    }


def _row(
    rng: random.Random, name: str, code: str, address: str, trade: str, staff: int | None, state: str
) -> Row:
    person = rng.choice(_PEOPLE) + rng.choice(_GIVEN)
    phone = f"154{rng.randrange(10**8):08}"
    return Row(name, code, person, address, phone, trade, staff or rng.randrange(3, 90), state == "FOUNDED")


def _by_hand(n: int, row: Row) -> tuple[str, ...]:
    """What a union has written down: without the number, by its short name, misheard."""
    name, code, person, phone = row.name, row.code, row.person, row.phone
    if n % 3:
        code = ""
    if n % 4 == 1:
        name = name.removesuffix("有限公司").removesuffix("（个体工商户）")
    if n % 5 == 2:
        name = name.translate(_ALIKE)
    if n % 4 == 3:
        person, phone = "", ""
    if n % 6 == 5:
        # Only the shop's sign and who runs it: nobody can be sure.
        return f"{row.name[:2]}贸易商行", "", row.person, "", ""
    return name, code, person, row.address if n % 2 == 0 else "", phone


def _csv(heading: tuple[str, ...], rows: list[tuple[Any, ...]], encoding: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heading)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)
