from __future__ import annotations

from datetime import timedelta

import pytest

from tests.apps.membership.conftest import identity_number
from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import ApplicationState, Employment, FilledBy
from unionhall.apps.membership.models import Application, Touch
from unionhall.apps.membership.usecases import applying, confirmation, handling
from unionhall.apps.orgs.models import Employer
from unionhall.engines.identifiers import identity_check_character
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal


def refused(work, **data):
    with pytest.raises(Refusal) as raised:
        work()
    return (raised.value.code, raised.value.data) if raised.value.data else raised.value.code


def test_a_form_is_one_application_however_often_it_is_sent(desk):
    answers = desk.answers()
    sent = [
        applying.submit_application(at=clock.now(), key="k" * 32, secret="s" * 32, answers=answers)
        for _ in range(3)
    ]
    assert len({one.application.pk for one in sent}) == 1
    assert len({one.token for one in sent}) == 1
    assert Application.objects.count() == 1
    other = desk.answers()
    assert (
        refused(
            lambda: applying.submit_application(at=clock.now(), key="k" * 32, secret="s" * 32, answers=other)
        )
        == "KEY_REUSED"
    )
    assert (
        refused(
            lambda: applying.submit_application(
                at=clock.now(), key="k" * 32, secret="t" * 32, answers=answers
            )
        )
        == "KEY_REUSED"
    )


def test_number_and_phone_are_sealed_for_their_own_row(desk):
    answers = desk.answers()
    one = desk.apply(identity=answers.identity, phone=answers.phone)
    stored = bytes(one.identity_sealed) + bytes(one.phone_sealed) + bytes(one.identity_index)
    assert answers.identity.encode() not in stored
    assert answers.phone.encode() not in stored
    assert applying.plain_values(one) == {"identity": answers.identity, "phone": answers.phone}
    assert queries.applications.masked(one) == {
        "identity": "990" + "*" * 11 + answers.identity[-4:],
        "phone": "199****" + answers.phone[-4:],
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "NAME_MISSING"),
        ({"identity": "110105194912310021"}, ("IDENTITY_WRONG", {"why": "CHECK_DIGIT"})),
        ({"identity": ""}, ("IDENTITY_WRONG", {"why": "MISSING"})),
        ({"phone": "12351"}, ("PHONE_WRONG", {"why": "LENGTH"})),
        ({"consent": False}, "CONSENT_MISSING"),
        ({"workplace": ""}, "EMPLOYMENT_INCOMPLETE"),
        ({"filled_by": FilledBy.PROXY}, "PROXY_MISSING"),
        ({"area": None}, "NO_UNION"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_stored(desk, changed, code):
    assert refused(lambda: desk.apply(**changed)) == code
    assert Application.objects.count() == 0


def test_where_a_form_goes(desk):
    covered = Employer.objects.get(name="环境卫生服务中心")
    with_employer = {"employment": Employment.EMPLOYER, "workplace": ""}
    assert desk.apply(employer=covered, **with_employer).union.name == "环境卫生服务中心工会"
    uncovered = Employer.objects.create(name="云栖民宿", territory=desk.district)
    assert desk.apply(employer=uncovered, **with_employer).union == desk.district
    assert desk.apply(area=desk.street).union == desk.street
    assert desk.apply(area=None, source=desk.code()).union == desk.street


def test_members_and_strangers_are_answered_alike(desk):
    member = desk.member(identity=identity_number(900))
    stranger = desk.apply()
    again = desk.apply(identity=identity_number(900))
    assert (again.state, again.union, again.person) == (stranger.state, stranger.union, stranger.person)
    assert member.person.applications.count() == 1


def test_a_draft_is_kept_and_sent_later(desk):
    draft = applying.save_draft(
        at=clock.now(), key="d" * 32, secret="s" * 32, answers=desk.answers(phone="", consent=False)
    )
    assert draft.application.state == ApplicationState.DRAFT
    assert queries.applications.by_token(draft.token) == draft.application
    assert queries.applications.by_token(draft.token[:-1] + "x") is None
    sent = applying.submit_application(at=clock.now(), key="d" * 32, secret="s" * 32, answers=desk.answers())
    assert sent.application.pk == draft.application.pk
    assert sent.application.state == ApplicationState.UNCONFIRMED


def test_a_returned_form_comes_back_completed(desk):
    application = desk.accepted()
    handling.return_application(by=desk.officer, at=clock.now(), application=application, reason="请补填站点")
    application.refresh_from_db()
    same_phone = applying.plain_values(application)["phone"]
    applying.complete_application(
        at=clock.now(), application=application, answers=desk.answers(phone=same_phone, site="江岸站")
    )
    application.refresh_from_db()
    assert (application.state, application.site) == (ApplicationState.SUBMITTED, "江岸站")
    handling.return_application(by=desk.officer, at=clock.now(), application=application, reason="手机号")
    applying.complete_application(at=clock.now(), application=application, answers=desk.answers())
    application.refresh_from_db()
    assert (application.state, application.confirmed_at) == (ApplicationState.UNCONFIRMED, None)
    assert list(application.steps.order_by("pk").values_list("step", flat=True)) == [
        "SUBMIT",
        "CONFIRM",
        "ACCEPT",
        "RETURN",
        "COMPLETE",
        "RETURN",
        "COMPLETE",
    ]


def test_a_form_returned_before_its_phone_was_confirmed_comes_back_unconfirmed(desk):
    answers = desk.answers()
    one = applying.submit_application(at=clock.now(), key="u" * 32, secret="s" * 32, answers=answers)
    handling.return_application(
        by=desk.officer, at=clock.now(), application=one.application, reason="站点请写全"
    )
    applying.complete_application(at=clock.now(), application=one.application, answers=answers)
    one.application.refresh_from_db()
    assert (one.application.state, one.application.confirmed_at) == (ApplicationState.UNCONFIRMED, None)


def test_an_offline_form_touches_when_it_was_filled_in(desk):
    at = clock.now()
    filled = at - timedelta(hours=5)
    code = desk.code()
    applying.submit_application(
        at=at, key="o" * 32, secret="s" * 32, answers=desk.answers(), source=code, filled_at=filled
    )
    assert Touch.objects.get().at == filled
    applying.submit_application(
        at=at,
        key="p" * 32,
        secret="s" * 32,
        answers=desk.answers(),
        source=code,
        filled_at=at + timedelta(days=400),
    )
    assert Touch.objects.order_by("-pk").first().at == at


@pytest.mark.usefixtures("db")
class TestCode:
    phone = "19900001111"

    def send(self, at, address="10.0.0.1"):
        confirmation.send_code(at=at, phone=self.phone, address=address)

    def test_the_right_code_once(self, gateway):
        at = clock.now()
        self.send(at)
        [(phone, text)] = gateway.sent
        code = next(word for word in text.replace("，", " ").split() if word.isdecimal() and len(word) == 6)
        assert phone == self.phone
        confirmation.use_code(at=at, phone=self.phone, code=code)
        assert refused(lambda: confirmation.use_code(at=at, phone=self.phone, code=code)) == "CODE_OLD"

    @pytest.mark.usefixtures("gateway")
    def test_five_tries_and_ten_minutes(self, monkeypatch):
        at = clock.now()
        monkeypatch.setattr(confirmation.secrets, "randbelow", lambda _n: 42)
        self.send(at)
        for left in (4, 3, 2, 1):
            assert refused(lambda: confirmation.use_code(at=at, phone=self.phone, code="999999")) == (
                "CODE_WRONG",
                {"left": left},
            )
        assert refused(lambda: confirmation.use_code(at=at, phone=self.phone, code="999999")) == "CODE_TRIES"
        assert refused(lambda: confirmation.use_code(at=at, phone=self.phone, code="000042")) == "CODE_TRIES"
        later = at + timedelta(minutes=2)
        self.send(later)
        old = later + timedelta(minutes=10, seconds=1)
        assert refused(lambda: confirmation.use_code(at=old, phone=self.phone, code="000042")) == "CODE_OLD"
        confirmation.use_code(at=later + timedelta(minutes=9), phone=self.phone, code="000042")

    @pytest.mark.usefixtures("gateway")
    def test_limits_of_phone_address_and_day(self):
        at = clock.now()
        self.send(at)
        assert refused(lambda: self.send(at + timedelta(seconds=20))) == ("SMS_PAUSE", {"seconds": 41})
        for minute in range(1, 5):
            self.send(at + timedelta(minutes=2 * minute), address=f"10.0.0.{minute}")
        assert refused(lambda: self.send(at + timedelta(hours=1))) == "SMS_DAY"
        self.send(at + timedelta(hours=25))
        for n in range(20):
            confirmation.send_code(at=at, phone=f"1990001{n:04}", address="192.168.0.9")
        assert (
            refused(lambda: confirmation.send_code(at=at, phone="19900029999", address="192.168.0.9"))
            == "SMS_DAY"
        )

    def test_without_a_gateway_the_desk_confirms(self, desk):
        assert refused(lambda: self.send(clock.now())) == "SMS_NONE"
        application = desk.apply()
        applying.confirm_at_desk(by=desk.officer, at=clock.now(), application=application)
        application.refresh_from_db()
        assert (application.state, application.confirmed) == (ApplicationState.SUBMITTED, "DESK")


def test_who_is_under_age_and_an_unknown_region_are_told_to_the_officer_and_not_refused(desk, client):
    client.force_login(desk.officer)
    today = clock.today()
    birthdays = {"15": today.replace(year=today.year - 16) + timedelta(days=1), "16": None}
    birthdays["16"] = birthdays["15"] - timedelta(days=1)
    looks = {}
    for name, birth in birthdays.items():
        one = desk.apply(identity=identity_number(40, f"{birth:%Y%m%d}"))
        looks[name] = queries.applications.worth_a_look(one, today)
    # The region of all invented numbers, 990000, is nobody's.
    assert looks == {"15": ["UNKNOWN_REGION", "UNDER_AGE"], "16": ["UNKNOWN_REGION"]}
    newest = "330113" + identity_number(41)[6:17]
    told = desk.apply(identity=newest + identity_check_character(newest))
    assert queries.applications.worth_a_look(told, today) == []
    page = client.get(f"/applications/{one.public_id}").content.decode()
    assert page.count("开头的地区码不在已知范围内") == 1
