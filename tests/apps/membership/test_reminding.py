"""Reminders: who hears what on which day, once; a gateway that fails; what a stranger could read in them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from unionhall.apps.meetings.codes import IssueKind
from unionhall.apps.meetings.usecases import assign_issue, raise_issue
from unionhall.apps.membership import deadlines, queries
from unionhall.apps.membership.codes import WishField
from unionhall.apps.membership.models import Application, Reminder
from unionhall.apps.membership.queries.reminders import Digest, Waiting
from unionhall.apps.membership.usecases import applying, handling, own_data, reminding, retention
from unionhall.apps.people.models import Particulars
from unionhall.apps.people.usecases import choose_daily_message, store_particulars
from unionhall.kernel import clock, sms
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.clock import CITY
from unionhall.kernel.models import AuditLine, Job
from unionhall.kernel.refusals import Refusal

RETURNED_AT = datetime(2026, 3, 2, 15, 0, tzinfo=CITY)
DUE = RETURNED_AT + timedelta(days=deadlines.DAYS_TO_COMPLETE)
NOTHING = {"gateway": 1, "sent": 0, "failed": 0, "unclear": 0, "left": 0}


def run(at):
    with clock.set_to(at):
        return reminding.send_reminders(by=SYSTEM, at=at)


def counted(**counts):
    return NOTHING | counts


def returned(desk, *, at=RETURNED_AT, **more):
    """An application that the officer sent back on the second of March, over a confirmed phone."""
    application = desk.apply(at=at - timedelta(days=1), **more)
    applying.confirm_at_desk(by=desk.officer, at=at - timedelta(days=1), application=application)
    handling.return_application(by=desk.officer, at=at, application=application, reason="缺少单位名称")
    return Application.objects.get(pk=application.pk)


def rows():
    return list(Reminder.objects.order_by("pk").values_list("kind", "subject", "state", "attempts", "error"))


def test_an_applicant_hears_three_days_before_and_on_the_last_day_and_never_twice(desk, gateway):
    application = returned(desk)
    assert application.due_on == DUE.date()
    found = {}
    for days in range(-5, 3):
        day = DUE + timedelta(days=days)
        found[days] = [run(day)["sent"], run(day + timedelta(hours=2))["sent"]]
    assert found == {
        -5: [0, 0],
        -4: [0, 0],
        -3: [1, 0],
        -2: [0, 0],
        -1: [0, 0],
        0: [1, 0],
        1: [0, 0],
        2: [0, 0],
    }
    assert [phone for phone, _text in gateway.sent] == ["19900000000"] * 2
    assert rows() == [
        ("DUE_SOON", application.public_id, "SENT", 1, ""),
        ("LAST_DAY", application.public_id, "SENT", 1, ""),
    ]
    assert set(Reminder.objects.values_list("day", "union")) == {(DUE.date(), desk.street.pk)}


def test_a_run_that_comes_late_still_tells_that_it_is_due_soon(desk, gateway):
    returned(desk)
    assert run(DUE - timedelta(days=1)) == counted(sent=1)


def test_whoever_has_completed_it_hears_nothing(desk, gateway):
    application = returned(desk, name="江小满")
    applying.complete_application(
        at=DUE - timedelta(days=4), application=application, answers=desk.answers(phone="19900000000")
    )
    assert run(DUE) == NOTHING


def test_returned_once_more_it_is_due_on_another_day_and_told_again(desk, gateway):
    application = returned(desk)
    run(DUE)
    applying.complete_application(at=DUE, application=application, answers=desk.answers(phone="19900000000"))
    handling.return_application(by=desk.officer, at=DUE, application=application, reason="仍缺单位名称")
    assert run(DUE + timedelta(days=deadlines.DAYS_TO_COMPLETE)) == counted(sent=1)


def test_a_decision_is_told_alike_whatever_it_was(desk, gateway, settings):
    settings.PUBLIC_ADDRESS = "https://gonghui.example"
    yes, no = desk.accepted(at=RETURNED_AT), desk.accepted(at=RETURNED_AT)
    desk.decide(yes, refused={no: "不在本街道工作"}, at=RETURNED_AT)
    day = RETURNED_AT + timedelta(days=1)
    assert (run(day), run(day)) == (counted(sent=2), NOTHING)
    text = "您提交给工会的表格已有答复。凭本手机号码查看：https://gonghui.example/join/find"
    assert gateway.sent == [("19900000000", text), ("19900000001", text)]


def test_no_message_says_who_or_what_it_is_about(desk, gateway):
    application = returned(desk, name="江小满")
    run(DUE - timedelta(days=2))
    run(DUE)
    texts = [text for _phone, text in gateway.sent]
    assert texts == [
        "您提交给工会的表格需要补充，请在2026-03-17前完成。请在填表的页面凭手机号码查看。",
        "您提交给工会的表格需要补充，今天是最后一天。请在填表的页面凭手机号码查看。",
    ]
    for word in ("江", "入会", "会员", application.union.short_name, application.public_id):
        assert word not in "".join(texts)


def test_news_of_a_decision_grow_old(desk, gateway):
    application = desk.accepted(at=RETURNED_AT)
    desk.decide(application, at=RETURNED_AT)
    late = RETURNED_AT + timedelta(days=deadlines.DAYS_OF_NEWS + 1)
    assert run(late) == NOTHING
    assert run(late - timedelta(days=1)) == counted(sent=1)


@pytest.mark.parametrize(
    "change",
    [
        {"confirmed_at": None},
        {"consent_version": 1},
        {"consent_withdrawn_at": RETURNED_AT},
        {"state": "WITHDRAWN"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_without_a_shown_phone_or_a_consent_that_names_it_nothing_is_sent(desk, gateway, change):
    application = returned(desk)
    Application.objects.filter(pk=application.pk).update(**change)
    assert (run(DUE), gateway.sent) == (NOTHING, [])


def test_a_familys_phone_gets_two_a_day_and_the_rest_another_day(desk, gateway):
    day = RETURNED_AT + timedelta(days=1)
    family = [desk.accepted(phone="19900008888", at=RETURNED_AT) for _one in range(3)]
    desk.decide(*family, at=RETURNED_AT)
    assert run(day) == counted(sent=2, left=1)
    assert run(day + timedelta(hours=1)) == counted(left=1)
    assert run(day + timedelta(days=1)) == counted(sent=1)


def test_the_days_messages_in_all_are_limited(desk, gateway, monkeypatch):
    monkeypatch.setattr(deadlines, "A_DAY", 2)
    desk.decide(*[desk.accepted(at=RETURNED_AT) for _one in range(3)], at=RETURNED_AT)
    assert run(RETURNED_AT) == counted(sent=2, left=1)
    assert run(RETURNED_AT) == counted(left=1)
    assert run(RETURNED_AT + timedelta(days=1)) == counted(sent=1)


class Moody:
    """A gateway that refuses some phones; the first number of a pair is refused, the second breaks off."""

    def __init__(self, refused=(), broken=()):
        self.refused, self.broken, self.sent, self.inside = refused, broken, [], []

    def send(self, phone, text):
        self.inside.append(len(connection.savepoint_ids))
        if phone in self.refused:
            raise sms.SmsError
        if phone in self.broken:
            raise TimeoutError(phone)
        self.sent.append(phone)


def test_one_failure_stops_no_other_and_is_tried_by_the_next_run(desk, gateway, caplog):
    many = [desk.accepted(at=RETURNED_AT) for _one in range(4)]
    desk.decide(*many, at=RETURNED_AT)
    moody = Moody(refused=["19900000000"], broken=["19900000002"])
    sms.use(moody)
    at = RETURNED_AT + timedelta(hours=1)
    assert run(at) == counted(sent=2, failed=1, unclear=1)
    assert rows() == [
        ("DECIDED", many[0].public_id, "FAILED", 1, "SMS_FAILED"),
        ("DECIDED", many[1].public_id, "SENT", 1, ""),
        ("DECIDED", many[2].public_id, "UNCLEAR", 1, "TimeoutError"),
        ("DECIDED", many[3].public_id, "SENT", 1, ""),
    ]
    # The phone stood in the words of the error; it is in no log.
    assert "19900000002" not in caplog.text
    assert "TimeoutError" in caplog.text
    sms.use(again := Moody())
    assert run(at + timedelta(hours=1)) == counted(sent=1)
    assert again.sent == ["19900000000"]
    assert rows()[0] == ("DECIDED", many[0].public_id, "SENT", 2, "")


def test_no_transaction_is_open_while_the_gateway_is_talked_to(desk, gateway):
    desk.decide(desk.accepted(at=RETURNED_AT), at=RETURNED_AT)
    outside = len(connection.savepoint_ids)
    sms.use(slow := Moody())
    assert run(RETURNED_AT) == counted(sent=1)
    # The test's own transaction is around all; inside of it none was left open.
    assert slow.inside == [outside]


def test_one_that_was_begun_and_broken_off_is_not_sent_again(desk, gateway):
    application = desk.accepted(at=RETURNED_AT)
    desk.decide(application, at=RETURNED_AT)

    class PowerFailure(BaseException):
        pass

    class Dying:
        def send(self, _phone, _text):
            raise PowerFailure

    sms.use(Dying())
    with pytest.raises(PowerFailure):
        run(RETURNED_AT)
    sms.use(gateway)
    assert (run(RETURNED_AT), gateway.sent) == (NOTHING, [])
    assert rows() == [("DECIDED", application.public_id, "UNCLEAR", 1, "")]


def test_without_a_gateway_nothing_is_noted_and_the_job_says_so(desk, run_jobs, client):
    desk.decide(desk.accepted(at=RETURNED_AT), at=RETURNED_AT)
    sms.use(None)
    assert run(RETURNED_AT) == {"gateway": 0}
    assert rows() == []


def test_an_officer_sends_none(desk, gateway):
    with pytest.raises(Refusal) as refused:
        reminding.send_reminders(by=desk.officer, at=RETURNED_AT)
    assert refused.value.code == "NOT_ALLOWED"


def with_phone(account, phone="19900007777"):
    store_particulars(by=SYSTEM, at=RETURNED_AT, person=account.person, phone=phone)
    account.person.refresh_from_db()
    return account


@pytest.fixture
def busy(desk):
    """The officer has one of each that is overdue, and two of each that are due soon."""
    day = RETURNED_AT
    for made in (day - timedelta(days=6), day - timedelta(days=5), day - timedelta(days=2)):
        application = desk.apply(at=made)
        applying.confirm_at_desk(by=desk.officer, at=made, application=application)
    for made in (31, 30, 27, 26):
        desk.accepted(at=day - timedelta(days=made))
    member = desk.member(at=day - timedelta(days=60)).person
    for field, made in ((WishField.NAME, 16), (WishField.PHONE, 15), (WishField.EMPLOYER, 12)):
        value = "19900006666" if field == WishField.PHONE else "江晓满"
        own_data.wish_correction(at=day - timedelta(days=made), person=member, field=field, value=value)
    began = day - timedelta(days=5)
    for due in (-1, 0, 3, 4):
        issue = raise_issue(
            by=desk.officer, at=began, union=desk.district, kind=IssueKind.NEED, title="增设充电桩"
        )
        until = (day + timedelta(days=due)).date()
        assign_issue(by=desk.officer, at=began, issue=issue, owner=desk.officer.person, due=until)
    return desk.officer


def test_a_digest_counts_what_is_overdue_and_what_is_due_within_three_days(desk, busy):
    with clock.set_to(RETURNED_AT):
        found = queries.reminders.digest(busy, [desk.street.pk], RETURNED_AT.date())
    # Sixteen days ago is overdue, fifteen is due today, twelve in three days.
    assert found == Digest(Waiting(1, 2), Waiting(1, 2), Waiting(1, 2), Waiting(1, 2))


def test_the_list_of_wishes_says_by_when_each_is_to_be_answered(desk, client):
    member = desk.member().person
    own_data.wish_correction(at=RETURNED_AT, person=member, field=WishField.NAME, value="江晓满")
    client.force_login(desk.officer)
    assert "2026-03-17" in client.get("/wishes").content.decode()
    assert "2026-03-17" in client.get("/wishes?export=csv").content.decode("utf-8-sig")


def test_an_officer_who_chose_it_hears_once_a_day_in_numbers(desk, busy, gateway):
    assert run(RETURNED_AT) == NOTHING
    choose_daily_message(at=RETURNED_AT, account=with_phone(busy), wanted=True)
    assert (run(RETURNED_AT), run(RETURNED_AT)) == (counted(sent=1), NOTHING)
    told = (
        "工会待办（2026-03-02）：待受理申请逾期1件、3天内到期2件；待审批申请逾期1件、3天内到期2件；"
        "更正申请逾期1件、3天内到期2件；您负责的事项逾期1件、3天内到期2件。"
    )
    assert gateway.sent == [("19900007777", told)]
    assert rows() == [("DIGEST", busy.public_id, "SENT", 1, "")]
    assert run(RETURNED_AT + timedelta(days=1)) == counted(sent=1)


@pytest.mark.parametrize("why", ["nothing waits", "account closed", "not chosen any more"])
def test_who_gets_no_digest(city, desk, gateway, why):
    account = with_phone(desk.officer)
    choose_daily_message(at=RETURNED_AT, account=account, wanted=True)
    if why != "nothing waits":
        desk.accepted(at=RETURNED_AT - timedelta(days=40))
    if why == "account closed":
        type(account).objects.filter(pk=account.pk).update(is_active=False)
    if why == "not chosen any more":
        choose_daily_message(at=RETURNED_AT, account=account, wanted=False)
    assert (run(RETURNED_AT), rows()) == (NOTHING, [])


@pytest.fixture
def phoneless(city):
    """The officer of whom no phone is known."""
    nothing = dict.fromkeys(("phone_sealed", "phone_index", "phone_tail_index", "phone_confirmed_at"))
    Particulars.objects.filter(person=city.district.person).update(**nothing)


def test_choosing_needs_a_phone_on_record_and_is_audited(city, phoneless):
    with pytest.raises(Refusal) as refused:
        choose_daily_message(at=RETURNED_AT, account=city.district, wanted=True)
    assert refused.value.code == "NO_PHONE"
    choose_daily_message(at=RETURNED_AT, account=with_phone(city.district), wanted=True)
    line = AuditLine.objects.filter(action="account.change").latest("pk")
    assert (line.subject, line.fields) == (city.district.public_id, ["daily_message"])


def test_the_account_page_switches_it(city, phoneless, client):
    client.force_login(city.district)
    page = client.post("/account", {"wanted": "on"})
    assert page.status_code == 422
    assert "没有登记您的手机号码" in page.content.decode()
    with_phone(city.district)
    assert client.post("/account", {"wanted": "on"}).status_code == 302
    page = client.get("/account").content.decode()
    assert "199****7777" in page
    assert "19900007777" not in page
    city.district.refresh_from_db()
    assert city.district.daily_message is True
    client.post("/account", {})
    city.district.refresh_from_db()
    assert city.district.daily_message is False


def test_the_page_shows_an_administrator_what_was_sent_within_reach(city, desk, gateway, client):
    now = clock.now()
    many = [desk.accepted(at=now) for _one in range(3)]
    desk.decide(*many, at=now)
    sms.use(Moody(refused=["19900000001"]))
    run(now)
    Reminder.objects.filter(subject=many[2].public_id).update(tried_at=now - timedelta(days=31))
    client.force_login(city.administrator)
    page = client.get("/reminders").content.decode()
    assert [one.public_id in page for one in many] == [True, True, False]
    failed = client.get("/reminders?state=FAILED").content.decode()
    assert [one.public_id in failed for one in many] == [False, True, False]
    assert 'href="/reminders"' in client.get("/applications").content.decode()
    client.force_login(city.district)
    assert 'href="/reminders"' not in client.get("/applications").content.decode()


def test_the_page_costs_the_same_however_long_it_is(city, desk, gateway, client):
    now = clock.now()
    client.force_login(city.administrator)
    desk.decide(desk.accepted(at=now), at=now)
    run(now)
    with CaptureQueriesContext(connection) as one:
        client.get("/reminders")
    desk.decide(*[desk.accepted(at=now) for _one in range(5)], at=now)
    run(now)
    with CaptureQueriesContext(connection) as more:
        client.get("/reminders")
    assert len(more) == len(one)


def test_the_daily_job_sends_them_and_says_how_many(city, desk, gateway, run_jobs, client):
    from unionhall.kernel.jobs.daily import ask_for_daily

    now = clock.now().astimezone(CITY).replace(hour=10)
    desk.decide(desk.accepted(at=now), at=now)
    Job.objects.all().delete()
    with clock.set_to(now):
        (asked,) = ask_for_daily(at=now)
        assert ask_for_daily(at=now) == []
        (ran,) = run_jobs()
    assert (ran.pk, ran.state, ran.result) == (asked.pk, "DONE", counted(sent=1))
    client.force_login(city.administrator)
    assert "已发送 1 条" in client.get(reverse("job", args=[ran.public_id])).content.decode()
    assert reverse("job", args=[ran.public_id]) in client.get("/jobs").content.decode()


def test_a_reminder_is_forgotten_after_a_year(desk, gateway):
    desk.decide(desk.accepted(at=RETURNED_AT), at=RETURNED_AT)
    run(RETURNED_AT)
    retention.purge(at=RETURNED_AT + timedelta(days=365))
    assert len(rows()) == 1
    retention.purge(at=RETURNED_AT + timedelta(days=366))
    assert rows() == []


def test_the_way_from_a_message_to_the_form(desk, gateway, client):
    """Who was reminded comes without the first link: the phone's code gives a fresh one."""
    at = clock.now()
    application = returned(desk, at=at)
    links = []
    for minutes in (1, 3):
        with clock.set_to(at + timedelta(minutes=minutes)):
            client.post("/join/find", {"phone": "19900000000"})
            code = re.search(r"\d{6}", gateway.sent[-1][1]).group()
            page = client.post("/join/find", {"code": code}).content.decode()
            links.append(page.split('href="/join/')[1].split('"')[0])
    first, second = links
    assert "请在 " in client.get(f"/join/{second}").content.decode()
    assert client.get(f"/join/{second}/form").status_code == 200
    assert client.get(f"/join/{first}").status_code == 404
    assert client.get(f"/join/{application.public_id}{'s' * 32}").status_code == 200
