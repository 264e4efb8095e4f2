"""The member's own pages: the way in, the card, the own data."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.membership.conftest import identity_number
from tests.apps.membership.test_applying import refused
from unionhall.apps.meetings.models import Attendance, Issue, Meeting
from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import ApplicationState, EventKind, Standing, WishField, WishState
from unionhall.apps.membership.models import Application, CorrectionWish, Engagement, PhoneCode
from unionhall.apps.membership.usecases import confirmation, ledger, own_data, signing_in
from unionhall.apps.people.codes import IdentityKind, RevealReason, SealedColumn
from unionhall.apps.people.models import Person
from unionhall.apps.people.usecases import reveal
from unionhall.kernel import clock
from unionhall.kernel.models import AuditLine

PHONE = "19900001234"


@pytest.fixture
def member(desk):
    return desk.member(name="江小满", phone=PHONE, identity=identity_number(700))


def hand_out(desk, membership):
    return confirmation.hand_out_code(by=desk.officer, at=clock.now(), person=membership.person)


def enter(client, code, phone=PHONE):
    return client.post("/me/sign-in", {"phone": phone, "code": code})


@pytest.fixture
def inside(client, desk, member):
    """A browser in which the member has come in."""
    assert enter(client, hand_out(desk, member)).headers["Location"] == "/me"
    return client


def audited(action):
    return AuditLine.objects.filter(action=action).count()


class TestComingIn:
    def test_members_and_strangers_are_answered_alike_until_the_code_is_right(self, client, member, gateway):
        def page(phone):
            answer = client.post("/me/sign-in", {"phone": phone})
            text = re.sub(
                r'csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", answer.content.decode()
            )
            return answer.status_code, text.replace(phone, "")

        assert page(PHONE) == page("19900009999")
        wrong = [
            enter(client, "000000", phone).status_code for phone in (PHONE, "19900009999", "19900008888")
        ]
        assert wrong == [409, 409, 409]

    def test_a_code_by_message_lets_in(self, client, member, gateway):
        client.post("/me/sign-in", {"phone": PHONE})
        code = re.search(r"\d{6}", gateway.sent[0][1])[0]
        assert enter(client, code).headers["Location"] == "/me"
        assert member.public_id in client.get("/me").content.decode()
        assert audited("member.sign_in") == 1

    def test_whether_a_code_was_handed_out_shows_nowhere(self, client, desk, member):
        before = enter(client, "000000")
        hand_out(desk, member)
        after = enter(client, "000000")
        words = [re.search(r'role="alert">([^<]*)<', one.content.decode())[1] for one in (before, after)]
        assert words[0] == words[1]

    def test_a_phone_that_nobody_has_is_told_so_after_the_code(self, client, db, gateway):
        client.post("/me/sign-in", {"phone": "19900009999"})
        code = re.search(r"\d{6}", gateway.sent[0][1])[0]
        answer = enter(client, code, "19900009999")
        assert (answer.status_code, "没有登记此手机号的会员" in answer.content.decode()) == (200, True)
        assert client.get("/me").status_code == 302

    def test_a_code_from_the_desk_is_valid_ten_minutes_once_and_for_one_person(self, desk, member):
        other = desk.member(name="江大成", phone=PHONE)
        at = clock.now()
        code = hand_out(desk, member)
        late = at + timedelta(minutes=11)
        assert refused(lambda: signing_in.persons_of_code(at=late, phone=PHONE, code=code)) == "MEMBER_CODE"
        assert signing_in.persons_of_code(at=clock.now(), phone=PHONE, code=code) == [member.person]
        assert refused(lambda: signing_in.persons_of_code(at=at, phone=PHONE, code=code)) == "MEMBER_CODE"
        assert other.person.public_id != member.person.public_id
        assert audited("phone_code.hand_out") == 1

    def test_a_code_from_the_desk_confirms_no_application(self, desk, member):
        code = hand_out(desk, member)
        assert refused(lambda: confirmation.use_code(at=clock.now(), phone=PHONE, code=code)) == "CODE_OLD"

    def test_only_officers_within_reach_hand_out(self, desk, member, city):
        at = clock.now()
        assert (
            refused(lambda: confirmation.hand_out_code(by=city.organiser, at=at, person=member.person))
            == "NOT_ALLOWED"
        )
        nobody = Person.objects.create(name="无号", union=desk.street)
        assert refused(lambda: confirmation.hand_out_code(by=desk.officer, at=at, person=nobody)) == (
            "PHONE_UNKNOWN",
            {"name": "无号"},
        )

    def test_who_shares_a_phone_chooses_without_names_being_told(self, client, desk, member, gateway):
        other = desk.member(name="江大成", phone=PHONE, identity=identity_number(701))
        client.post("/me/sign-in", {"phone": PHONE})
        code = re.search(r"\d{6}", gateway.sent[0][1])[0]
        assert enter(client, code).headers["Location"] == "/me/who"
        page = client.get("/me/who").content.decode()
        assert "江小满" not in page
        assert "江大成" not in page
        assert client.post("/me/who", {"who": "江"}).status_code == 422
        assert client.post("/me/who", {"who": identity_number(701)[-4:]}).headers["Location"] == "/me"
        assert other.public_id in client.get("/me").content.decode()

    def test_five_wrong_guesses_end_the_choice(self, client, desk, member, gateway):
        desk.member(name="江大成", phone=PHONE)
        client.post("/me/sign-in", {"phone": PHONE})
        enter(client, re.search(r"\d{6}", gateway.sent[0][1])[0])
        for _ in range(5):
            assert client.post("/me/who", {"who": "别人"}).status_code == 422
        assert client.post("/me/who", {"who": "江小满"}).headers["Location"] == "/me/sign-in"

    def test_it_ends_after_thirty_idle_minutes_and_with_signing_out(self, inside):
        now = clock.now()
        with clock.set_to(now + timedelta(minutes=29)):
            assert inside.get("/me").status_code == 200
        with clock.set_to(now + timedelta(minutes=58)):
            assert inside.get("/me").status_code == 200
        with clock.set_to(now + timedelta(minutes=89)):
            assert inside.get("/me").headers["Location"] == "/me/sign-in"
        assert inside.get("/me/data").status_code == 302

    def test_signing_out_leaves_an_account_signed_in(self, inside, city):
        inside.force_login(city.district)
        inside.post("/me/sign-out")
        assert (inside.get("/me").status_code, inside.get("/").status_code) == (302, 200)


class TestPages:
    @pytest.mark.parametrize("page", ["", "/record", "/union", "/services", "/data", "/consent"])
    def test_every_page_opens(self, inside, page):
        assert inside.get(f"/me{page}").status_code == 200

    def test_the_ledger_in_plain_words(self, inside, desk, member):
        ledger.transfer_in(
            by=desk.officer, at=clock.now(), membership=member, union=desk.district, on=clock.today(),
            occupation="COURIER",
        )  # fmt: skip
        text = inside.get("/me/record").content.decode()
        assert "您加入了梧桐里街道总工会。" in text
        assert "您的会籍转入城东区总工会，不用重新入会。" in text
        assert "城东区总工会" in inside.get("/me/union").content.decode()

    def test_an_ended_membership_shows_no_card(self, inside, desk, member):
        ledger.end_membership(
            by=desk.officer,
            at=clock.now(),
            membership=member,
            kind=EventKind.LEAVE,
            on=clock.today(),
            reason="本人申请",
        )
        text = inside.get("/me").content.decode()
        assert "您的会籍已终止" in text
        assert "member-card" not in text


class TestOwnData:
    def test_numbers_are_masked_until_their_owner_asks(self, inside, member):
        number = identity_number(700)
        page = inside.get("/me/data").content.decode()
        assert (number in page, PHONE in page) == (False, False)
        shown = inside.post("/me/data", {"show": "identity"}).content.decode()
        assert (number in shown, PHONE in shown) == (True, False)
        line = AuditLine.objects.get(action="member.show")
        assert (line.actor, line.fields) == (f"MEMBER:{member.person.public_id}", ["identity"])

    def test_the_file_holds_everything(self, inside, member):
        answer = inside.get("/me/data.json")
        told = json.loads(answer.content)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert told["person"][0]["identity"] == identity_number(700)
        assert told["person"][0]["phone"] == PHONE
        assert told["membership"][0]["number"] == member.public_id
        steps = member.person.applications.get().steps.order_by("pk")
        assert [one["step"] for one in told["steps"]] == [step.get_step_display() for step in steps]
        assert {
            "person",
            "membership",
            "ledger",
            "work",
            "applications",
            "steps",
            "contacts",
            "trail",
        } <= set(told)
        assert audited("member.export") == 1

    def test_what_capabilities_above_keep_is_told_too(self, member, city):
        person = city.chief.person
        codes = [section.code for section in queries.kept.of(person)]
        assert "CONTESTS" in codes

    def test_whoever_opened_a_number_and_what_was_done_at_meetings_is_told(self, desk, member):
        at, person = clock.now(), member.person
        reveal(
            by=desk.officer, at=at, person=person, column=SealedColumn.PHONE, reason=RevealReason.CONTACT,
            words="回访入会申请",
        )  # fmt: skip
        meeting = Meeting.objects.create(
            union=desk.street,
            kind="COMMUNICATION",
            title="七月沟通会",
            starts_at=at,
            place="驿站",
            chair=desk.officer.person,
        )
        Attendance.objects.create(meeting=meeting, person=person)
        Issue.objects.create(
            key="i" * 32, union=desk.street, kind="NEED", title="充电桩不够", raised_by=person, raised_at=at
        )
        desk.session().staff.add(person)
        told = {
            section.code: [[item.value for item in record][1:] for record in section.records]
            for section in queries.kept.of(person)
        }
        assert told["REVEALS"] == [["手机号码", "联系本人", "回访入会申请"]]
        assert sorted(told["MEETINGS"]) == [
            ["参加会议", "七月沟通会"], ["参加活动值守", "梧桐里小哥沟通会"], ["提出诉求", "充电桩不够"],
        ]  # fmt: skip

    def test_a_correction_that_was_asked_for_is_not_offered_again(self, inside):
        def offers():
            return re.findall(r"/me/data/correct/(\w+)", inside.get("/me/data").content.decode())

        assert offers() == ["NAME", "EMPLOYER", "PHONE"]
        inside.post("/me/data/correct/PHONE", {"value": "19900007777"})
        assert offers() == ["NAME", "EMPLOYER"]
        assert "已申请更正" in inside.get("/me/data").content.decode()

    def test_the_form_of_a_wish_says_what_stands_there(self, inside):
        assert "199****1234" in inside.get("/me/data/correct/PHONE").content.decode()
        assert "现登记为：快送" in inside.get("/me/data/correct/EMPLOYER").content.decode()

    def test_consent_is_withdrawn_once(self, inside):
        assert "撤回我的同意" in inside.get("/me/consent").content.decode()
        inside.post("/me/consent")
        assert "撤回我的同意" not in inside.get("/me/consent").content.decode()

    def test_a_wish_is_decided_by_an_officer_and_its_value_erased(self, desk, member):
        person = member.person
        wish = own_data.wish_correction(
            at=clock.now(), person=person, field=WishField.PHONE, value="199 0000 7777"
        )
        assert b"19900007777" not in bytes(wish.value_sealed)
        again = lambda: own_data.wish_correction(  # noqa: E731
            at=clock.now(), person=person, field=WishField.PHONE, value="19900008888"
        )
        assert refused(again) == "WISH_OPEN"
        assert own_data.open_wish(by=desk.officer, at=clock.now(), wish=wish) == "19900007777"
        own_data.decide_wish(by=desk.officer, at=clock.now(), wish=wish, correct=True)
        person = queries.members.present(person.public_id)
        assert queries.members.phone_number_of(person) == "19900007777"
        assert queries.members.number_of(person) == identity_number(700)
        wish.refresh_from_db()
        assert (wish.state, wish.value_sealed) == (WishState.DONE, None)
        assert (
            refused(lambda: own_data.decide_wish(by=desk.officer, at=clock.now(), wish=wish, correct=True))
            == "WISH_DECIDED"
        )
        trail = AuditLine.objects.values_list("fields", "refs")
        assert not any("9900007777" in str(line) for line in trail)

    @pytest.mark.parametrize(
        ("field", "value", "read"),
        [
            (WishField.NAME, "江晓满", lambda p: (p.name, p.name_key)),
            (WishField.EMPLOYER, "环境卫生服务中心", lambda p: p.employer.name),
        ],
    )
    def test_each_field_is_corrected(self, desk, member, field, value, read):
        wish = own_data.wish_correction(at=clock.now(), person=member.person, field=field, value=value)
        own_data.decide_wish(by=desk.officer, at=clock.now(), wish=wish, correct=True)
        found = read(queries.members.present(member.person.public_id))
        assert found == ((value, value) if field == WishField.NAME else value)
        work = Engagement.objects.get(person=member.person, ends=None)
        assert work.employment == ("EMPLOYER" if field == WishField.EMPLOYER else "PLATFORM")

    def test_a_birth_is_corrected_where_no_identity_number_says_it(self, desk, member):
        at, told = clock.now(), {"field": WishField.BIRTH, "value": "1991-04-08"}
        wish = lambda: own_data.wish_correction(at=at, person=member.person, **told)  # noqa: E731
        assert refused(wish) == "BIRTH_IN_NUMBER"
        other = desk.member(identity="E12345678", identity_kind=IdentityKind.PASSPORT).person
        asked = own_data.wish_correction(at=at, person=other, **told)
        own_data.decide_wish(by=desk.officer, at=at, wish=asked, correct=True)
        offered = {one.code: one.wish for one in queries.kept.of(member.person)[0].records[0]}
        assert (offered["birth"], offered["phone"]) == ("", WishField.PHONE)
        found = queries.members.present(other.public_id)
        assert found.particulars.birth.isoformat() == "1991-04-08"
        assert queries.members.number_of(found) == "E12345678"

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            (WishField.NAME, " ", "VALUE_MISSING"),
            (WishField.PHONE, "12351", ("PHONE_WRONG", {"why": "LENGTH"})),
            (WishField.BIRTH, "2999-01-01", "DAY_WRONG"),
            (WishField.BIRTH, "八月", "DAY_WRONG"),
        ],
    )
    def test_what_cannot_be_is_not_asked_for(self, member, field, value, code):
        wish = lambda: own_data.wish_correction(  # noqa: E731
            at=clock.now(), person=member.person, field=field, value=value
        )
        assert refused(wish) == code
        assert CorrectionWish.objects.count() == 0

    def test_a_no_has_a_reason_and_strangers_decide_nothing(self, desk, member, city):
        wish = own_data.wish_correction(
            at=clock.now(), person=member.person, field=WishField.NAME, value="江晓满"
        )
        at = clock.now()
        no = {"at": at, "wish": wish, "correct": False}
        assert refused(lambda: own_data.decide_wish(by=desk.officer, **no)) == "REASON_MISSING"
        assert refused(lambda: own_data.decide_wish(by=city.organiser, **no, answer="x")) == "NOT_ALLOWED"
        assert refused(lambda: own_data.open_wish(by=city.organiser, at=at, wish=wish)) == "NOT_ALLOWED"
        own_data.decide_wish(by=desk.officer, **no, answer="请携带身份证到窗口")
        wish.refresh_from_db()
        assert (wish.state, wish.value_sealed, wish.answer) == ("REJECTED", None, "请携带身份证到窗口")
        assert member.person.name == "江小满"

    def test_withdrawn_consent_ends_what_is_pending_and_keeps_the_membership(self, desk, member):
        pending = desk.apply(identity=identity_number(700))
        of_another = desk.apply(phone=PHONE)
        at = clock.now()
        own_data.withdraw_consent(at=at, person=queries.members.present(member.person.public_id))
        states = dict(Application.objects.values_list("pk", "state"))
        assert states[pending.pk] == ApplicationState.WITHDRAWN
        assert states[of_another.pk] == ApplicationState.UNCONFIRMED
        own = Application.objects.exclude(pk=of_another.pk)
        assert set(own.values_list("consent_withdrawn_at", flat=True)) == {at}
        member.refresh_from_db()
        assert (member.standing, member.consent_withdrawn_at) == (Standing.MEMBER, at)
        again = lambda: own_data.withdraw_consent(at=at, person=member.person)  # noqa: E731
        assert refused(again) == "CONSENT_NOTHING"

    def test_nobody_sees_another(self, inside, desk):
        other = desk.member(name="江大成", identity=identity_number(702))
        text = "".join(inside.get(f"/me{page}").content.decode() for page in ("", "/record", "/data"))
        assert (other.public_id in text, "江大成" in text) == (False, False)


# Every reference to a person, and why those that are not told to that person are left out.
NOT_TOLD = {
    "people.Person.merged_into": "the record that holds on tells everything",
    "meetings.IssueStep.by": "the issue itself is told",
    "meetings.IssueStep.owner": "the issue itself is told",
    "membership.Decision.deciders": "stands in the minutes, which are the committee's",
    "membership.Match.first": "tells of another person; settled by officers",
    "membership.Match.second": "tells of another person; settled by officers",
    "membership.Match.kept": "tells of another person; settled by officers",
    "coverage.PlanBlock.before": "a proposal; whoever gets a block by it has a stewardship, which is told",
    "coverage.PlanBlock.after": "a proposal; whoever gets a block by it has a stewardship, which is told",
    "coverage.PlanSteward.person": "a proposal; whoever gets a block by it has a stewardship, which is told",
    "contests.Stage.draw_witness": "stands in the stage's log, which is public",
}


TOLD = """
people.Particulars.person people.Reveal.person people.Honour.person people.Account.person people.Post.person
meetings.Meeting.chair meetings.Attendance.person meetings.Issue.raised_by meetings.Issue.owner
meetings.Issue.claimed_by meetings.Issue.closed_by
membership.OutreachSession.staff membership.Application.person membership.Engagement.person
membership.Membership.person membership.MembershipEvent.person membership.CorrectionWish.person
membership.PhoneCode.person coverage.Founding.owner coverage.Stewardship.person
contests.Entry.person contests.Juror.person
"""


def test_every_reference_to_a_person_is_told_or_left_out_for_a_reason():
    references = {
        f"{one.related_model._meta.label}.{one.field.name}"
        for one in Person._meta.get_fields(include_hidden=True)
        if one.auto_created and not one.concrete and not one.related_model._meta.auto_created
    }
    assert references == set(TOLD.split()) | set(NOT_TOLD)


def test_a_wish_that_waits_stands_on_the_officers_first_page(desk, member):
    client = Client()
    client.force_login(desk.officer)
    assert "/wishes?state=WAITING" not in client.get("/").content.decode()
    wish = own_data.wish_correction(
        at=clock.now(), person=member.person, field=WishField.NAME, value="江晓满"
    )
    page = client.get("/").content.decode()
    assert ("/wishes?state=WAITING" in page, "1 件待答复" in page) == (True, True)
    own_data.decide_wish(by=desk.officer, at=clock.now(), wish=wish, correct=True)
    assert "/wishes?state=WAITING" not in client.get("/").content.decode()


def test_the_list_of_wishes_asks_a_fixed_number_of_questions(desk, member, django_assert_num_queries):
    client = Client()
    client.force_login(desk.officer)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def wish(membership):
        own_data.wish_correction(at=clock.now(), person=membership.person, field=WishField.NAME, value="别名")

    wish(member)
    with CaptureQueriesContext(connection) as one:
        assert "江小满" in client.get("/wishes").content.decode()
    for _ in range(3):
        wish(desk.member())
    with django_assert_num_queries(len(one)):
        client.get("/wishes")


def test_the_desk_page_shows_a_code_once(desk, member):
    client = Client()
    client.force_login(desk.officer)
    found = client.post("/desk", {"q": "江小满"}).content.decode()
    where = reverse("membership:desk-code", args=[member.public_id])
    assert where in found
    assert PhoneCode.objects.count() == 0
    client.get(where)
    assert PhoneCode.objects.count() == 0
    shown = client.post(where).content.decode()
    code = re.sub(r"\s", "", re.search(r'desk-code">([\d ]+)<', shown)[1])
    assert enter(Client(), code).headers["Location"] == "/me"
