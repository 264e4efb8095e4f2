"""The demo district's ledger: enterprises with and without a union, foundings under way, workers' sites.

Everything is invented and the same each time. Numbers are of region 990000 and coordinates lie in the open
sea, so that nobody's enterprise is meant.
"""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from unionhall.engines.identifiers import credit_check_character, organisation_check_character
from unionhall.kernel.clock import CITY

# ground, how many enterprises, and how many of them where a few must do
GROUNDS = [("梧桐里街道总工会", 420, 60), ("城东区总工会", 180, 12)]
SEA = (Decimal("30.104000"), Decimal("125.312000"))
FIRST = "云江东安恒瑞鼎华嘉锦明远宏启信达新盛和泰中博诚光海天德永长金"
SECOND = "栈澜升宁顺丰诺辉禾程途弈朗睿帆舟卓越晟洋峰源驰凯晨隆昌邦拓通"
# what the name says, its trade in the register's words, typical numbers of employees
TRADES = [
    ("信息技术", "软件和信息技术服务业", (6, 18, 45, 160)), ("网络科技", "互联网和相关服务", (5, 12, 38)),
    ("餐饮管理", "餐饮业", (4, 9, 26, 70)), ("商贸", "批发业", (2, 5, 11, 30)),
    ("供应链管理", "道路运输业", (8, 35, 120, 380)), ("物业服务", "房地产业", (12, 40, 95, 210)),
    ("建筑工程", "房屋建筑业", (15, 60, 180)), ("教育科技", "教育", (6, 14, 33)),
    ("医疗美容", "卫生", (7, 22, 48)), ("文化传媒", "文化艺术业", (3, 8, 19)),
    ("电子", "计算机、通信和其他电子设备制造业", (30, 85, 240, 620)), ("食品", "食品制造业", (18, 52, 130)),
    ("人力资源", "商务服务业", (9, 28, 310)), ("家政服务", "居民服务业", (10, 31, 88)),
    ("酒店管理", "住宿业", (14, 36, 72)), ("检测技术", "专业技术服务业", (8, 24, 61)),
]  # fmt: skip
FORMS = [("有限公司", "COMPANY"), ("有限公司", "COMPANY"), ("（个体工商户）", "SELF_EMPLOYED")]
ROADS = ["东港路", "梧桐路", "江湾路", "站前路", "学府路", "创新路", "枫林街", "银河大道"]
STATES = [
    ("NONE", 35), ("UNKNOWN", 15), ("FOUNDED", 17), ("JOINT", 11), ("NOT_DUE", 9), ("REFUSED", 5),
    ("HEADQUARTERS", 4), ("DORMANT", 2),
]  # fmt: skip
# outcome, what was said, what comes next, in how many days
CONTACTS = [
    ("AGAIN", "前台接待，人事经理外出", "约人事经理面谈", 6),
    ("NOBODY", "门锁着，隔壁说下周回来", "再次上门", 9),
    ("AGREED", "负责人同意，想先了解经费怎么返还", "送建会材料和经费政策说明", 5),
    ("AGAIN", "要向总部请示", "电话询问总部意见", 12), ("REFUSED", "认为人员流动大，暂不考虑", "", 0),
    ("AGREED", "职工代表愿意牵头筹备", "帮助填写建会申请", -3),
    ("UNION_THERE", "称已随总部入会，需核实", "核对总部工会证明", 7),
]  # fmt: skip
HOURS = [
    "",
    "周一至周五 9:00-18:00",
    "每天 10:00-14:00、17:00-22:00",
    "周一至周六 8:30-17:30",
    "",
    "每天 24小时",
]
SITES = [
    ("DEPOT", "顺达速递东站分拨点", "顺达速递"), ("DEPOT", "快达速运梧桐路网点", "快达速运"),
    ("TEAM", "快送平台城东站", "快送平台"), ("TEAM", "快送平台江湾站", "快送平台"),
    ("TEAM", "顺风出行城东车队", "顺风出行"), ("MARKET", "梧桐里农贸市场", ""),
    ("MARKET", "东港建材市场", ""), ("STATION", "梧桐里小哥驿站", ""),
    ("DEPOT", "东港物流园货运集散点", "货运通平台"),
    ("MARKET", "站前服装批发市场", ""),
]  # fmt: skip


def code_of(number: int) -> str:
    """A credit code that holds and is nobody's."""
    inner = f"MA{number:06}"
    first = "91990000" + inner + organisation_check_character(inner)
    return first + credit_check_character(first)


def make_ledger(city: Any, *, whole: bool) -> None:
    """Fill the district's ledger: the ``whole`` of it, or a few enterprises of each kind."""
    _Ledger(city).fill(whole=whole)


class _Ledger:
    def __init__(self, city: Any) -> None:
        self.city, self.at = city, city.at
        self.today = city.at.astimezone(CITY).date()
        self.officer = city.accounts["district"]
        self.deputy = city.accounts["deputy"]
        self.rng = random.Random(5)  # noqa: S311 - an invented city, the same each time
        self.names: set[str] = set()
        self.number = 0

    def fill(self, *, whole: bool) -> None:
        """Offices, enterprises, contacts, foundings, sites."""
        from unionhall.apps.coverage.codes import Source
        from unionhall.apps.coverage.models import Office
        from unionhall.apps.coverage.usecases.enterprises import add_enterprises

        rows: list[Any] = []
        for name, many, few in GROUNDS:
            ground = self.city.unions[name]
            Office.objects.create(union=ground, latitude=SEA[0], longitude=SEA[1])
            told = [self._told() for _n in range(many if whole else few)]
            rows += add_enterprises(
                by=self.officer, at=self.at, ground=ground, told=told, source=Source.LEDGER
            )
        street = self.city.unions[GROUNDS[0][0]]
        here = [one for one in rows if one.ground == street]
        self._contacts([one for one in here if one.state in ("NONE", "UNKNOWN")][:60])
        self._foundings([one for one in here if one.state == "NONE"])
        self._sites()

    def _told(self) -> Any:
        from unionhall.apps.coverage.usecases.enterprises import Told

        rng = self.rng
        self.number += 1
        word, trade, sizes = rng.choice(TRADES)
        ending, form = rng.choice(FORMS)
        name = ""
        while not name or name in self.names:
            name = f"{rng.choice(FIRST)}{rng.choice(SECOND)}{word}{ending}"
        self.names.add(name)
        state = rng.choices([one for one, _w in STATES], [weight for _s, weight in STATES])[0]
        funds = "YES" if rng.random() < 0.3 else rng.choice(("NO", "UNKNOWN"))
        counted = rng.random() < 0.85
        mapped = rng.random() < 0.9
        return Told(
            name=name,
            codes=(code_of(self.number),) if rng.random() < 0.92 else (),
            address=f"梧桐里街道{rng.choice(ROADS)}{rng.randrange(1, 300)}号",
            latitude=SEA[0] + Decimal(rng.randrange(-20000, 20000)) / 1_000_000 if mapped else None,
            longitude=SEA[1] + Decimal(rng.randrange(-24000, 24000)) / 1_000_000 if mapped else None,
            headcount=rng.choice(sizes) + rng.randrange(4) if counted else None,
            headcount_on=self.today - timedelta(days=rng.randrange(20, 200)) if counted else None,
            trade=trade,
            legal_form=form,
            party=rng.choice(("NONE", "NONE", "OWN", "JOINT", "")),
            state="" if state == "UNKNOWN" else state,
            state_on=None if state == "UNKNOWN" else self.today - timedelta(days=rng.randrange(60, 1500)),
            funds=funds,
            funds_fen=rng.randrange(2_000, 90_000) * 100 if funds == "YES" else None,
            funds_year=self.today.year - 1 if funds == "YES" else None,
            new_employment=rng.choice((5, 20, 60, 80))
            if word in ("供应链管理", "家政服务", "餐饮管理")
            else None,
            opening_hours=HOURS[self.number % len(HOURS)],
            steward_words=rng.choice(("林晓东", "方敏", "田野")),
        )

    def _contacts(self, rows: list[Any]) -> None:
        from unionhall.apps.coverage.codes import ContactKind, Outcome
        from unionhall.apps.coverage.usecases import contacts

        for n, row in enumerate(rows):
            outcome, note, next_step, days = CONTACTS[n % len(CONTACTS)]
            on = self.today - timedelta(days=self.rng.randrange(1, 75))
            contacts.note_contact(
                by=self.officer if n % 3 else self.deputy,
                at=datetime.combine(on, time(10), CITY),
                enterprise=row,
                kind=ContactKind.CALL if n % 4 == 3 else ContactKind.VISIT,
                on=on,
                outcome=Outcome(outcome),
                note=note,
                next_step=next_step,
                next_due=self.today + timedelta(days=days) if next_step else None,
            )
            if n % 2:
                contacts.note_visit_contact(
                    by=self.officer, at=self.at, enterprise=row, name="钱李赵周吴郑王冯"[n % 8] + "经理",
                    phone=f"154{70_000 + n:08}", post="人事行政",
                )  # fmt: skip

    def _foundings(self, rows: list[Any]) -> None:
        """One at each stage, a joint one among them."""
        from unionhall.apps.coverage.usecases import covering, foundings

        small = [row for row in rows if row.headcount and row.headcount < 25]
        large = [row for row in rows if row.headcount and row.headcount >= 25]
        self._founding(small[:5], "梧桐里楼宇联合工会", stages=1)
        self._founding(large[:1], stages=0, late=True)
        self._founding(large[1:2], stages=2)
        approved = self._founding(large[2:3], stages=2)
        self._file(approved, "REPLY")
        foundings.approve(by=self.deputy, at=self.at, founding=approved, due=self._due(10))
        founded = self._founding(small[5:9], "梧桐里餐饮商户联合工会", stages=2)
        self._file(founded, "REPLY")
        foundings.approve(by=self.deputy, at=self.at, founding=founded, due=self._due(10))
        covering.register_union(
            by=self.city.accounts["administrator"], at=self.at, founding=founded, since=self.today
        )

    def _due(self, days: int) -> Any:
        return self.today + timedelta(days=days)

    def _founding(self, these: list[Any], name: str = "", *, stages: int, late: bool = False) -> Any:
        from unionhall.apps.coverage.codes import FoundingKind
        from unionhall.apps.coverage.usecases import foundings
        from unionhall.apps.meetings.usecases import hold_meeting

        at = self.at - timedelta(days=20) if late else self.at
        founding = foundings.open_founding(
            by=self.officer,
            at=at,
            ground=self.city.unions["梧桐里街道总工会"],
            upper=self.city.unions["城东区总工会"],
            kind=FoundingKind.SINGLE if len(these) == 1 else FoundingKind.JOINT,
            name=name or f"{these[0].name}工会委员会",
            short_name=(name or f"{these[0].name}工会")[:40],
            enterprises=these,
            due=self._due(-4 if late else 14),
            owner=self.officer.person,
        )
        if stages:
            self._file(founding, "APPLICATION", "GROUP")
            foundings.pass_stage(by=self.officer, at=self.at, founding=founding, due=self._due(14))
        if stages > 1:
            meeting = foundings.plan_assembly(
                by=self.officer, at=self.at, founding=founding, starts_at=self.at - timedelta(hours=2),
                place="街道党群服务中心二楼", chair=self.officer.person,
            )  # fmt: skip
            hold_meeting(
                by=self.officer, at=self.at, meeting=meeting, minutes="选举产生工会委员会和经费审查委员会。",
                attendees=[self.officer.person], others=26,
            )  # fmt: skip
            self._file(founding, "MINUTES", "ELECTION")
            founding = foundings.pass_stage(by=self.officer, at=self.at, founding=founding, due=self._due(14))
        return founding

    def _file(self, founding: Any, *kinds: str) -> None:
        from unionhall.apps.coverage.codes import DocumentKind
        from unionhall.apps.coverage.usecases.foundings import file_document

        for kind in kinds:
            file_document(
                by=self.officer, at=self.at, founding=founding, kind=DocumentKind(kind), file=_sheet()
            )

    def _sites(self) -> None:
        from unionhall.apps.coverage.codes import ContactKind, Outcome, SiteKind
        from unionhall.apps.coverage.usecases import contacts, sites

        for n in range(2 * len(SITES)):
            kind, name, platform = SITES[n % len(SITES)]
            heads = self.rng.randrange(12, 140)
            site = sites.add_site(
                by=self.officer,
                at=self.at,
                ground=self.city.unions[GROUNDS[n % 2][0]],
                kind=SiteKind(kind),
                name=name if n < len(SITES) else f"{name}二部",
                platform=platform,
                address=f"梧桐里街道{self.rng.choice(ROADS)}{self.rng.randrange(1, 300)}号",
                latitude=SEA[0] + Decimal(self.rng.randrange(-20000, 20000)) / 1_000_000,
                longitude=SEA[1] + Decimal(self.rng.randrange(-24000, 24000)) / 1_000_000,
                headcount=heads,
                joined=self.rng.randrange(0, heads // 2),
                opening_hours="每天 6:30-21:00" if kind != "TEAM" else "",
            )
            if n % 3 == 0:
                contacts.note_contact(
                    by=self.deputy, at=self.at, site=site, kind=ContactKind.VISIT, on=self.today,
                    outcome=Outcome.AGAIN, note="站长支持，晨会前可以宣讲十分钟", next_step="晨会宣讲",
                    next_due=self._due(4),
                )  # fmt: skip
            if n % 5 == 0:
                sites.name_worker(
                    by=self.deputy, at=self.at, site=site, name="韩骑手", phone=f"154{80_000 + n:08}",
                    consent="本人口头同意，方敏现场记录", consented_on=self.today,
                )  # fmt: skip


def _sheet() -> bytes:
    """A blank sheet with a stamp's place, scanned in black and white: what stands in for a document."""
    from PIL import Image, ImageDraw

    out = BytesIO()
    sheet = Image.new("1", (210, 297), 1)
    draw = ImageDraw.Draw(sheet)
    for line in range(9):
        draw.line((25, 55 + 20 * line, 185, 55 + 20 * line), fill=0, width=2)
    draw.ellipse((130, 235, 175, 280), outline=0, width=2)
    sheet.save(out, "PDF", resolution=25)
    return out.getvalue()
