"""The line of command, held against a walk written from the words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unionhall.apps.orgs.models import Command, Union
from unionhall.apps.orgs.queries import line_of_command, subtree, under
from unionhall.apps.orgs.usecases import affiliate, cover_employer, place_under
from unionhall.kernel import audit, clock
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.models import AuditLine
from unionhall.kernel.refusals import Refusal

DAY = date(2026, 1, 1)


def union(name) -> Union:
    return Union.objects.create(name=name, short_name=name, level="GRASSROOTS")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(-3, 3), st.integers(1, 3) | st.none()),
        max_size=8,
    ),
    root=st.integers(0, 6),
)
def test_a_subtree_is_what_a_walk_finds(db, lines, root):
    Command.objects.all().delete()
    Union.objects.filter(name__startswith="u").delete()
    unions = [union(f"u{n}") for n in range(7)]
    present: dict[int, set[int]] = {n: set() for n in range(7)}
    open_lines = set()
    for below, above, start, length in lines:
        if below == above or (length is None and below in open_lines):
            continue
        starts = DAY + timedelta(days=start)
        ends = starts + timedelta(days=length) if length else None
        Command.objects.create(union=unions[below], superior=unions[above], starts=starts, ends=ends)
        if length is None:
            open_lines.add(below)
        if starts <= DAY and (ends is None or ends > DAY):
            present[above].add(below)
    found, new = {root}, {root}
    while new:
        new = {below for above in new for below in present[above]} - found
        found |= new
    assert subtree([unions[root].pk], DAY) == {unions[n].pk for n in found}
    assert under([one.pk for one in unions], [unions[root].pk], DAY) == {unions[n].pk for n in found}
    assert len(subtree([unions[root].pk], DAY, most=2)) == min(2, len(found))


def test_nothing_is_asked_about_no_union(city, django_assert_num_queries):
    top = Union.objects.get(name="市总工会")
    with django_assert_num_queries(0):
        assert (under([], [top.pk], DAY), under([top.pk], [], DAY)) == (frozenset(), frozenset())


def test_a_union_answers_to_one_at_a_time_and_its_history_stays(city):
    today = clock.today()
    moved = Union.objects.get(name="梧桐里街道总工会")
    west = Union.objects.get(name="城西区总工会")
    place_under(by=SYSTEM, at=clock.now(), union=moved, superior=west, since=today)
    assert [one.name for one in line_of_command(moved, today)] == ["城西区总工会", "市总工会"]
    assert [one.name for one in line_of_command(moved, today - timedelta(days=1))] == [
        "城东区总工会",
        "市总工会",
    ]


def test_no_union_answers_to_one_below_it(city):
    top = Union.objects.get(name="市总工会")
    below = Union.objects.get(name="梧桐里街道总工会")
    with pytest.raises(Refusal) as refused:
        place_under(by=SYSTEM, at=clock.now(), union=top, superior=below, since=clock.today())
    assert refused.value.code == "COMMAND_RING"


def test_only_industry_unions_have_affiliates_and_coverage_is_noted_once(city):
    street = Union.objects.get(name="梧桐里街道总工会")
    with pytest.raises(Refusal):
        affiliate(by=SYSTEM, at=clock.now(), union=street, industry_union=street, since=clock.today())
    first = cover_employer(by=SYSTEM, at=clock.now(), union=street, employer="新单位", since=clock.today())
    again = cover_employer(by=SYSTEM, at=clock.now(), union=street, employer="新单位", since=clock.today())
    assert first == again


def test_a_district_officer_sees_the_own_subtree_only(city, client):
    client.force_login(city.district)
    page = client.get("/unions?export=csv").content.decode("utf-8-sig")
    names = [line.split(",")[0] for line in page.splitlines()[1:]]
    east = Union.objects.get(name="城东区总工会")
    expected = Union.objects.filter(pk__in=subtree([east.pk], clock.today())).order_by("pk")
    assert names == list(expected.values_list("name", flat=True))
    other = Union.objects.get(name="城西区总工会")
    assert client.get(f"/unions/{other.public_id}").status_code == 404


def test_lists_filter_sort_page_and_ask_a_fixed_number_of_questions(city, client, django_assert_num_queries):
    client.force_login(city.organiser)
    page = client.get("/unions?level=DISTRICT&sort=-name&export=csv").content.decode("utf-8-sig")
    names = [line.split(",")[0] for line in page.splitlines()[1:]]
    assert names == sorted(
        ["城东区总工会", "城西区总工会", "城南区总工会", "城北区总工会", "高新区总工会"], reverse=True
    )
    assert "1 / 2" in client.get("/unions").content.decode()
    with django_assert_num_queries(17):
        client.get("/people")
    page = client.get("/people?honour=CRAFTSMAN&export=csv").content.decode("utf-8-sig")
    last = AuditLine.objects.filter(action="list.export").order_by("-pk").first()
    assert (last.actor, last.refs) == (str(city.organiser.actor), {"list": "people", "rows": 2})
    assert sorted(line.split(",")[0] for line in page.splitlines()[1:]) == ["范志刚", "郎雪"]
    assert "没有符合条件的记录" in client.get("/people?trade=无此工种").content.decode()


def test_a_unions_contact_is_noted_by_its_administrator_and_shown(city, client):
    union = Union.objects.get(name="江岸街道总工会")
    address = reverse("orgs:contact", args=[union.public_id])
    client.force_login(city.administrator)
    told = {"phone": "0571-0000 0000 转 8", "address": "江岸路 2 号", "hours": "周一至周五 9:00–17:00"}
    refused = client.post(address, told | {"phone": "今天不在"})
    assert (refused.status_code, refused.context["form"].errors.keys()) == (422, {"phone"})
    assert client.post(address, told).status_code == 302
    union.refresh_from_db()
    assert {name: getattr(union, name) for name in told} == told
    page = client.get(reverse("orgs:union", args=[union.public_id])).content.decode()
    assert [text in page for text in told.values()] == [True] * 3
    (line,) = audit.history(union).filter(action="union.contact")
    assert sorted(line.fields) == ["address", "hours", "phone"]
    assert client.post(address, told).status_code == 302
    assert audit.history(union).filter(action="union.contact").count() == 1
