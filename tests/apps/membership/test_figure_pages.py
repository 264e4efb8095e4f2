from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.membership.conftest import officer_of
from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import EventKind, Standing
from unionhall.apps.membership.figure_words import DEFINITIONS, SHOWN
from unionhall.apps.membership.forms.figures import span_of
from unionhall.apps.membership.models import (
    Attribution,
    CategorySet,
    Membership,
    MembershipEvent,
    Snapshot,
    Target,
    Touch,
)
from unionhall.apps.membership.queries import counting
from unionhall.apps.membership.queries.ledger import Stand, standing_of
from unionhall.apps.membership.usecases import definitions, figures, ledger
from unionhall.apps.membership.usecases.attribution import WINDOW
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.refusals import Refusal


def refused(work):
    with pytest.raises(Refusal) as raised:
        work()
    return raised.value.code


@pytest.fixture
def told(city):
    """The demo district with its year of joining."""
    from unionhall.site.demo_joining import make_joining

    unions = {union.name: union for union in Union.objects.all()}
    accounts = {"district": city.district, "administrator": city.administrator}
    make_joining(SimpleNamespace(accounts=accounts, unions=unions, at=clock.now()), whole=True)
    return city


@pytest.fixture
def district(city):
    return Union.objects.get(name="城东区总工会")


def test_the_demo_district_has_a_year(told, client, district):
    client.force_login(told.district)
    context = client.get(reverse("membership:dashboard")).context["told"]
    # A year that has just begun holds fewer; the dashboard says no less than what the year holds.
    since = max(clock.today().replace(month=1, day=1), clock.today() - timedelta(days=400))
    joins = MembershipEvent.objects.filter(kind=EventKind.JOIN, on__gte=since).count()
    assert context.figures["JOINS"] == joins
    assert context.all_pace.target == 3600
    assert client.get(reverse("membership:joining-cohorts", args=[district.public_id])).status_code == 200


def test_the_demo_district_has_as_many_joins_as_the_reports_say(told, district):
    joins = MembershipEvent.objects.filter(kind=EventKind.JOIN)
    listed = CategorySet.objects.get(code="FOUR_GROUPS")
    assert (joins.count(), joins.filter(occupation__in=listed.occupations).count()) == (3105, 1098)
    # Those written many at a time stand as if the use cases had written them.
    heads = Membership.objects.exclude(standing="NONE").select_related("person")
    for head in heads:
        stand = Stand(Standing(head.standing), head.union_id, head.since, head.joined_on)
        assert stand == standing_of(queries.ledger.entries_of(head.person))
    for credit in Attribution.objects.select_related("application", "touch"):
        sent = credit.application.submitted_at
        before = Touch.objects.filter(
            phone_index=credit.application.phone_index, at__lte=sent, at__gte=sent - WINDOW
        ).order_by("at", "pk")
        assert credit.touch == before.last()
    closed = figures.close_period(
        by=told.district, at=clock.now(), union=district, listed=listed,
        starts=min(joins.values_list("on", flat=True)), ends=clock.today(),
    )  # fmt: skip
    until = joins.filter(on__lt=clock.today())
    assert closed.figures["JOINS"] == until.count()
    assert closed.figures["NEW_EMPLOYMENT_JOINS"] == until.filter(occupation__in=listed.occupations).count()


def test_every_number_of_the_dashboard_leads_to_as_many_entries(told, client, district):
    client.force_login(told.district)
    shown = client.get(reverse("membership:dashboard")).context["told"]
    behind = reverse("membership:joining-entries", args=[district.public_id])

    def listed(**how):
        return client.get(behind, {"year": shown.scope.year, "list": shown.listed.pk, **how}).context["count"]

    assert {name: listed(figure=name) for name in shown.figures} == shown.figures
    assert [listed(figure="JOINS", month=n) for n, _all, _new in shown.by_month] == [
        all_ for _n, all_, _new in shown.by_month
    ]
    assert [listed(figure="NEW_EMPLOYMENT_JOINS", month=n) for n, _all, _new in shown.by_month] == [
        new for _n, _all, new in shown.by_month
    ]
    assert [listed(figure="JOINS", channel=one.channel) for one in shown.by_channel] == [
        one.joins for one in shown.by_channel
    ]
    assert [listed(figure="JOINS", assisted=one.channel) for one in shown.by_channel] == [
        one.assists for one in shown.by_channel
    ]
    assert [listed(figure="JOINS", occupation=code) for code, _n in shown.by_occupation] == [
        n for _code, n in shown.by_occupation
    ]
    assert [listed(figure="JOINS", partner=one.public_id) for one in shown.by_partner] == [
        one.joins for one in shown.by_partner
    ]
    for figure, what in (
        ("JOINS", "joins"),
        ("NEW_EMPLOYMENT_JOINS", "new_employment"),
        ("MEMBERS", "members"),
    ):
        assert [listed(figure=figure, under=one.union.public_id) for one in shown.by_union] == [
            getattr(one, what) for one in shown.by_union
        ]


def test_the_dashboard_asks_a_fixed_number_of_questions(desk, client, django_assert_num_queries):
    client.force_login(desk.officer)
    page = reverse("membership:dashboard")
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for occupation in ("FOOD_RIDER", "OTHER"):
        desk.member(occupation=occupation, source=desk.code())
    with django_assert_num_queries(len(few)):
        client.get(page)


def test_entries_ask_a_fixed_number_of_questions(desk, client, django_assert_num_queries):
    client.force_login(desk.officer)
    page = reverse("membership:joining-entries", args=[desk.district.public_id])
    desk.member()
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for _n in range(3):
        desk.member()
    with django_assert_num_queries(len(few)):
        client.get(page)


def test_entries_are_exported(desk, client):
    client.force_login(desk.officer)
    member = desk.member()
    page = reverse("membership:joining-entries", args=[desk.district.public_id])
    lines = client.get(page, {"export": "csv"}).content.decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{member.person.name},")


@pytest.mark.parametrize(
    "asked",
    [{"figure": "x"}, {"channel": "x"}, {"assisted": "x"}, {"under": "x"}, {"figure": "NET"}],
)
def test_addresses_that_say_nothing(desk, client, asked):
    client.force_login(desk.officer)
    page = reverse("membership:joining-entries", args=[desk.district.public_id])
    assert client.get(page, asked).status_code == 404


def test_a_union_above_or_beside_is_not_shown(desk, client, city):
    other = Union.objects.get(name="城西区总工会")
    above = Union.objects.get(name="市总工会")
    client.force_login(desk.officer)
    for union in (other, above):
        for name in ("dashboard-of", "joining-entries", "joining-cohorts", "close-period", "target"):
            assert client.get(reverse(f"membership:{name}", args=[union.public_id])).status_code == 404
    # Of those above a union the page leads to whom one may look at.
    for union, line in ((desk.district, []), (desk.street, [desk.district])):
        page = client.get(reverse("membership:dashboard-of", args=[union.public_id]))
        assert page.context["line"] == line
    inside = reverse("membership:joining-entries", args=[desk.district.public_id])
    assert client.get(inside, {"under": other.public_id}).status_code == 404
    # An officer counts; targets and lists are set by administrators.
    assert client.get(reverse("membership:target", args=[desk.district.public_id])).status_code == 404
    assert (
        client.get(reverse("membership:new-category-set", args=[desk.district.public_id])).status_code == 404
    )
    client.force_login(city.chief)
    assert client.get(reverse("membership:dashboard")).status_code == 404


class TestMeasures:
    def test_a_target_is_set_and_set_anew(self, city, district, client):
        listed = CategorySet.objects.get(code="FOUR_GROUPS")
        client.force_login(city.administrator)
        page = reverse("membership:target", args=[district.public_id])
        year = clock.today().year
        for joins, which in ((100, ""), (365, ""), (40, listed.pk)):
            assert client.post(page, {"year": year, "joins": joins, "listed": which}).status_code == 302
        kept = Target.objects.order_by("joins").values_list("joins", "category_set")
        assert list(kept) == [(40, listed.pk), (365, None)]
        shown = client.get(reverse("membership:dashboard-of", args=[district.public_id])).context["told"]
        days = (clock.today() - clock.today().replace(month=1, day=1)).days + 1
        length = 366 if year % 4 == 0 else 365
        assert (shown.all_pace.expected, shown.all_pace.reached) == (365 * days // length, 0)
        assert shown.all_pace.ahead == -shown.all_pace.expected
        assert shown.listed_pace.target == 40

    def publish(self, district, **more):
        told = {
            "by": SYSTEM,
            "at": clock.now(),
            "union": district,
            "name": "城东区八加二",
            "basis": "区总〔2026〕7 号",
        }
        return definitions.publish_list(**(told | {"occupations": ["COURIER", "LIVE_STREAMER"]} | more))

    def test_a_list_is_only_ever_added_to(self, district):
        first = self.publish(district)
        assert refused(lambda: self.publish(district)) == "SAME_LIST"
        second = self.publish(district, occupations=["COURIER"])
        assert [one.version for one in (first, second)] == [1, 2]
        assert queries.figures.own_list(district) == second
        assert [one.code for one in queries.figures.lists_for([district])] == [
            "FOUR_GROUPS",
            "EIGHT_GROUPS",
            first.code,
        ]
        street = Union.objects.get(name="梧桐里街道总工会")
        assert refused(lambda: self.publish(street)) == "LIST_NOT_OF_DISTRICT"
        assert refused(lambda: self.publish(district, occupations=[])) == "OCCUPATIONS_MISSING"
        assert refused(lambda: self.publish(district, basis=" ")) == "BASIS_MISSING"

    def test_joins_by_the_own_list(self, desk, client):
        desk.member(occupation="LIVE_STREAMER")
        own = self.publish(desk.district)
        client.force_login(desk.officer)
        page = reverse("membership:dashboard")
        counted = {
            one.pk: client.get(page, {"list": one.pk}).context["told"].figures["NEW_EMPLOYMENT_JOINS"]
            for one in queries.figures.lists_for([desk.district])
        }
        assert counted == {pk: int(pk == own.pk) for pk in counted}
        assert client.get(reverse("membership:category-sets")).status_code == 200


class TestPeriods:
    @pytest.fixture
    def closed(self, desk):
        """A period of forty days until yesterday with two joins in it."""
        at = clock.now() - timedelta(days=20)
        self.members = [desk.member(at=at), desk.member(at=at, occupation="OTHER")]
        listed = CategorySet.objects.get(code="FOUR_GROUPS")
        return figures.close_period(
            by=desk.officer, at=clock.now(), union=desk.district, listed=listed,
            starts=clock.today() - timedelta(days=40), ends=clock.today(),
        )  # fmt: skip

    def test_a_period_is_closed_by_the_form(self, desk, client):
        client.force_login(desk.officer)
        page = reverse("membership:close-period", args=[desk.district.public_id])
        listed = CategorySet.objects.get(code="EIGHT_GROUPS")
        asked = {"span": "YEAR", "first": f"{clock.today().year - 1}-05-09", "listed": listed.pk}
        made = client.post(page, asked)
        snapshot = Snapshot.objects.get()
        assert made.headers["Location"] == reverse("membership:period", args=[snapshot.public_id])
        assert (snapshot.starts.isoformat(), snapshot.last_day.isoformat()) == (
            f"{clock.today().year - 1}-01-01",
            f"{clock.today().year - 1}-12-31",
        )
        assert client.post(page, asked | {"span": "DAYS"}).status_code == 422
        assert client.post(page, asked | {"first": clock.today().isoformat()}).status_code == 422
        assert client.get(reverse("membership:periods")).context["count"] == 1

    def test_its_page_leads_to_the_frozen_entries(self, desk, client, closed):
        client.force_login(desk.officer)
        page = client.get(reverse("membership:period", args=[closed.public_id]))
        assert {
            name: number
            for name, (_w, number) in zip(SHOWN, [line[1:3] for line in page.context["lines"]], strict=True)
        } == closed.figures
        for figure in counting.FIGURES:
            behind = client.get(reverse("membership:period-entries", args=[closed.public_id, figure]))
            assert behind.context["count"] == closed.figures[figure]

    def test_very_many_entries_come_in_parts(self, desk, client, closed, monkeypatch):
        from unionhall.apps.membership.views import periods

        monkeypatch.setattr(periods, "PART", 1)
        client.force_login(desk.officer)
        page = reverse("membership:period-entries", args=[closed.public_id, "JOINS"])
        parts = [client.get(page, {"part": n}).context for n in ("1", "2", "3", "x")]
        assert [one["table"].rows[0].record.person for one in parts] == [
            self.members[n].person for n in (0, 1, 0, 0)
        ]
        assert [len(one["actions"]) for one in parts] == [1, 1, 1, 1]

    def test_it_is_checked_again(self, desk, client, closed):
        client.force_login(desk.officer)
        page = client.post(reverse("membership:check-period", args=[closed.public_id]))
        assert page.context["sound"]
        # Somebody with the database in hands goes past the program and its triggers.
        with connection.cursor() as cursor:
            table = MembershipEvent._meta.db_table
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                cursor.execute(f"DROP TRIGGER {table}_update")
            cursor.execute(f"UPDATE {table} SET occupation = 'COURIER' WHERE occupation = 'OTHER'")
        page = client.post(reverse("membership:check-period", args=[closed.public_id]))
        checked = page.context["checked"]
        assert {name for name, holds in checked.items() if not holds} == {"JOINS", "MEMBERS", "GAINED"}
        assert not page.context["sound"]

    def test_a_restatement_says_who_is_new_and_who_is_gone(self, desk, client, closed):
        client.force_login(desk.officer)
        wrong = MembershipEvent.objects.get(person=self.members[0].person)
        ledger.correct_entry(by=desk.officer, at=clock.now(), event=wrong, reason="重复")
        page = reverse("membership:restate-period", args=[closed.public_id])
        assert client.post(page, {"reason": ""}).status_code == 422
        assert client.post(page, {"reason": "更正一条"}).status_code == 302
        second = Snapshot.objects.get(revision=2)
        shown = client.get(reverse("membership:period-difference", args=[second.public_id]))
        changes = {change.figure: change for _w, _b, _a, change in shown.context["changes"]}
        assert {name: (one.new_count, one.gone_count) for name, one in changes.items()} == dict.fromkeys(
            ("JOINS", "NEW_EMPLOYMENT_JOINS", "MEMBERS", "GAINED"), (0, 1)
        )
        assert changes["JOINS"].gone == [wrong]
        assert self.members[0].person.name in shown.content.decode()
        first = reverse("membership:period-difference", args=[closed.public_id])
        assert client.get(first).status_code == 404

    def test_a_name_outside_the_reach_is_not_told(self, desk, client, closed):
        wrong = MembershipEvent.objects.get(person=self.members[0].person)
        ledger.correct_entry(by=desk.officer, at=clock.now(), event=wrong, reason="重复")
        again = {"starts": closed.starts, "ends": closed.ends, "listed": closed.category_set}
        second = figures.close_period(
            by=desk.officer, at=clock.now(), union=desk.district, reason="x", **again
        )
        person = self.members[0].person
        person.union = Union.objects.get(name="城西区总工会")
        person.save()
        client.force_login(desk.officer)
        shown = client.get(reverse("membership:period-difference", args=[second.public_id]))
        assert person.name not in shown.content.decode()


def test_spans():
    from datetime import date

    day = date(2026, 11, 25)
    assert span_of("MONTH", day, None) == (date(2026, 11, 1), date(2026, 12, 1))
    assert span_of("MONTH", date(2026, 12, 5), None) == (date(2026, 12, 1), date(2027, 1, 1))
    assert span_of("QUARTER", day, None) == (date(2026, 10, 1), date(2027, 1, 1))
    assert span_of("QUARTER", date(2026, 6, 30), None) == (date(2026, 4, 1), date(2026, 7, 1))
    assert span_of("YEAR", day, None) == (date(2026, 1, 1), date(2027, 1, 1))
    assert span_of("DAYS", day, date(2026, 12, 3)) == (day, date(2026, 12, 4))


def test_every_figure_is_defined_in_words_and_in_the_reference():
    from pathlib import Path

    reference = (Path(__file__).parents[3] / "docs" / "reference" / "figures.md").read_text("utf-8")
    for version, words in DEFINITIONS.items():
        assert set(words) == set(SHOWN)
        assert version in reference
        for figure in words:
            assert f"| `{figure}` |" in reference


def test_members_are_found(desk):
    from unionhall.apps.people.models import Particulars, Person

    member = desk.member(name="欧阳青", phone="19900004242")
    other = desk.member(name="欧阳青山", phone="19900004243")
    number = desk.answers().identity
    third = desk.member(identity=number)
    for text, expected in (
        ("欧阳青", [member, other]),
        ("欧阳", [member, other]),
        ("199 0000 4242", [member]),
        ("4242", [member]),
        (number, [third]),
        (member.public_id, [member]),
        ("", []),
        ("诸葛", []),
    ):
        assert queries.rolls.found(desk.officer, text) == (expected, False), text
    elsewhere = officer_of("城西区总工会")
    for text in ("欧阳青", "199 0000 4242", "4242", number, member.public_id):
        assert queries.rolls.found(elsewhere, text) == ([], False)
    Person.objects.filter(pk=other.person_id).update(merged_into=member.person)
    Particulars.objects.filter(person=other.person_id).update(superseded=True)
    assert queries.rolls.found(desk.officer, "欧阳") == ([member], False)
    assert queries.rolls.found(desk.officer, "4243") == ([], False)


def test_a_page_of_members_says_that_there_are_more(desk, client, monkeypatch):
    from unionhall.apps.people import queries as people

    first, second = (desk.member(name=f"欧阳{name}") for name in "一丁")
    client.force_login(desk.officer)
    told = []
    for most in (2, 1):
        monkeypatch.setattr(people, "MOST", most)
        page = client.post("/members", {"q": "欧阳"}).content.decode()
        told.append(
            (
                "找到 2 人" in page,
                "显示前 1 人；还有更多" in page,
                first.public_id in page,
                second.public_id in page,
            )
        )
    assert told == [(True, False, True, True), (False, True, True, False)]
