"""The rest of the demo district's year: as many joins as the reports say, written many rows at a time.

A few dozen applications went the whole way through the use cases (`demo_joining`); three thousand would keep
a newcomer waiting for minutes. The rows are those that the use cases write, with everything the figures
count; only the audit trail and the facts to other capabilities are left out.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from unionhall.kernel.clock import CITY

# So many joined the district within the year, and so many of them are of the four groups of 2021.
JOINS, NEW_JOINS = 3105, 1098
# union, its share of the joins
UNIONS = [("梧桐里街道总工会", 20), ("顺达速递东站工会", 4), ("环境卫生服务中心工会", 3)]
# channel, title, place, partners (as in `demo_joining.PARTNERS`), cost in yuan, weight
SESSIONS = [
    ("COMMUNICATION_MEETING", "外卖骑手职工沟通会", "梧桐里小哥驿站", (2,), 800, 6),
    ("COMMUNICATION_MEETING", "快递员职工沟通会", "快递分拨中心", (2,), 700, 6),
    ("COMMUNICATION_MEETING", "网约车司机职工沟通会", "机场停车场休息区", (1, 2), 900, 4),
    ("JOB_FAIR", "街道招聘会入会咨询台", "街道党群服务中心", (0,), 1500, 5),
    ("SKILL_TRAINING", "家政技能培训入会咨询台", "第二职业技术学院", (0, 1), 1600, 3),
    ("FACE_TO_FACE", "楼宇面对面", "东港大厦", (1,), None, 4),
    ("WORKPLACE", "车间班组入会宣讲", "东港工业园", (), 300, 5),
]  # fmt: skip
TIMES = 4  # each of these was held so often, spread over the year
NEW = ["FOOD_RIDER"] * 5 + ["COURIER"] * 4 + ["RIDE_HAILING_DRIVER"] * 2 + ["LORRY_DRIVER"] * 2
OTHERS = ["OTHER"] * 14 + ["SECURITY_GUARD"] * 3 + ["DOMESTIC_WORKER"] * 2 + ["HOMESTAY_WORKER"]
PLATFORMS = {
    "FOOD_RIDER": ("快送平台", "城东站"),
    "COURIER": ("顺达速递", "东站网点"),
    "RIDE_HAILING_DRIVER": ("顺风出行", "城东车队"),
    "LORRY_DRIVER": ("货运通平台", "东港物流园"),
}
WORKPLACES = ["梧桐里物业公司", "东港电子厂", "城东服装厂", "江湾酒店", "东港仓储公司", "城东家政公司"]
MEET_ON = (10, 25)  # the days of a month on which the committees decide


@dataclass
class Came:
    """Somebody who is to join: with what, when, and by which contact before."""

    number: int
    union: Any
    occupation: str
    sent: datetime
    channel: str
    session: Any
    code: Any
    touched: datetime


class District:
    """Fills the year up. ``year`` is `demo_joining._Year`, with the sessions and codes that are there."""

    def __init__(self, year: Any, city: Any, partners: list[Any], codes: list[Any]) -> None:
        self.year, self.partners, self.codes = year, partners, codes
        self.unions = [(city.unions[name], weight) for name, weight in UNIONS]
        self.rng = random.Random(11)  # noqa: S311 - an invented city, the same each time
        # By then whoever sent a form has had a committee's answer.
        self.last = year.today - timedelta(days=21)

    def fill(self) -> None:
        """Hold the sessions, and let everybody join who is still missing."""
        from unionhall.apps.membership.models import CategorySet, MembershipEvent

        listed = CategorySet.objects.get(code="FOUR_GROUPS").occupations
        joined = MembershipEvent.objects.filter(kind="JOIN").values_list("occupation", flat=True)
        new = NEW_JOINS - sum(one in listed for one in joined)
        occupations = [self.rng.choice(NEW) for _n in range(new)]
        occupations += [self.rng.choice(OTHERS) for _n in range(JOINS - len(joined) - new)]
        self.rng.shuffle(occupations)
        sessions = self._sessions()
        self._write([self._one(n, occupation, sessions) for n, occupation in enumerate(occupations)])
        self._visitors(sessions)

    def _sessions(self) -> list[tuple[Any, int]]:
        """Sessions with their weights; the last begins three weeks before today."""
        from unionhall.apps.membership.codes import Channel
        from unionhall.apps.membership.usecases import outreach

        held = []
        span = (self.last - self.year.first).days
        for k in range(TIMES):
            for n, (channel, title, place, partners, cost, weight) in enumerate(SESSIONS):
                share = (k * len(SESSIONS) + n) / (TIMES * len(SESSIONS))
                on = self.year.first + timedelta(days=int(span * share))
                at = datetime.combine(on, time(14), CITY)
                session = outreach.plan_session(
                    by=self.year.officer, at=at, union=self.unions[0][0], channel=Channel(channel),
                    title=title, starts_at=at, place=place, expected=60,
                    partners=[self.partners[one] for one in partners],
                )  # fmt: skip
                outreach.close_session(
                    by=self.year.officer, at=at, session=session, counted=50 + 10 * weight,
                    cost=None if cost is None else 100 * cost, held=True,
                )  # fmt: skip
                held.append((session, weight))
        return held

    def _one(self, n: int, occupation: str, sessions: list[tuple[Any, int]]) -> Came:
        rng = self.rng
        union = rng.choices([one for one, _w in self.unions], [weight for _u, weight in self.unions])[0]
        lot = rng.random()
        session = code = None
        if lot < 0.68:
            session = rng.choices([one for one, _w in sessions], [weight for _s, weight in sessions])[0]
            touched = session.starts_at + timedelta(minutes=rng.randrange(120))
            channel = session.channel
        else:
            days = rng.randrange((self.last - self.year.first).days + 1)
            touched = datetime.combine(self.year.first + timedelta(days=days), time(18, 30), CITY)
            code = rng.choice(self.codes) if lot < 0.86 else None
            channel = code.channel if code else ("STEWARD_VISIT" if lot < 0.93 else "UNKNOWN")
        latest = datetime.combine(self.last, time(20), CITY)
        sent = min(touched + timedelta(days=rng.choice((0, 0, 0, 0, 1, 2, 5, 9)), minutes=20), latest)
        return Came(1000 + n, union, occupation, sent, channel, session, code, min(touched, sent))

    def _decided_on(self, sent: datetime) -> date:
        """The committee's next day at least three days after the form came in."""
        day = sent.astimezone(CITY).date() + timedelta(days=3)
        while day.day not in MEET_ON and day < self.year.today:
            day += timedelta(days=1)
        return day

    def _write(self, came: list[Came]) -> None:
        from unionhall.apps.membership.models import (
            Application,
            ApplicationStep,
            Attribution,
            Decision,
            Engagement,
            Membership,
            MembershipEvent,
            Touch,
        )
        from unionhall.apps.membership.usecases.attribution import RULE_VERSION
        from unionhall.apps.people.models import Particulars, Person
        from unionhall.apps.people.usecases import sealed_particulars

        # In the order of the decisions, as a ledger is written.
        came.sort(key=lambda one: (self._decided_on(one.sent), one.union.pk, one.number))
        days: dict[Any, list[Came]] = defaultdict(list)
        for one in came:
            days[one.union, self._decided_on(one.sent)].append(one)
        decisions = dict(
            zip(
                days,
                Decision.objects.bulk_create(
                    Decision(
                        union=union, decided_on=day, at=self._evening(day), present="林晓东、方敏、田野",
                        evidence=f"委员会会议纪要 {day:%m-%d}，{union.short_name}存档",
                        recorded_by=self.year.officer,
                    )
                    for union, day in days
                ),
                strict=True,
            )
        )  # fmt: skip
        decision_of = {one.number: decisions[key] for key, those in days.items() for one in those}
        people = Person.objects.bulk_create(
            Person(name=self.year.name(one.number), union=one.union) for one in came
        )
        held = Particulars.objects.bulk_create(
            sealed_particulars(
                person, identity=identity, id_kind="ID_CARD", phone=phone, birth=birth, sex=sex
            )
            for person, (identity, phone, birth, sex) in zip(people, map(self._numbers, came), strict=True)
        )
        touches = iter(
            Touch.objects.bulk_create(
                Touch(
                    phone_index=particulars.phone_index, channel=one.channel, session=one.session,
                    source=one.code, at=one.touched,
                )
                for one, particulars in zip(came, held, strict=True)
                if one.channel != "UNKNOWN"
            )
        )  # fmt: skip
        applications = Application.objects.bulk_create(
            self._application(one, person, particulars, decision_of[one.number])
            for one, person, particulars in zip(came, people, held, strict=True)
        )
        ApplicationStep.objects.bulk_create(
            ApplicationStep(application=application, step=step, at=at, account=account)
            for application in applications
            for step, at, account in self._steps(application)
        )
        entries = MembershipEvent.objects.bulk_create(
            MembershipEvent(
                person=person, kind="JOIN", union=one.union, on=decision_of[one.number].decided_on,
                at=decision_of[one.number].at, application=application, occupation=one.occupation,
                account=self.year.officer,
            )
            for one, person, application in zip(came, people, applications, strict=True)
        )  # fmt: skip
        Membership.objects.bulk_create(
            Membership(
                person=entry.person, standing="MEMBER", union=entry.union, joined_on=entry.on, since=entry.on,
                card_issued_at=entry.at,
            )
            for entry in entries
        )  # fmt: skip
        Engagement.objects.bulk_create(
            Engagement(
                person=entry.person, employment=application.employment, workplace=application.workplace,
                site=application.site, occupation=application.occupation, starts=entry.on,
            )
            for entry, application in zip(entries, applications, strict=True)
        )  # fmt: skip
        Attribution.objects.bulk_create(
            Attribution(
                application=entry.application, rule_version=RULE_VERSION, channel=one.channel,
                session=one.session, touch=next(touches) if one.channel != "UNKNOWN" else None,
                joined_with=entry.union, joined_on=entry.on,
            )
            for one, entry in zip(came, entries, strict=True)
        )  # fmt: skip

    def _numbers(self, one: Came) -> tuple[str, str, date, str]:
        from unionhall.site.demo import nobodys_numbers

        identity, phone = nobodys_numbers(one.number)
        birth = date(int(identity[6:10]), int(identity[10:12]), int(identity[12:14]))
        return identity, phone, birth, "MALE" if int(identity[16]) % 2 else "FEMALE"

    def _evening(self, day: date) -> datetime:
        now: datetime = self.year.now
        return min(datetime.combine(day, time(17), CITY), now)

    def _application(self, one: Came, person: Any, particulars: Any, decision: Any) -> Any:
        from unionhall.apps.membership.models import Application
        from unionhall.apps.membership.usecases.applying import CONSENT_VERSION, secret_hash
        from unionhall.kernel.ids import new_public_id
        from unionhall.kernel.sealed import seal

        row = new_public_id()
        identity, phone, birth, sex = self._numbers(one)
        workplace, site = PLATFORMS.get(one.occupation) or (WORKPLACES[one.number % len(WORKPLACES)], "")
        return Application(
            public_id=row, state="APPROVED", key=f"demo-many-{one.number}", secret_hash=secret_hash(row),
            union=one.union, source=one.code, name=person.name,
            identity_sealed=seal(identity, row=row, column="application.identity"),
            identity_index=particulars.identity_index,
            phone_sealed=seal(phone, row=row, column="application.phone"),
            phone_index=particulars.phone_index, phone_tail_index=particulars.phone_tail_index,
            birth=birth, sex=sex, employment="PLATFORM" if site else "EMPLOYER", workplace=workplace,
            site=site, occupation=one.occupation, consent_version=CONSENT_VERSION, consented_at=one.sent,
            confirmed="DESK", confirmed_at=one.sent, created_at=one.sent, submitted_at=one.sent,
            decision=decision, person=person,
        )  # fmt: skip

    def _steps(self, application: Any) -> Iterator[tuple[str, datetime, Any]]:
        yield "SUBMIT", application.submitted_at, None
        yield "CONFIRM", application.submitted_at, self.year.officer
        yield (
            "ACCEPT",
            min(application.submitted_at + timedelta(days=1), application.decision.at),
            self.year.officer,
        )
        yield "APPROVE", application.decision.at, self.year.officer

    def _visitors(self, sessions: list[tuple[Any, int]]) -> None:
        """Who came to a session: whoever joined through it, and as many others."""
        from unionhall.apps.membership.models import CheckIn, Touch
        from unionhall.kernel.sealed import keyed_index
        from unionhall.site.demo import nobodys_numbers

        joined = list(
            Touch.objects.select_related("session").filter(session__in=[one for one, _weight in sessions])
        )
        others = Touch.objects.bulk_create(
            Touch(
                phone_index=keyed_index(nobodys_numbers(20_000 + n)[1], column="phone"),
                channel=touch.channel, session=touch.session, at=touch.at,
            )
            for n, touch in enumerate(joined)
        )  # fmt: skip
        CheckIn.objects.bulk_create(
            CheckIn(
                session=touch.session, key=f"demo-many-{n}", phone_index=touch.phone_index,
                scanned_at=touch.at, received_at=touch.at,
            )
            for n, touch in enumerate(joined + others)
        )  # fmt: skip
