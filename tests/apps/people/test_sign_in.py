"""Signing in with a password, and the demo's choice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from unionhall.apps.people.models import Account
from unionhall.apps.people.usecases import check_sign_in
from unionhall.kernel import clock
from unionhall.kernel.models import Installation
from unionhall.kernel.refusals import Refusal


@pytest.fixture
def real(city):
    """A database that the demo did not make, with one account."""
    Installation.objects.all().delete()
    account = city.organiser
    account.set_password("工会堂-pass-1")
    account.save()
    return account


def test_the_demos_page_exists_only_in_the_demos_database(real, client):
    assert client.get("/demo").status_code == 404
    assert client.post("/demo", {"username": "organiser"}).status_code == 404
    assert client.get("/sign-in").status_code == 200


def test_signing_in_and_out(real, client):
    answer = client.post(
        "/sign-in", {"username": "organiser", "password": "工会堂-pass-1", "next": "/contests"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/contests")
    assert client.get("/contests").status_code == 200
    client.post("/sign-out")
    assert client.get("/contests").headers["Location"] == "/sign-in?next=%2Fcontests"


def test_next_leads_nowhere_else(real, client):
    form = {"username": "organiser", "password": "工会堂-pass-1", "next": "//elsewhere.example/"}
    assert client.post("/sign-in", form).headers["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(real, client):
    wrong = [
        client.post("/sign-in", {"username": name, "password": "wrong"}).content.decode()
        for name in ("organiser", "nobody-here")
    ]
    assert all("用户名或密码不正确" in page for page in wrong)


def test_five_failures_block_even_the_right_password_for_a_while(real):
    at = clock.now()
    for _attempt in range(5):
        with pytest.raises(Refusal):
            check_sign_in(at=at, username="organiser", password="wrong")
    with pytest.raises(Refusal) as blocked:
        check_sign_in(at=at, username="organiser", password="工会堂-pass-1")
    assert blocked.value.code == "SIGN_IN_BLOCKED"
    later = at + timedelta(minutes=16)
    assert check_sign_in(at=later, username="organiser", password="工会堂-pass-1") == real


def test_a_closed_account_cannot_sign_in(real):
    Account.objects.filter(pk=real.pk).update(is_active=False)
    with pytest.raises(Refusal):
        check_sign_in(at=clock.now(), username="organiser", password="工会堂-pass-1")
