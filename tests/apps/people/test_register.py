"""Keeping the register: unions founded, persons registered, appointed, given accounts, each within reach."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import line_of_command
from unionhall.apps.orgs.usecases import found_union, place_under
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.models import Account, Person
from unionhall.apps.people.usecases import appoint, change_account, open_account, register_person
from unionhall.kernel import audit, clock
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.refusals import Refusal


@pytest.fixture
def east(city):
    """An administrator of one district, the district, and a union of another."""
    union = Union.objects.get(name="城东区总工会")
    person = register_person(by=SYSTEM, at=clock.now(), name="区管理员", union=union)
    appoint(
        by=SYSTEM,
        at=clock.now(),
        person=person,
        union=union,
        role=PostRole.ADMINISTRATOR,
        since=clock.today(),
    )
    account = open_account(by=SYSTEM, at=clock.now(), person=person, username="east", password="")
    other = Union.objects.get(name="城西区总工会")
    return SimpleNamespace(account=account, union=union, other=other)


def code_of(work, **how) -> str:
    with pytest.raises(Refusal) as refused:
        work(at=clock.now(), **how)
    return refused.value.code


def test_the_pages_found_register_appoint_and_open_an_account_that_can_sign_in(east, client):
    client.force_login(east.account)
    day = clock.today().isoformat()
    client.post(
        f"/unions/{east.union.public_id}/new-union",
        {"name": "新桥街道总工会", "short_name": "新桥街道", "level": "STREET", "since": day},
    )
    street = Union.objects.get(name="新桥街道总工会")
    assert [one.name for one in line_of_command(street, clock.today())] == ["城东区总工会", "市总工会"]
    client.post(f"/unions/{street.public_id}/employers/new", {"employer": "新桥小学", "since": day})
    answer = client.post(
        "/people/new",
        {"name": "林小夏", "trade": "教师", "employer": "新桥小学", "union": street.public_id},
    )
    person = Person.objects.get(name="林小夏")
    assert answer.headers["Location"] == f"/people/{person.public_id}"
    page = f"/people/{person.public_id}"
    client.post(f"{page}/posts/new", {"role": "OFFICER", "union": street.pk, "since": day})
    client.post(f"{page}/honours/new", {"kind": "MODEL_WORKER", "title": "区先进工作者", "year": "2025"})
    client.post(f"{page}/account", {"username": "linxiaoxia", "password": "新桥小学-2026-秋"})
    shown = client.get(page).content.decode()
    assert [word in shown for word in ("新桥小学", "区先进工作者", "linxiaoxia", "工会干部")] == [True] * 4
    client.logout()
    assert client.login(username="linxiaoxia", password="新桥小学-2026-秋")
    assert client.get(f"/unions/{street.public_id}").status_code == 200
    assert client.get(f"/unions/{east.union.public_id}").status_code == 404
    assert [line.action for line in audit.history(person)] == ["person.honour", "person.register"]


def test_nobody_reaches_beyond_the_own_subtree(east):
    by, today = east.account, clock.today()
    outside = Person.objects.filter(union=east.other).first() or register_person(
        by=SYSTEM, at=clock.now(), name="城西人", union=east.other
    )
    own = register_person(by=by, at=clock.now(), name="城东人", union=east.union)
    founding = {"name": "x", "short_name": "x", "level": "STREET", "since": today}
    post = {"role": PostRole.OFFICER, "since": today}
    assert [
        code_of(found_union, by=by, superior=east.other, **founding),
        code_of(found_union, by=by, superior=None, **founding),
        code_of(place_under, by=by, union=east.union, superior=east.other, since=today),
        code_of(register_person, by=by, name="x", union=east.other),
        code_of(appoint, by=by, person=outside, union=east.union, **post),
        code_of(appoint, by=by, person=own, union=east.other, **post),
        code_of(open_account, by=by, person=outside, username="x", password=""),
    ] == [
        "NOT_ALLOWED",
        "SUPERIOR_MISSING",
        "NOT_ALLOWED",
        "NOT_ALLOWED",
        "NOT_ALLOWED",
        "NOT_ALLOWED",
        "NOT_ALLOWED",
    ]


def test_an_account_of_somebody_with_a_post_above_is_out_of_reach(east, city):
    own = register_person(by=SYSTEM, at=clock.now(), name="借调干部", union=east.union)
    appoint(
        by=SYSTEM,
        at=clock.now(),
        person=own,
        union=Union.objects.get(name="市总工会"),
        role=PostRole.OFFICER,
        since=clock.today(),
    )
    opening = {"person": own, "username": "seconded", "password": ""}
    assert code_of(open_account, by=east.account, **opening) == "POST_ABOVE"
    account = open_account(by=city.administrator, at=clock.now(), **opening)
    assert (
        code_of(change_account, by=east.account, account=account, active=True, password="taken-over-1")
        == "POST_ABOVE"
    )


def test_a_post_opens_until_the_day_it_ends(east, client, city):
    client.force_login(city.administrator)
    person = east.account.person
    post = person.posts.get()
    page = f"/people/{person.public_id}/posts/{post.public_id}/end"
    today = clock.today()
    refused = client.post(page, {"on": today.isoformat()})
    assert (refused.status_code, "请选择更晚的日期" in refused.content.decode()) == (422, True)
    client.post(page, {"on": (today + timedelta(days=1)).isoformat()})
    client.force_login(east.account)
    assert client.get(f"/unions/{east.union.public_id}").status_code == 200
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert client.get(f"/unions/{east.union.public_id}").status_code == 404


def test_a_closed_account_ends_its_sessions_and_a_new_password_too(east, client, city):
    client.force_login(east.account)
    change_account(
        by=city.administrator, at=clock.now(), account=east.account, active=True, password="九月的风-2026年"
    )
    assert client.get("/people").status_code == 302
    assert client.login(username="east", password="九月的风-2026年")
    change_account(by=city.administrator, at=clock.now(), account=east.account, active=False, password="")
    assert client.get("/people").status_code == 302


def test_ones_own_password_needs_the_present_one_and_keeps_this_session(east, client):
    account = Account.objects.get(pk=east.account.pk)
    account.set_password("九月的风-2026年")
    account.save()
    client.login(username="east", password="九月的风-2026年")
    wrong = client.post("/password", {"old": "x", "new": "十月的雨-2026年"})
    weak = client.post("/password", {"old": "九月的风-2026年", "new": "1234567890"})
    assert [wrong.status_code, weak.status_code] == [422, 422]
    right = client.post("/password", {"old": "九月的风-2026年", "new": "十月的雨-2026年"})
    assert (right.status_code, client.get("/people").status_code) == (302, 200)
    client.logout()
    assert client.login(username="east", password="十月的雨-2026年")
