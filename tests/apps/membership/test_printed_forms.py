"""Printed forms of joining, read back as a reader would."""

from __future__ import annotations

import re
from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.apps.contests.test_printing import pages, text_of
from tests.apps.membership.conftest import identity_number
from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import Channel
from unionhall.apps.membership.usecases import ledger, outreach
from unionhall.apps.membership.views import printing
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.usecases import appoint, open_account, register_person
from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.models import AuditLine
from unionhall.kernel.refusals import Refusal


@pytest.fixture
def officer(desk):
    client = Client()
    client.force_login(desk.officer)
    return client


@pytest.mark.parametrize("kind", ["application", "registration"])
def test_forms_fit_a_page_and_are_noted(desk, officer, kind):
    number = identity_number(800)
    application = desk.accepted(name="买买提·艾力江", identity=number, workplace="快" * 60, site="站" * 40)
    answer = officer.get(f"/applications/{application.public_id}/print/{kind}.pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert pages(answer.content) == 1
    said = text_of(answer.content)
    assert number in said
    assert "买买提·艾力江" in said
    line = AuditLine.objects.get(action="application.print")
    assert (line.subject, line.refs, line.actor) == (
        application.public_id, {"form": kind}, str(desk.officer.actor),
    )  # fmt: skip
    assert officer.get(f"/applications/{application.public_id}/print/other.pdf").status_code == 404


def test_a_decided_application_says_what_was_decided(desk):
    member = desk.member()
    application = member.person.applications.get()
    told = queries.printing.registration_form(application, {"identity": "", "phone": ""})
    assert (told["card"], "同意入会" in told["decision"]) == (member.public_id, True)


def test_the_register_masks_numbers_and_counts_who_stands_on_it(desk, officer):
    numbers = [identity_number(n) for n in range(810, 813)]
    members = [desk.member(identity=number) for number in numbers]
    ledger.transfer_in(
        by=desk.officer, at=clock.now(), membership=members[0], union=desk.district, on=clock.today()
    )
    answer = officer.get(f"/unions/{desk.street.public_id}/register.pdf")
    assert answer.status_code == 200
    said = text_of(answer.content)
    assert not any(number in said for number in numbers)
    line = AuditLine.objects.get(action="register.print")
    assert line.refs == {"first": 1, "rows": 2, "total": 2}


def test_the_register_asks_a_fixed_number_of_questions(desk, django_assert_num_queries):
    def rows():
        members = list(queries.printing.on_register(desk.street))
        return queries.printing.register(desk.street, members, 1, len(members), clock.today())["rows"]

    desk.member()
    with django_assert_num_queries(2):
        assert len(rows()) == 1
    for _ in range(3):
        desk.member()
    with django_assert_num_queries(2):
        assert [row[0] for row in rows()] == ["1", "2", "3", "4"]


def test_long_registers_are_printed_in_parts(desk, officer):
    for _ in range(3):
        desk.member()
    with mock.patch.object(queries.printing, "MOST_ROWS", 2):
        officer.get(f"/unions/{desk.street.public_id}/register.pdf?from=3")
    assert AuditLine.objects.get(action="register.print").refs == {"first": 3, "rows": 1, "total": 3}


def test_a_poster_is_one_page_with_a_typed_address(desk, officer):
    code = desk.code(desk.session(starts_at=clock.now() + timedelta(days=3)))
    answer = officer.get(f"/codes/{code.public_id}/poster.pdf")
    assert pages(answer.content) == 1
    said = text_of(answer.content)
    assert f"testserver/q/{code.public_id}" in said


def test_strangers_print_nothing(desk, city):
    client = Client()
    client.force_login(city.organiser)
    application, code = desk.apply(), desk.code()
    for address in (
        f"/applications/{application.public_id}/print/application.pdf",
        f"/unions/{desk.street.public_id}/register.pdf",
        f"/codes/{code.public_id}/poster.pdf",
    ):
        assert client.get(address).status_code == 404
    assert AuditLine.objects.filter(action__endswith=".print").count() == 0


def test_a_machine_that_cannot_print_says_so(desk, officer):
    code = desk.code()
    with mock.patch.object(printing, "pdf", side_effect=Refusal("NO_GLYPH", characters="𠀀（U+20000）")):
        answer = officer.get(f"/codes/{code.public_id}/poster.pdf")
    assert (answer.status_code, "𠀀（U+20000）" in answer.content.decode()) == (503, True)


def links(page):
    """The addresses that a page leads to."""
    return set(re.findall(r'href="([^"]+)"', page.content.decode()))


def test_whatever_is_printed_is_reached_by_clicking(desk, officer):
    member, session = desk.member(), desk.session()
    place = outreach.open_source_code(
        by=desk.officer, at=clock.now(), union=desk.street, channel=Channel.STATION, label="东门小哥驿站"
    )
    application = member.person.applications.get()
    forms = f"/applications/{application.public_id}/print"
    register = f"/unions/{desk.street.public_id}/register.pdf?from=1"
    clicks = [
        ("/", "/applications"),
        ("/applications", f"/applications/{application.public_id}"),
        (f"/applications/{application.public_id}", f"{forms}/application.pdf"),
        (f"/applications/{application.public_id}", f"{forms}/registration.pdf"),
        ("/", "/members"),
        ("/members", f"/members/{member.public_id}"),
        (f"/members/{member.public_id}", f"{forms}/registration.pdf"),
        (f"/members/{member.public_id}", f"/members/{member.public_id}/code"),
        ("/members", "/registers"),
        ("/registers", register),
        ("/", "/outreach"),
        ("/outreach", f"/outreach/{session.public_id}"),
        (f"/outreach/{session.public_id}", f"/codes/{desk.code(session).public_id}/poster.pdf"),
        (f"/outreach/{session.public_id}", f"/outreach/{session.public_id}/check-in.pdf"),
        (f"/outreach/{session.public_id}", "/desk"),
        ("/outreach", "/outreach/codes"),
        ("/outreach/codes", f"/codes/{place.public_id}/poster.pdf"),
        ("/outreach/codes", "/desk"),
        ("/", "/wishes"),
    ]
    found = {start: links(officer.get(start)) for start, _to in clicks}
    assert [click for click in clicks if click[1] not in found[click[0]]] == []
    for address in sorted({to for _start, to in clicks if ".pdf" in to}):
        answer = officer.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf"), address


def test_a_long_register_is_linked_part_by_part(desk, officer, django_assert_num_queries):
    for _ in range(3):
        desk.member()
    with CaptureQueriesContext(connection) as asked:
        whole = links(officer.get("/registers"))
    with mock.patch.object(queries.printing, "MOST_ROWS", 2), django_assert_num_queries(len(asked)):
        parts = links(officer.get("/registers"))
    of_street = f"/unions/{desk.street.public_id}/register.pdf"
    assert {one for one in whole if ".pdf" in one} == {f"{of_street}?from=1"}
    assert {one for one in parts if ".pdf" in one} == {f"{of_street}?from=1", f"{of_street}?from=3"}
    export = officer.get("/registers?export=csv").content.decode("utf-8-sig").splitlines()
    assert export[0] == "名称,层级,会员人数"
    assert [row for row in export if row.startswith("梧桐里街道总工会,")] == [
        "梧桐里街道总工会,街道、乡镇总工会,3"
    ]


def test_the_registration_of_a_member_from_beyond_reach_is_not_offered(desk, city):
    member = desk.member()
    forms = f"/applications/{member.person.applications.get().public_id}/print/registration.pdf"
    elsewhere = Union.objects.get(name="江岸街道总工会")
    at, today = clock.now(), clock.today()
    ledger.transfer_in(by=city.administrator, at=at, membership=member, union=elsewhere, on=today)
    person = register_person(by=SYSTEM, at=at, name="岸上人", union=elsewhere)
    appoint(by=SYSTEM, at=at, person=person, union=elsewhere, role=PostRole.OFFICER, since=today)
    reader = Client()
    reader.force_login(open_account(by=SYSTEM, at=at, person=person, username="anshang", password=""))
    page = reader.get(f"/members/{member.public_id}")
    assert (page.status_code, forms in links(page), reader.get(forms).status_code) == (200, False, 404)


def test_the_poster_of_a_session_leads_to_its_check_in(desk, officer):
    session = desk.session()
    said = text_of(officer.get(f"/outreach/{session.public_id}/check-in.pdf").content)
    assert f"testserver/q/{session.public_id}" in said
    assert "梧桐里小哥沟通会" in said
