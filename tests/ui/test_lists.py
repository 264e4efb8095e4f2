"""A list's filter: folded where it is long; what is in use is told, and a link takes it away."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from unionhall.apps.orgs.models import Union


@pytest.fixture
def page(city, client):
    client.force_login(city.district)
    return client


def marks(response):
    return [(one.label, one.value, one.without) for one in response.context["used"]]


def test_a_filter_that_nobody_uses_is_folded_without_a_number(page):
    got = page.get(reverse("coverage:ledger"), {"sort": "name"})
    html = got.content.decode()
    assert "<summary>筛选条件</summary>" in html
    assert "filter-used" not in html
    assert ">显示全部<" not in html
    # What is looked for stands before the fold, once, and all else behind it.
    before, behind = html.split('<details class="more filter-fold">')
    assert html.count('name="q"') == before.count('name="q"') == 1
    assert re.findall(r' name="(\w+)"', behind.split("<button")[0]) == [
        "state", "size", "sector", "place", "ground", "block", "steward", "step",
    ]  # fmt: skip


def test_what_is_in_use_is_counted_told_and_taken_away_one_by_one(page):
    url = reverse("coverage:ledger")
    asked = {"q": "公司", "state": "NONE", "steward": "田野", "size": "", "sort": "name", "page": "2"}
    got = page.get(url, asked)
    assert marks(got) == [
        ("建会情况", "未建会", f"{url}?q=%E5%85%AC%E5%8F%B8&steward=%E7%94%B0%E9%87%8E&size=&sort=name"),
        ("包干人", "田野", f"{url}?q=%E5%85%AC%E5%8F%B8&state=NONE&size=&sort=name"),
    ]
    html = got.content.decode()
    # Closed all the same: the list is what was asked for, and the marks say what narrows it.
    assert '<details class="more filter-fold"><summary>筛选条件 · 2</summary></details>' in html
    assert "建会情况：未建会" in html
    assert f'href="{url}?sort=name">显示全部' in html
    left = marks(page.get(marks(got)[0][2]))
    assert left == [("包干人", "田野", f"{url}?q=%E5%85%AC%E5%8F%B8&size=&sort=name")]


def test_text_that_is_looked_for_is_not_told_twice_and_nonsense_is_no_filter(page):
    url = reverse("coverage:ledger")
    assert marks(page.get(url, {"q": "公司"})) == []
    assert ">显示全部<" in page.get(url, {"q": "公司"}).content.decode()
    assert marks(page.get(url, {"state": "NOWHERE"})) == []


def test_a_chosen_record_is_told_as_its_field_tells_it_and_costs_no_statement(page):
    url = reverse("coverage:ledger")
    street = Union.objects.get(name="梧桐里街道总工会")
    narrow = {"q": "没有", "ground": street.pk}
    assert marks(page.get(url, {"ground": street.pk})) == [("所属区域", "梧桐里街道总工会", url)]
    assert marks(page.get(url, {"block": "null"})) == [("地块", "不在任何地块", url)]
    with CaptureQueriesContext(connection) as one:
        page.get(url, narrow)
    with CaptureQueriesContext(connection) as more:
        page.get(url, narrow | {"state": "NONE", "size": "S25", "step": "SET", "block": "null"})
    assert len(more) == len(one)


def test_a_filter_of_one_field_is_not_folded(page, city):
    page.force_login(city.administrator)
    html = page.get(reverse("jobs") + "?state=FAILED").content.decode()
    assert "<details" not in html
    assert html.count('name="state"') == 1
    assert ">显示全部<" in html


def test_dates_are_told_as_days(page):
    url = reverse("membership:members")
    (mark,) = marks(page.get(url, {"joined_from": "2026-02-01"}))
    assert mark == ("入会不早于", "2026-02-01", url)
