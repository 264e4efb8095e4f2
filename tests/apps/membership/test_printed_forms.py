"""Printed forms of joining, read back as a reader would."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.test import Client

from tests.apps.contests.test_printing import pages, text_of
from tests.apps.membership.conftest import identity_number
from unionhall.apps.membership import queries
from unionhall.apps.membership.usecases import ledger
from unionhall.apps.membership.views import printing
from unionhall.kernel import clock
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
    with mock.patch.object(printing, "MOST_ROWS", 2):
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
