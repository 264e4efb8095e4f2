"""`unionhall demo`: an invented city: its final waits to be held, its meetings have raised issues."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from unionhall.engines.identifiers import identity_check_character
from unionhall.site.demo_blocks import divide_blocks, make_blocks
from unionhall.site.demo_joining import make_joining
from unionhall.site.demo_ledger import make_ledger
from unionhall.site.demo_meetings import make_meetings
from unionhall.site.demo_registers import hand_in
from unionhall.site.demo_samples import make_samples

# Figures from the reports; persons, units and speeches are invented.
# name, trade, unit, sent by, speech
FINALISTS = [
    ("沈岚", "铁路调度员", "城际铁路调度所", "轨道交通工会", "1825 个日夜"),
    ("孟晓棠", "航标工", "江口航道处", "交通运输工会", "守灯塔的人"),
    ("周启明", "清洁工", "环境卫生服务中心", "城东区总工会", "一把扫帚写初心"),
    ("阿依努尔·买买提", "纺织挡车工", "丝路纺织厂", "纺织服装工会", "经纬之间"),
    ("李𠮷", "钢轨焊接工", "线路工程段", "轨道交通工会", "铁轨的温度"),
    ("贺东来", "消防员", "城西消防救援站", "城西区总工会", "逆行"),
    ("郎雪", "数控铣工", "精密机床厂", "机械制造工会", "毫米之间"),
    ("陶一鸣", "质检员", "新材料研究院", "机械制造工会", "第九十九次"),
    ("邓立秋", "社区网格员", "梧桐里社区", "城北区总工会", "家常话"),
    ("顾春生", "公交驾驶员", "公交三分公司", "交通运输工会", "末班车上的灯"),
    ("秦月", "护士", "城南区人民医院", "卫生健康工会", "凌晨三点的病房"),
    ("罗大鹏", "外卖骑手", "快送城南站", "城南区总工会", "风里来雨里去"),
    ("魏青禾", "农技推广员", "郊野农业服务站", "城北区总工会", "种子不说话"),
    ("苏敏", "高级技工教师", "第二职业技术学院", "教育工会", "把手艺交给你"),
    ("范志刚", "架线工", "供电公司检修班", "能源工会", "云端走线"),
    ("江小满", "快递员", "顺达速递东站", "城东区总工会", "第一百扇门"),
    ("韩松", "焊工", "江岸船舶厂", "机械制造工会", "一束弧光"),
    ("古丽娜尔", "幼儿园教师", "晨光幼儿园", "教育工会", "孩子眼里的城"),
    ("赵云帆", "程序员", "智行软件公司", "高新区总工会", "一行代码的分量"),
    ("于静", "家政服务员", "安心家政公司", "城西区总工会", "我在别人家里"),
    ("杜兆麟", "水质化验员", "第一自来水厂", "能源工会", "一杯清水"),
    ("白雪莲", "话务员", "市民服务热线中心", "高新区总工会", "您好，请讲"),
]
DISTRICTS = ["城东区", "城西区", "城南区", "城北区", "高新区"]
INDUSTRIES = ["轨道交通", "交通运输", "纺织服装", "机械制造", "卫生健康", "教育", "能源"]
STREETS = ["梧桐里街道", "江岸街道", "站前街道"]
EXPERTS = ["词作家", "朗诵艺术家", "播音指导", "播音指导", "主持人", "主持人", "高校教授", "高校教授", "作家"]
INTERLUDES = [
    # after how many speeches, kind, title, performers
    (0, "INTERLUDE", "男声独唱《劳动者之歌》", "市职工艺术团"),
    (7, "INTERLUDE", "群诵《检察蓝》", "检察官方阵"),
    (12, "INTERLUDE", "朗诵《我们是工人》", "劳模与职工代表"),
    (17, "INTERLUDE", "情景合唱《城市的早晨》", "各行各业职工"),
    (22, "CEREMONY", "颁奖仪式", "市总工会"),
    (22, "CEREMONY", "宣讲团授牌", "劳模工匠先进职工宣讲团代表"),
    (22, "CEREMONY", "巡讲启动", "全体"),
]
ACCOUNTS = [
    # user name, person, post's union, role, what the sign-in page says
    ("organiser", "马会", "市总工会", "CONTEST_ORGANISER"),
    ("scrutineer", "贺敏", "", ""),
    ("chief", "严正言", "", ""),
    ("district", "林晓东", "城东区总工会", "OFFICER"),
    ("administrator", "柳青", "市总工会", "ADMINISTRATOR"),
    ("deputy", "方敏", "城东区总工会", "OFFICER"),
    ("station", "田野", "梧桐里街道总工会", ""),
]
# Invented, with the number under which every union of the country can be reached.
CONTACTS = {
    "城东区总工会": ("东港路 1 号城东区职工服务中心", "周一至周五 9:00–17:00"),
    "梧桐里街道总工会": ("梧桐里 8 号街道工会服务站", "周一至周六 8:30–20:30"),
}
JOINING = ("all", "few", "none")
NATIONAL_THIRD = ("周启明", "秦月")


def add_commands(commands: Any) -> None:
    """Add `demo` to an argparse subparsers object."""
    demo = commands.add_parser("demo", help="serve an invented city whose final is waiting to be held")
    demo.add_argument("--host", default="127.0.0.1")
    demo.add_argument("--port", type=int, default=8000, help="0 chooses a free one")
    demo.add_argument("--prepare-only", action="store_true", help="make the city and serve nothing")
    demo.add_argument(
        "--joining",
        choices=JOINING,
        default="all",
        help="how much of a year of joining there is",
    )
    demo.add_argument("--plain", action="store_true", help="print the address and nothing else")
    demo.set_defaults(run=run_demo)


def run_demo(arguments: argparse.Namespace) -> int:
    """Make the demo city where there is none yet, and serve it."""
    from unionhall.site import serve

    refusal = prepare(joining=arguments.joining)
    if refusal:
        sys.stderr.write(refusal + "\n")
        return 1
    if arguments.prepare_only:
        return 0
    listening = serve.listen(arguments.host, arguments.port)

    def ready(address: str) -> None:
        if arguments.plain:
            sys.stdout.write(address + "\n")
            sys.stdout.flush()
            return
        sys.stdout.write(f"\n  工会堂 demo: {address}\n  (Ctrl+C ends it; the city stays in {_folder()})\n\n")
        sys.stdout.flush()
        if os.environ.get("DISPLAY"):
            webbrowser.open(address)

    return serve.run_server(listening, ready)


def _folder() -> Path:
    from django.conf import settings

    return Path(settings.VAR)


def prepare(*, joining: str) -> str:
    """Migrate, and make the city in an empty database; why that cannot be, or an empty string."""
    import django

    django.setup()
    from django.core.management import call_command

    from unionhall.apps.people.models import Account
    from unionhall.kernel.models import Installation
    from unionhall.site.serve import database_refusal

    _folder().mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    installation = Installation.objects.first()
    if installation is None and Account.objects.exists():
        return "This database is in real use; the demo does not touch it. Nothing was changed."
    if installation is None:
        city = make_city(joining=joining)
        if joining != "none":
            hand_in(city, _folder() / "registers-to-try")
    elif not installation.demo:
        return "This database was not made by the demo. Nothing was changed; name another with DATABASE_URL."
    return database_refusal()


def make_city(*, joining: str) -> _City:
    """Invent the city, its people, a final that only waits to be held, and a year of joining; in one
    transaction.
    """
    from django.db import transaction

    from unionhall.kernel import clock
    from unionhall.kernel.models import Installation

    with transaction.atomic():
        city = _City(clock.now())
        city.make()
        if joining != "none":
            make_joining(city, whole=joining == "all")
            make_blocks(city)
            make_ledger(city, whole=joining == "all")
            divide_blocks(city)
            make_samples(city)
        Installation.objects.create(demo=True, created_at=clock.now())
    return city


def nobodys_numbers(number: int) -> tuple[str, str]:
    """An identity number and a phone that hold and can be nobody's: no region 99, no range 154."""
    birth = date(1968 + number % 32, number % 12 + 1, number % 28 + 1)
    first17 = f"990000{birth:%Y%m%d}{number % 1000:03}"
    return first17 + identity_check_character(first17), f"154{number:08}"


class _City:
    def __init__(self, at: datetime) -> None:
        from unionhall.kernel.audit import SYSTEM

        self.at = at
        self.by = SYSTEM
        self.since = date(at.year - 5, 1, 1)
        self.unions: dict[str, Any] = {}
        self.people: dict[str, Any] = {}
        self.accounts: dict[str, Any] = {}

    def make(self) -> None:
        self.make_unions()
        self.make_people()
        self.make_final()
        make_meetings(self)

    def union(self, name: str, level: str, superior: str | None) -> Any:
        from unionhall.apps.orgs.codes import UnionLevel
        from unionhall.apps.orgs.usecases import found_union

        above = self.unions[superior] if superior else None
        self.unions[name] = found_union(
            by=self.by,
            at=self.at,
            name=name,
            short_name=name,
            level=UnionLevel(level),
            superior=above,
            since=self.since,
        )
        return self.unions[name]

    def make_unions(self) -> None:
        from unionhall.apps.orgs.usecases import affiliate, cover_employer, note_contact

        self.union("市总工会", "CITY", None)
        for name in DISTRICTS:
            self.union(f"{name}总工会", "DISTRICT", "市总工会")
        for name in INDUSTRIES:
            self.union(f"{name}工会", "INDUSTRY", "市总工会")
        for name, district in zip(STREETS, DISTRICTS, strict=False):
            self.union(f"{name}总工会", "STREET", f"{district}总工会")
        for _name, _trade, unit, sender, _title in FINALISTS:
            grassroots = self.union(f"{unit}工会", "GRASSROOTS", sender)
            cover_employer(by=self.by, at=self.at, union=grassroots, employer=unit, since=self.since)
        for name, (address, hours) in CONTACTS.items():
            note_contact(
                by=self.by, at=self.at, union=self.unions[name], phone="12351", address=address, hours=hours
            )
        affiliate(
            by=self.by,
            at=self.at,
            union=self.unions["快送城南站工会"],
            industry_union=self.unions["交通运输工会"],
            since=self.since,
        )

    def person(self, name: str, union: str, trade: str = "") -> Any:
        from unionhall.apps.orgs.models import Employer
        from unionhall.apps.people.usecases import register_person, write_particulars

        employer = Employer.objects.filter(name=union.removesuffix("工会")).first()
        self.people[name] = register_person(
            by=self.by, at=self.at, name=name, union=self.unions[union], trade=trade, employer=employer
        )
        identity, phone = nobodys_numbers(len(self.people))
        write_particulars(by=self.by, at=self.at, person=self.people[name], identity=identity, phone=phone)
        return self.people[name]

    def make_people(self) -> None:
        from unionhall.apps.people.codes import HonourKind, PostRole
        from unionhall.apps.people.usecases import appoint, honour_person, open_account

        for name, trade, unit, _sender, _title in FINALISTS:
            self.person(name, f"{unit}工会", trade)
        for name, kind, title in [
            ("沈岚", HonourKind.MODEL_WORKER, "市劳动模范"),
            ("郎雪", HonourKind.CRAFTSMAN, "市级工匠"),
            ("范志刚", HonourKind.CRAFTSMAN, "市级工匠"),
        ]:
            honour_person(
                by=self.by,
                at=self.at,
                person=self.people[name],
                kind=kind,
                title=title,
                year=self.at.year - 1,
            )
        for username, name, union, role in ACCOUNTS:
            person = self.person(name, union or "市总工会")
            self.accounts[username] = open_account(
                by=self.by, at=self.at, person=person, username=username, password=""
            )
            if role:
                appoint(
                    by=self.by,
                    at=self.at,
                    person=person,
                    union=self.unions[union],
                    role=PostRole(role),
                    since=self.since,
                )
        self.person("方公证", "市总工会")

    def make_final(self) -> None:
        from unionhall.apps.contests import queries
        from unionhall.apps.contests.codes import CueKind, DutyRole
        from unionhall.apps.contests.usecases import results, stages

        at = self.at
        by = self.accounts["organiser"]
        contest = stages.create_contest(
            by=by,
            at=at,
            name=f"{at.year} 年职工宣讲比赛",
            theme="劳动创造幸福 奋斗成就梦想",
            organiser=self.unions["市总工会"],
            co_organisers=[self.unions["城东区总工会"], self.unions["教育工会"]],
        )
        stage = stages.add_stage(
            by=by,
            at=at,
            contest=contest,
            name="决赛",
            starts_at=at + timedelta(hours=1),
            venue="市工人文化宫大剧场",
        )
        stages.write_rulebook(by=by, at=at, stage=stage, document=queries.rulebooks.template())
        self.make_juries(stage)
        entries = {}
        for number, (name, trade, unit, sender, title) in enumerate(FINALISTS):
            for after, kind, cue, performers in INTERLUDES:
                if after == number:
                    stages.add_cue(
                        by=by, at=at, stage=stage, kind=CueKind(kind), title=cue, performers=performers
                    )
            entries[name] = stages.register_entry(
                by=by,
                at=at,
                stage=stage,
                person=self.people[name],
                sent_by=self.unions[sender],
                title=title,
                unit=unit,
                trade=trade,
            )
        for after, kind, cue, performers in INTERLUDES:
            if after == len(FINALISTS):
                stages.add_cue(
                    by=by, at=at, stage=stage, kind=CueKind(kind), title=cue, performers=performers
                )
        for name in NATIONAL_THIRD:
            results.grant_special_prize(
                by=by,
                at=at,
                entry=entries[name],
                name="特等奖",
                ground="代表本市参加全国职工宣讲比赛并获全国三等奖",
                evidence=f"全国组委会获奖证书，编号 {at.year}-{entries[name].public_id[:4]}，原件已核",
            )
        for username, role in (("scrutineer", DutyRole.SCRUTINEER), ("chief", DutyRole.CHIEF_JUROR)):
            account = self.accounts[username]
            stages.assign_duty(by=by, at=at, stage=stage, account=account, role=role)
        stages.draw_order(by=by, at=at, stage=stage, witness=self.people["方公证"])
        stages.freeze_stage(by=by, at=at, stage=stage)

    def make_juries(self, stage: Any) -> None:
        from unionhall.apps.contests.usecases import stages

        by = self.accounts["organiser"]
        seats = {
            "EXPERT": ("专家评审", [f"专家 {i}" for i in range(1, len(EXPERTS) + 1)]),
            "MODEL": ("劳模工匠评审", [f"{'劳模' if i < 4 else '工匠'} {i}" for i in range(1, 8)]),
            "WORKER": ("职工评审", [f"职工 {i}" for i in range(1, 6)]),
        }
        for code, (name, labels) in seats.items():
            jury = stages.form_jury(by=by, at=self.at, stage=stage, code=code, name=name)
            trades = EXPERTS if code == "EXPERT" else [""] * len(labels)
            persons = [
                self.person(f"{label}（{trade}）" if trade else label, "市总工会", trade)
                for label, trade in zip(labels, trades, strict=True)
            ]
            stages.seat_jurors(by=by, at=self.at, jury=jury, labels=labels, persons=persons)
