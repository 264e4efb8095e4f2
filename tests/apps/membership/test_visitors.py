"""Printed codes, checking in, checking a card, the question bank, and what is deleted in time."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import ApplicationState, EventKind
from unionhall.apps.membership.models import Application, CheckIn, OutreachSession, PhoneCode, Touch
from unionhall.apps.membership.usecases import applying, confirmation, ledger, outreach
from unionhall.apps.membership.usecases.retention import purge
from unionhall.apps.membership.views import visitors
from unionhall.kernel import clock
from unionhall.kernel.models import AuditLine
from unionhall.site import asgi


class TestPrintedCodes:
    @pytest.fixture(autouse=True)
    def nobody_has_checked_yet(self):
        cache.clear()

    def test_each_kind_leads_to_its_page(self, client, desk):
        code = desk.code()
        session = code.session
        assert client.get(f"/q/{code.public_id}").headers["Location"] == f"/join?from={code.public_id}"
        assert (
            client.get(f"/q/{code.public_id.lower()}").headers["Location"] == f"/join?from={code.public_id}"
        )
        outreach.close_source_code(by=desk.officer, at=clock.now(), code=code)
        assert client.get(f"/q/{code.public_id}").headers["Location"] == f"/join?from={code.public_id}"
        assert (
            client.get(f"/q/{session.public_id}").headers["Location"]
            == f"/sessions/{session.public_id}/check-in"
        )
        for seat in ("NOSUCHCODE", "A" * 20):
            assert "用这部手机入席" in client.get(f"/q/{seat}").content.decode()
        unknown = client.get("/q/NOSUCHCODE22")
        assert (unknown.status_code, "没有这个码" in unknown.content.decode()) == (404, True)

    def test_previews_change_nothing(self, client, desk):
        code, card = desk.code(), desk.member()
        before = AuditLine.objects.count()
        for one in (code, code.session, card):
            client.get(f"/q/{one.public_id}", follow=True)
            client.head(f"/q/{one.public_id}")
        assert (AuditLine.objects.count(), CheckIn.objects.count(), Touch.objects.count()) == (before, 0, 0)

    def test_a_card_tells_no_more_than_it_must(self, client, desk):
        card = desk.member(name="江小满", phone="19900001234")
        text = client.get(f"/q/{card.public_id}").content.decode()
        assert "会员证有效" in text
        assert "江*满" in text
        assert "梧桐里街道总工会" in text
        for hidden in ("江小满", "19900001234", "1234", card.person.public_id):
            assert hidden not in text
        ledger.end_membership(
            by=desk.officer,
            at=clock.now(),
            membership=card,
            kind=EventKind.LEAVE,
            on=clock.today(),
            reason="x",
        )
        ended = client.get(f"/q/{card.public_id}").content.decode()
        assert ("会员证有效" in ended, "无效" in ended, "江*满" in ended) == (False, True, False)

    def test_a_card_of_a_merged_record_stands_for_the_one_that_holds_on(self, desk):
        card, kept = desk.member(name="江小满"), desk.member(name="江晓满")
        card.person.merged_into = kept.person
        card.person.save()
        assert queries.members.card(card).membership == kept

    def test_many_checks_from_one_address_are_stopped(self, client, desk):
        card = desk.member()
        with mock.patch.object(visitors, "CHECKS", 3):
            answers = [client.get(f"/q/{card.public_id}").status_code for _ in range(5)]
            elsewhere = client.get(f"/q/{card.public_id}", REMOTE_ADDR="10.9.8.7").status_code
        assert (answers, elsewhere) == ([200, 200, 200, 429, 429], 200)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("江满", "江*"), ("江小满", "江*满"), ("买买提·艾力", "买****力"), ("江", "江"), ("", "")],
)
def test_a_masked_name(name, masked):
    assert queries.members.masked_name(name) == masked


@given(st.text(max_size=80))
def test_a_masked_name_shows_two_characters_at_most(name):
    masked = queries.members.masked_name(name)
    assert len(masked) == len(name)
    assert masked[1:-1] == "*" * len(name[1:-1])
    assert len(name) != 2 or masked[1] == "*"


class TestCheckIn:
    def test_it_counts_once_however_often_it_is_sent(self, client, desk):
        session = desk.session()
        where = f"/sessions/{session.public_id}/check-in"
        sent = {"key": "k" * 32, "phone": "19900001234", "scanned_at": "2026-03-01T09:00:00+08:00"}
        page = client.post(where, sent).content.decode()
        assert f"/join?from={desk.code(session).public_id}" in page
        assert client.post(where, sent, headers={"Accept": "application/json"}).status_code == 201
        came = CheckIn.objects.get()
        assert came.scanned_at.isoformat() == "2026-03-01T01:00:00+00:00"
        assert came.received_at > came.scanned_at
        assert Touch.objects.count() == 1

    def test_without_a_phone_and_with_a_wrong_one(self, client, desk):
        where = f"/sessions/{desk.session().public_id}/check-in"
        assert client.post(where, {"key": "a" * 32}).status_code == 200
        assert client.post(where, {"key": "b" * 32, "phone": "123"}).status_code == 422
        wrong = client.post(where, {"key": "b", "phone": "1"}, headers={"Accept": "application/json"})
        assert "11" in wrong.json()["said"]
        assert CheckIn.objects.values_list("phone_index", flat=True).get() is None

    def test_a_cancelled_or_unknown_session(self, client, desk):
        session = desk.session()
        outreach.close_session(
            by=desk.officer, at=clock.now(), session=session, counted=None, cost=None, held=False
        )
        where = f"/sessions/{session.public_id}/check-in"
        assert "已取消" in client.get(where).content.decode()
        assert client.post(where, {"key": "c" * 32}).status_code == 422
        assert client.get("/sessions/NOSUCHSESSIO/check-in").status_code == 404


def test_the_question_bank_is_searched_and_holds_published_answers_only(client, desk):
    session, at = desk.session(), clock.now()

    def ask(text, answer, publish):
        question = outreach.note_question(by=desk.officer, at=at, session=session, text=text, answer=answer)
        if answer:
            outreach.answer_question(
                by=desk.officer, at=at, question=question, answer=answer, publish=publish
            )

    ask("会费怎么交？", "申请入会不收费。", True)
    ask("受伤算工伤吗？", "请在 24 小时内上报。", True)
    ask("老板是谁？", "不公开。", False)
    ask("没有答的", "", False)

    def found(text):
        return [one.text for one in queries.sessions.question_bank(text)]

    assert found("") == ["受伤算工伤吗？", "会费怎么交？"]
    assert (found("会费"), found("24 上报"), found("老板")) == (["会费怎么交？"], ["受伤算工伤吗？"], [])
    page = client.get("/questions", {"q": "会费"}).content.decode()
    assert ("会费怎么交" in page, "工伤" in page, "老板" in page) == (True, False, False)


class TestRetention:
    def drafts(self, desk, at):
        for n, age in enumerate((29, 31)):
            applying.save_draft(
                at=at - timedelta(days=age), key=f"{n}" * 32, secret="s" * 32, answers=desk.answers()
            )

    def test_drafts_go_after_thirty_days_and_what_was_sent_stays(self, desk):
        at = clock.now()
        self.drafts(desk, at)
        sent = desk.apply(at=at - timedelta(days=400))
        assert purge(at=at) == 1
        left = dict(Application.objects.values_list("key", "state"))
        assert left == {"0" * 32: ApplicationState.DRAFT, sent.key: ApplicationState.UNCONFIRMED}

    def test_codes_of_phones_go_after_a_day(self, db, gateway):
        at = clock.now()
        for hours in (23, 25):
            confirmation.send_code(at=at - timedelta(hours=hours), phone=f"199000000{hours}", address="x")
        assert purge(at=at) == 1
        assert PhoneCode.objects.get().sent_at == at - timedelta(hours=23)
        assert purge(at=at) == 0

    def test_the_house_purges_by_the_hour(self, desk):
        self.drafts(desk, clock.now())
        asgi._purge()
        assert Application.objects.count() == 1


def test_a_session_is_planned_with_its_staff(client, desk):
    client.force_login(desk.officer)
    told = {
        "union": desk.street.public_id,
        "channel": "JOB_FAIR",
        "title": "秋季招聘会",
        "starts_at": "2026-11-02T09:00",
        "place": "体育馆",
        "staff": desk.officer.person.name,
    }
    assert client.post("/outreach/new", told | {"staff": "查无此人"}).status_code == 422
    client.post("/outreach/new", told)
    session = OutreachSession.objects.get(title="秋季招聘会")
    assert list(session.staff.all()) == [desk.officer.person]
    page = client.get(f"/outreach/{session.public_id}").content.decode()
    assert page.count(f"<dd>{desk.officer.person.name}</dd>") == 1


def test_the_plan_of_a_session_is_changed_until_it_is_over(client, desk):
    client.force_login(desk.officer)
    session = desk.session(starts_at=clock.now() + timedelta(days=3))
    session.staff.set([desk.officer.person])
    code = desk.code(session)
    address = f"/outreach/{session.public_id}/plan"
    form = client.get(address).context["form"]
    told = {name: form[name].value() or "" for name in form.fields if name != "partners"}
    told |= {"starts_at": "2027-01-05T14:00", "ends_at": "2027-01-05T13:00", "place": "新驿站"}
    assert client.post(address, told).status_code == 422
    page = client.post(address, told | {"ends_at": "2027-01-05T16:00"})
    assert page.status_code == 302, page.context["form"].errors
    session.refresh_from_db()
    assert (session.title, session.place) == ("梧桐里小哥沟通会", "新驿站")
    assert session.starts_at.astimezone(clock.CITY).isoformat() == "2027-01-05T14:00:00+08:00"
    assert (list(session.staff.all()), desk.code(session)) == ([desk.officer.person], code)
    outreach.close_session(
        by=desk.officer, at=clock.now(), session=session, counted=None, cost=None, held=False
    )
    late = client.post(address, told | {"ends_at": "", "place": "别处"})
    assert late.status_code == 422
    session.refresh_from_db()
    assert session.place == "新驿站"
