from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from unionhall.apps.meetings import usecases
from unionhall.apps.meetings.codes import IssueKind, MeetingKind
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.usecases import appoint, open_account, register_person
from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.refusals import Refusal


class District:
    """A district with two officers, the chief of a service station who holds no post, and a stranger."""

    def __init__(self, city):
        self.officer, self.deputy, self.station = city.district, city.deputy, city.station
        self.union = Union.objects.get(name="城东区总工会")
        self.street = Union.objects.get(name="梧桐里街道总工会")
        elsewhere = Union.objects.get(name="城西区总工会")
        person = register_person(by=SYSTEM, at=clock.now(), name="外人", union=elsewhere)
        since = date(2020, 1, 1)
        appoint(by=SYSTEM, at=clock.now(), person=person, union=elsewhere, role=PostRole.OFFICER, since=since)
        self.stranger = open_account(
            by=SYSTEM, at=clock.now(), person=person, username="stranger", password=""
        )
        self.today = clock.today()
        self.soon = self.today + timedelta(days=7)

    def plan(self, **how):
        given = {
            "union": self.union,
            "kind": MeetingKind.STATION_CHIEFS,
            "title": "站长例会",
            "starts_at": clock.now(),
            "place": "区职工服务中心",
            "chair": self.officer.person,
            "agenda": ["进度", "堵点"],
        }
        return usecases.plan_meeting(by=self.officer, at=clock.now(), **given | how)

    def raised(self, **how):
        given = {"union": self.union, "kind": IssueKind.BLOCKER, "title": "站点进度滞后"}
        return usecases.raise_issue(by=self.officer, at=clock.now(), **given | how)

    def assigned(self, **how):
        return usecases.assign_issue(
            by=self.officer, at=clock.now(), issue=self.raised(**how),
            owner=self.station.person, due=self.soon,
        )  # fmt: skip

    def claimed(self, file=None, **how):
        return usecases.claim_done(
            by=self.station, at=clock.now(), issue=self.assigned(**how),
            measures="增派两名专干", evidence="验收单 3 号", file=file,
        )  # fmt: skip

    def closed(self, **how):
        return usecases.close_issue(
            by=self.deputy, at=clock.now(), issue=self.claimed(**how), checked="现场核实"
        )


@pytest.fixture
def district(city):
    return District(city)


def code_of(usecase, **arguments):
    """The code of the refusal that a use case answers with, or an empty string."""
    try:
        usecase(at=clock.now(), **arguments)
    except Refusal as refusal:
        return refusal.code
    return ""


def picture(size=(40, 20), kind="JPEG", **how):
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **how)
    return out.getvalue()
