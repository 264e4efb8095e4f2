from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from tests.apps.membership.conftest import officer_of
from unionhall.apps.coverage.codes import DocumentKind, FoundingKind, Source
from unionhall.apps.coverage.models import Enterprise
from unionhall.apps.coverage.usecases import contacts, enterprises, foundings, sites
from unionhall.apps.coverage.usecases.enterprises import Told
from unionhall.apps.meetings.usecases import hold_meeting
from unionhall.apps.orgs.models import Union
from unionhall.engines.identifiers import credit_check_character, organisation_check_character
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal


def credit_code(n: int) -> str:
    """A code that holds; of region 990000, which is nowhere."""
    inner = f"MA{n:06}"
    first = "91990000" + inner + organisation_check_character(inner)
    return first + credit_check_character(first)


def picture():
    out = BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "JPEG")
    return out.getvalue()


def code_of(usecase, **arguments):
    """The code of the refusal that a use case answers with, or an empty string."""
    try:
        usecase(at=clock.now(), **arguments)
    except Refusal as refusal:
        return refusal.code
    return ""


class Ledger:
    """Short ways to what officers of a district do with its ledger."""

    def __init__(self, city):
        self.officer, self.deputy, self.administrator = city.district, city.deputy, city.administrator
        self.district = Union.objects.get(name="城东区总工会")
        self.street = Union.objects.get(name="梧桐里街道总工会")
        self.elsewhere = Union.objects.get(name="城西区总工会")
        self.today = clock.today()
        self.soon = self.today + timedelta(days=14)
        self.n = 0

    def add(self, name="", *, ground=None, by=None, source=Source.HAND, **told):
        self.n += 1
        told.setdefault("codes", (credit_code(self.n),))
        return enterprises.add_enterprise(
            by=by or self.officer,
            at=clock.now(),
            ground=ground or self.street,
            told=Told(name=name or f"梧桐第{self.n}商贸有限公司", **told),
            source=source,
        )

    def fresh(self, enterprise):
        return Enterprise.objects.get(pk=enterprise.pk)

    def contact(self, enterprise, **how):
        given = {"kind": "VISIT", "on": self.today, "outcome": "AGAIN"} | how
        return contacts.note_contact(by=self.officer, at=clock.now(), enterprise=enterprise, **given)

    def founding(self, *these, **how):
        kind = FoundingKind.JOINT if len(these) > 1 else FoundingKind.SINGLE
        given = {
            "ground": self.street,
            "upper": self.district,
            "kind": kind,
            "name": f"{these[0].name}工会委员会",
            "short_name": "新工会",
            "enterprises": these,
            "due": self.soon,
        } | how
        return foundings.open_founding(by=self.officer, at=clock.now(), **given)

    def site(self, name="顺达速递东站", **how):
        given = {"kind": "DEPOT", "headcount": 40, "joined": 8} | how
        return sites.add_site(by=self.officer, at=clock.now(), ground=self.street, name=name, **given)

    def named(self, site, name="韩骑手"):
        return sites.name_worker(
            by=self.officer, at=clock.now(), site=site, name=name, phone="15400000009", consent="当面同意",
            consented_on=self.today,
        )  # fmt: skip

    def stranger(self):
        """An officer of another district."""
        return officer_of("城西区总工会")

    def file(self, founding, *kinds):
        for kind in kinds:
            foundings.file_document(
                by=self.officer, at=clock.now(), founding=founding, kind=DocumentKind(kind), file=picture()
            )

    def assembled(self, *these, **how):
        """A founding whose members have met; it waits for approval."""
        founding = self.founding(*these, **how)
        self.file(founding, "APPLICATION", "GROUP")
        foundings.pass_stage(by=self.officer, at=clock.now(), founding=founding, due=self.soon)
        meeting = foundings.plan_assembly(
            by=self.officer,
            at=clock.now(),
            founding=founding,
            starts_at=clock.now(),
            place="三楼会议室",
            chair=self.officer.person,
        )
        hold_meeting(
            by=self.officer,
            at=clock.now(),
            meeting=meeting,
            minutes="选举产生委员会",
            attendees=[],
            others=31,
        )
        self.file(founding, "MINUTES", "ELECTION")
        return foundings.pass_stage(by=self.officer, at=clock.now(), founding=founding, due=self.soon)

    def approved(self, *these, **how):
        founding = self.assembled(*these, **how)
        self.file(founding, "REPLY")
        return foundings.approve(by=self.deputy, at=clock.now(), founding=founding, due=self.soon)


@pytest.fixture
def ledger(city):
    return Ledger(city)
