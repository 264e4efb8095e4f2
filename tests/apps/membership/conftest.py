from __future__ import annotations

import secrets
from datetime import timedelta

import pytest

from unionhall.apps.membership.codes import Channel, Employment
from unionhall.apps.membership.models import Application, SourceCode
from unionhall.apps.membership.usecases import applying, deciding, handling, outreach
from unionhall.apps.membership.usecases.applying import Answers
from unionhall.apps.orgs.models import Union
from unionhall.engines.identifiers import identity_check_character
from unionhall.kernel import clock, sms
from unionhall.kernel.audit import SYSTEM


def identity_number(n: int, birth: str = "19900307") -> str:
    """A number of region 990000, which is nobody's."""
    first = f"990000{birth}{n:03}"
    return first + identity_check_character(first)


def officer_of(name):
    """An account of an officer of some union."""
    from unionhall.apps.people.codes import PostRole
    from unionhall.apps.people.usecases import appoint, open_account, register_person

    union, at = Union.objects.get(name=name), clock.now()
    person = register_person(by=SYSTEM, at=at, name="西门望", union=union)
    appoint(by=SYSTEM, at=at, person=person, union=union, role=PostRole.OFFICER, since=clock.today())
    return open_account(by=SYSTEM, at=at, person=person, username="elsewhere", password="")


class Desk:
    """Short ways to do what applicants and officers do."""

    def __init__(self, city):
        self.city = city
        self.district = Union.objects.get(name="城东区总工会")
        self.street = Union.objects.get(name="梧桐里街道总工会")
        self.officer = city.district
        self.numbers = iter(range(1000))

    def answers(self, **more):
        n = next(self.numbers)
        told = {
            "name": f"江{n}",
            "identity": identity_number(n),
            "phone": f"1990000{n:04}",
            "employment": Employment.PLATFORM,
            "workplace": "快送",
            "site": "城东站",
            "occupation": "FOOD_RIDER",
            "area": self.street,
            "consent": True,
        }
        return Answers(**(told | more))

    def apply(self, *, at=None, source=None, key=None, **more):
        received = applying.submit_application(
            at=at or clock.now(),
            key=key or secrets.token_hex(16),
            secret="s" * 32,
            answers=self.answers(**more),
            source=source,
        )
        return received.application

    def accepted(self, **more):
        application = self.apply(**more)
        at = more.get("at") or clock.now()
        applying.confirm_at_desk(by=self.officer, at=at, application=application)
        handling.accept_application(by=self.officer, at=at, application=application)
        return Application.objects.get(pk=application.pk)

    def decide(self, *approved, refused=None, at=None, union=None, on=None):
        at = at or clock.now()
        return deciding.decide_applications(
            by=self.officer,
            at=at,
            union=union or self.street,
            decided_on=on or at.astimezone(clock.CITY).date(),
            approved=approved,
            refused=refused or {},
            evidence="会议纪要第 7 号，办公室存档",
            present="柳青、林晓东",
        )

    def member(self, **more):
        """A new member, by the whole way."""
        application = self.accepted(**more)
        self.decide(application, at=more.get("at"))
        application.refresh_from_db()
        return application.person.membership

    def session(self, channel=Channel.COMMUNICATION_MEETING, starts_at=None):
        return outreach.plan_session(
            by=self.officer,
            at=clock.now(),
            union=self.street,
            channel=channel,
            title="梧桐里小哥沟通会",
            starts_at=starts_at or clock.now() - timedelta(hours=1),
            place="小哥驿站",
        )

    def code(self, session=None):
        session = session or self.session()
        return SourceCode.objects.get(session=session)


@pytest.fixture
def desk(city):
    return Desk(city)


@pytest.fixture
def gateway():
    """A gateway that keeps what is sent."""
    kept = sms.Outbox()
    sms.use(kept)
    yield kept
    sms.use(None)
