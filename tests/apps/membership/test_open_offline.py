"""Which pages a phone may keep: those whose views opted in, as they are for whoever is nobody."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import FileSystemStorage

from tests.apps.membership.conftest import identity_number
from unionhall.apps.membership.models import Application
from unionhall.apps.membership.usecases import applying
from unionhall.ui import offline


@pytest.fixture
def keeping(client, db):
    """What the worker is told, from the text that browsers get."""
    answer = client.get("/offline-worker.js")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert "no-cache" in answer.headers["Cache-Control"]
    return json.loads(re.match(r"const KEEPING = (\{.*\});\n", answer.content.decode())[1])


def test_the_worker_is_told_the_pages_that_opted_in_and_no_others(keeping):
    assert keeping == {
        "version": offline.version(),
        "pages": ["^/q/[^/]+$", "^/join$", r"^/sessions/[^/]+/check\-in$"],
        "static": "/static/",
        "mark": offline.MARK,
    }


def test_only_whole_answers_of_those_pages_carry_the_mark(client, city, desk):
    code, member = desk.code(), desk.member()
    check_in = f"/sessions/{code.session.public_id}/check-in"
    marked = {"/join": True, f"/join?from={code.public_id}": True, check_in: True}
    plain = ["/join/find", "/questions", f"/q/{member.public_id}", "/me", "/sessions/NOSUCHCODE22/check-in"]
    officers = ["/", "/members", "/applications", "/collection", "/jobs"]
    found = {url: offline.MARK in client.get(url).headers for url in [*marked, *plain]}
    client.force_login(city.district)
    found |= {url: offline.MARK in client.get(url, follow=True).headers for url in officers}
    assert found == marked | dict.fromkeys([*plain, *officers], False)
    assert [offline.MARK in client.post(url, {}).headers for url in ("/join", check_in)] == [False, False]


def test_a_page_asked_for_without_cookies_speaks_the_language_it_is_asked_for_in(client, db):
    assert "加入工会" in client.get("/join").content.decode()
    assert "Join the union" in client.get("/join", headers={"X-Language": "en"}).content.decode()
    client.cookies["django_language"] = "zh-hans"
    assert "加入工会" in client.get("/join", headers={"X-Language": "en"}).content.decode()


def test_the_version_follows_the_assets(monkeypatch, tmp_path):
    before = offline.version()
    (tmp_path / "new.js").write_text("1")
    more = [("new.js", FileSystemStorage(tmp_path))]
    monkeypatch.setattr(FileSystemFinder, "list", lambda _self, _ignored: more)
    offline.version.cache_clear()
    try:
        assert offline.version() != before
    finally:
        offline.version.cache_clear()


def test_changing_the_language_leads_back_to_the_same_code(client, desk):
    """Which poster led here stays in the address."""
    here = f"/join?from={desk.code().public_id}"
    assert f'name="next" value="{here}"' in client.get(here).content.decode()


@pytest.mark.parametrize(("worded", "noted"), [("1", 1), ("2", 2), ("9", 2), ("", 2), ("x", 2)])
def test_the_wording_that_a_kept_page_showed_is_what_was_agreed_to(client, desk, monkeypatch, worded, noted):
    monkeypatch.setattr(applying, "CONSENT_VERSION", 2)
    assert 'name="worded" value="2"' in client.get("/join").content.decode()
    form = {
        "name": "江小满", "identity_kind": "ID_CARD", "identity": identity_number(7), "phone": "19900000007",
        "employment": "PLATFORM", "workplace": "快送", "site": "城东站", "occupation": "FOOD_RIDER",
        "area": desk.street.public_id, "filled_by": "SELF", "consent": "on",
        "key": "k" * 32, "secret": "s" * 32,
    }  # fmt: skip
    answer = client.post("/join", form | {"worded": worded}, headers={"Accept": "application/json"})
    assert (answer.status_code, Application.objects.get().consent_version) == (201, noted)
