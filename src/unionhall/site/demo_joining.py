"""A plausible year of joining in one district of the demo city, written through the use cases.

Sixty applications through sessions, stations and posters; most are approved, some still wait, and a few
members have moved on. `demo_district` fills the year up to what the reports say; the people are invented.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from unionhall.kernel.clock import CITY
from unionhall.site.demo_district import District

DISTRICT, STREET = "城东区总工会", "梧桐里街道总工会"
SURNAMES = "钱尤许何吕施孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉"
GIVEN = [
    "晓峰", "海燕", "志远", "丽萍", "建军", "春梅", "永强", "玉珍", "大勇", "文静",
    "小龙", "秀兰", "国庆", "红梅", "俊杰", "雪梅", "立新", "桂芳", "伟明", "小燕",
    "建平", "慧敏", "志刚", "淑华", "宏伟", "雅琴", "军", "敏", "磊", "静",
    "涛", "艳", "鹏", "丽", "浩", "娟", "斌", "倩", "飞", "芳",
    "子豪", "梦瑶", "天宇", "佳慧", "嘉诚", "思雨", "宇航", "欣怡", "明辉", "晓兰",
    "德胜", "巧云",
]  # fmt: skip
PARTNERS = [
    ("区人力资源和社会保障局", "HUMAN_RESOURCES"),
    ("区工商业联合会", "COMMERCE"),
    ("街道党群服务中心", "PARTY"),
]
# channel, title, place, partners, cost in yuan, how many joined through it
SESSIONS = [
    ("JOB_FAIR", "春风行动招聘会入会咨询台", "区人才市场", (0, 1), 3200, 7),
    ("SKILL_TRAINING", "网约配送员技能培训入会咨询台", "第二职业技术学院", (0,), 1800, 6),
    ("COMMUNICATION_MEETING", "小哥沟通会", "梧桐里小哥驿站", (2,), 600, 9),
    ("FACE_TO_FACE", "民宿从业人员面对面", "江湾民宿集聚区", (), 450, 5),
    ("COMMUNICATION_MEETING", "货车司机沟通会", "东港物流园", (1, 2), 900, 7),
    ("FACE_TO_FACE", "零工市场面对面", "站东零工市场", (0,), None, 4),
]
# channel, where the code hangs, how many joined through it
CODES = [("STATION", "梧桐里工会服务站", 6), ("POSTER", "快递分拨中心电梯间", 3), ("CHAT_GROUP", "骑手群", 4)]
FEW = 3  # joins through each session, where a few must do
ELSEWHERE = 5  # joins that no recorded contact preceded
OCCUPATIONS = [
    "FOOD_RIDER", "COURIER", "OTHER", "LORRY_DRIVER", "OTHER", "RIDE_HAILING_DRIVER", "OTHER",
    "HOMESTAY_WORKER", "OTHER", "SECURITY_GUARD", "OTHER",
]  # fmt: skip
TARGET, NEW_TARGET = 3600, 1200


def make_joining(city: Any, *, whole: bool) -> None:
    """The year so far, from its first day to today: the ``whole`` of it, or only what use cases wrote."""
    _Year(city).make(whole=whole)


class _Year:
    def __init__(self, city: Any) -> None:
        self.city = city
        self.officer = city.accounts["district"]
        self.administrator = city.accounts["administrator"]
        self.district, self.street = city.unions[DISTRICT], city.unions[STREET]
        self.now: datetime = city.at
        self.today: date = city.at.astimezone(CITY).date()
        # Of a year that has only begun there is little to tell: it begins 60 days ago at the latest.
        self.first = min(date(self.today.year, 1, 4), self.today - timedelta(days=60))
        self.rng = random.Random(7)  # noqa: S311 - an invented city, the same each time
        self.number = 0

    def day(self, share: float) -> datetime:
        """A moment so far through the year, in office hours, and not in the future."""
        span = (self.today - self.first).days
        on = self.first + timedelta(days=int(span * share))
        return min(datetime.combine(on, time(10), CITY), self.now)

    def make(self, *, whole: bool) -> None:
        from unionhall.apps.membership.codes import Channel
        from unionhall.apps.membership.models import CategorySet, Partner, SourceCode
        from unionhall.apps.membership.usecases import definitions, outreach
        from unionhall.site.demo import nobodys_numbers

        partners = [Partner.objects.create(name=name, kind=kind) for name, kind in PARTNERS]
        for joins, listed in ((TARGET, None), (NEW_TARGET, CategorySet.objects.get(code="FOUR_GROUPS"))):
            definitions.set_target(
                by=self.administrator, at=self.now, union=self.district, year=self.today.year, joins=joins,
                listed=listed,
            )  # fmt: skip
        for n, (channel, title, place, with_, cost, many) in enumerate(SESSIONS):
            joined = many if whole else min(many, FEW)
            at = self.day((n + 0.5) / len(SESSIONS))
            session = outreach.plan_session(
                by=self.officer, at=at, union=self.street, channel=Channel(channel), title=title,
                starts_at=at, place=place, partners=[partners[one] for one in with_], expected=40,
            )  # fmt: skip
            code = SourceCode.objects.get(session=session)
            for _n in range(joined):
                self.join(at, code)
            for k in range(joined + 5):
                outreach.check_in(
                    at=at,
                    session=session,
                    key=f"demo-{n}-{k}",
                    scanned_at=at,
                    phone=nobodys_numbers(10_000 + 50 * n + k)[1],
                )
            outreach.close_session(
                by=self.officer, at=at, session=session, counted=joined + 18,
                cost=None if cost is None else 100 * cost, held=True,
            )  # fmt: skip
        codes = []
        for channel, label, joined in CODES:
            code = outreach.open_source_code(
                by=self.officer, at=self.day(0), union=self.street, channel=Channel(channel), label=label
            )
            codes.append(code)
            for n in range(joined):
                self.join(self.day((n + 0.5) / joined * 0.9), code)
        for n in range(ELSEWHERE):
            self.join(self.day((n + 0.5) / ELSEWHERE * 0.8), None)
        if whole:
            District(self, self.city, partners, codes).fill()
        self.moves()
        self.close()
        for n in range(4):
            self.apply(self.day(0.97 + n / 200), None)

    def name(self, number: int) -> str:
        """An invented name."""
        return SURNAMES[number % len(SURNAMES)] + GIVEN[(number * 5 + number // len(SURNAMES)) % len(GIVEN)]

    def apply(self, at: datetime, code: Any) -> Any:
        from unionhall.apps.membership.codes import Employment
        from unionhall.apps.membership.usecases import applying
        from unionhall.site.demo import nobodys_numbers

        n = self.number
        self.number += 1
        identity, phone = nobodys_numbers(500 + n)
        occupation = OCCUPATIONS[n % len(OCCUPATIONS)]
        answers = applying.Answers(
            name=self.name(n),
            identity=identity,
            phone=phone,
            employment=Employment.PLATFORM if occupation != "OTHER" else Employment.EMPLOYER,
            workplace="快送平台" if occupation != "OTHER" else "梧桐里物业公司",
            site="城东站" if occupation != "OTHER" else "",
            occupation=occupation,
            area=self.street,
            consent=True,
        )
        received = applying.submit_application(
            at=at, key=f"demo-{n}", secret=applying.new_secret(), answers=answers, source=code
        )
        return received.application

    def join(self, at: datetime, code: Any) -> None:
        """From the form to the committee's decision some days later."""
        from unionhall.apps.membership.usecases import applying, deciding, handling

        application = self.apply(at, code)
        later = min(at + timedelta(days=self.rng.randrange(3, 25)), self.now)
        applying.confirm_at_desk(by=self.officer, at=at, application=application)
        handling.accept_application(by=self.officer, at=at, application=application)
        application.refresh_from_db()
        deciding.decide_applications(
            by=self.officer, at=later, union=self.street, decided_on=later.astimezone(CITY).date(),
            approved=[application], refused={}, evidence=f"会议纪要 {later:%m-%d}，街道工会办公室存档",
            present="林晓东、方敏",
        )  # fmt: skip

    def close(self) -> None:
        """The last whole month, by the district."""
        from unionhall.apps.membership.models import CategorySet
        from unionhall.apps.membership.usecases import figures

        this = self.today.replace(day=1)
        figures.close_period(
            by=self.officer, at=self.now, union=self.district,
            starts=(this - timedelta(days=1)).replace(day=1), ends=this,
            listed=CategorySet.objects.get(code="FOUR_GROUPS"),
        )  # fmt: skip

    def moves(self) -> None:
        from unionhall.apps.membership.codes import EventKind
        from unionhall.apps.membership.models import Membership
        from unionhall.apps.membership.usecases import ledger

        told: dict[str, Any] = {"by": self.officer, "at": self.now, "on": self.today}
        one, two, three, four = (
            Membership.objects.select_related("person", "union").filter(union=self.street).order_by("pk")[:4]
        )
        ledger.transfer_in(membership=one, union=self.district, reason="换了工作单位", **told)
        ledger.retain(membership=two, union=self.street, reason="暂时没有工作", **told)
        ledger.end_membership(membership=three, kind=EventKind.LEAVE, reason="本人申请", **told)
        ledger.transfer_out(membership=four, reason="到外市工作", **told)
