"""The live figures against the way that closed periods are counted, and against plain models."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import Channel, EventKind
from unionhall.apps.membership.models import (
    Application,
    Attribution,
    CategorySet,
    Decision,
    Membership,
    MembershipEvent,
    OutreachSession,
    Touch,
)
from unionhall.apps.membership.queries import counting, live
from unionhall.apps.membership.queries.ledger import NEXT, Standing
from unionhall.apps.membership.queries.live import sources
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Person
from unionhall.kernel.clock import CITY

TODAY = date(2026, 11, 25)
FIRST = date(2025, 11, 20)


@pytest.fixture
def district(city):
    return Union.objects.get(name="城东区总工会")


@pytest.fixture
def listed(db):
    return CategorySet.objects.get(code="FOUR_GROUPS")


# A life in the ledger: for each step a way to choose the next entry, days since the one before, the union,
# whether it is corrected at once.
steps = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 120), st.integers(0, 3), st.booleans()), max_size=5
)
lives = st.lists(st.tuples(steps, st.sampled_from(["FOOD_RIDER", "OTHER"])), min_size=1, max_size=6)


def write_life(person, told, occupation, unions):
    """Entries as the use cases would write them, with the head that follows from them."""
    standing, on, at = Standing.NONE, FIRST, datetime(2026, 11, 25, tzinfo=UTC)
    union = None
    for choice, days, where, corrected in told:
        on = min(on + timedelta(days=days), TODAY)
        possible = list(NEXT[standing].items())
        kind, after = possible[choice % len(possible)]
        at_union = unions[where] if union is None or kind != EventKind.TRANSFER_OUT else union
        event = MembershipEvent.objects.create(
            person=person, kind=kind, union=at_union, on=on, at=at, occupation=occupation
        )
        if corrected:
            MembershipEvent.objects.create(
                person=person, kind="CORRECT", union=at_union, on=on, at=at, reason="x", corrects=event
            )
        else:
            standing, union = after, at_union
    stands = standing in (Standing.MEMBER, Standing.RETAINED)
    Membership.objects.create(person=person, standing=standing, union=union if stands else None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=lives, merges=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=2))
def test_live_figures_are_those_of_a_period_that_ends_today(district, listed, lives, merges):
    unions = [
        Union.objects.get(name=name)
        for name in ("城东区总工会", "梧桐里街道总工会", "江岸街道总工会", "市总工会")
    ]
    with transaction.atomic():
        persons = [Person.objects.create(name=f"江{n}", union=district) for n in range(len(lives))]
        for person, (told, occupation) in zip(persons, lives, strict=True):
            write_life(person, told, occupation, unions)
        for one, other in merges:
            # Only a record that stands nowhere, or whose double stands nowhere, is merged.
            low, high = persons[one % len(persons)], persons[other % len(persons)]
            if low == high or low.merged_into_id or Person.objects.filter(merged_into=low).exists():
                continue
            if high.merged_into_id:
                continue
            low.merged_into = high
            low.save()
        scope = live.scope_of(district, 2026, TODAY)
        for union in (district, unions[1], unions[3]):
            scope = live.scope_of(union, 2026, TODAY)
            told = live.dashboard(scope, listed)
            period = queries.figures.period_of(union, scope.starts, scope.ends, listed)
            counted = counting.count(queries.figures.ledger_rows(period), period)
            assert told.figures == {name: counted.figures[name] for name in told.figures}
            for figure in (*told.figures,):
                if figure == "MEMBERS":
                    assert live.members(scope).count() == told.figures[figure]
                else:
                    rows = live.entries(scope, figure, listed)
                    assert sorted(row.pk for row in rows) == list(counted.keys[figure])
            assert sum(one.joins for one in told.by_channel) == told.figures["JOINS"]
            assert sum(one.joins for one in told.by_union) == told.figures["JOINS"]
            assert sum(one.new_employment for one in told.by_union) == told.figures["NEW_EMPLOYMENT_JOINS"]
            assert sum(n for _code, n in told.by_occupation) == told.figures["JOINS"]
            assert sum(n for _month, n, _new in told.by_month) == told.figures["JOINS"]
        transaction.set_rollback(True)


def moment(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 1, 1, hour, tzinfo=CITY) + timedelta(days=day)


contacts = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 320), st.integers(0, 23), st.booleans()), max_size=8
)
wishes = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 329), st.none() | st.integers(0, 80)), max_size=5
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contacts=contacts, wishes=wishes)
def test_cohorts_against_a_plain_model(city, district, contacts, wishes):
    with transaction.atomic():
        sessions = [
            OutreachSession.objects.create(
                union=union, channel=Channel.JOB_FAIR, title="x", starts_at=moment(0), place="x"
            )
            for union in (district, Union.objects.get(name="城西区总工会"))
        ]
        for phone, day, hour, elsewhere in contacts:
            Touch.objects.create(
                phone_index=bytes([phone] * 32), channel=Channel.JOB_FAIR, session=sessions[elsewhere],
                at=moment(day, hour),
            )  # fmt: skip
        for n, (phone, day, decided) in enumerate(wishes):
            decision = decided is not None and Decision.objects.create(
                union=district, decided_on=moment(day + decided).date(), evidence="x",
                recorded_by=city.district, at=moment(day),
            )  # fmt: skip
            Application.objects.create(
                key=f"k{n}", secret_hash="x", union=district, phone_index=bytes([phone] * 32),
                phone_sealed=b"x", state="APPROVED" if decision else "SUBMITTED", decision=decision or None,
                person=city.district.person if decision else None, created_at=moment(day),
                consented_at=moment(day), confirmed_at=moment(day), submitted_at=moment(day),
            )  # fmt: skip
        told = live.cohorts(live.scope_of(district, 2026, TODAY))
        for one in told:
            came, applied, approved = set(), set(), set()
            for phone, day, hour, elsewhere in contacts:
                at = moment(day, hour)
                if elsewhere or at.month != one.month or at.date() > TODAY:
                    continue
                came.add(phone)
                for whose, sent, decided in wishes:
                    if whose == phone and at <= moment(sent) <= at + timedelta(days=30):
                        applied.add(phone)
                        last = (at + timedelta(days=60)).date()
                        if decided is not None and moment(sent + decided).date() <= last:
                            approved.add(phone)
            assert (one.attended, one.applied, one.approved) == (len(came), len(applied), len(approved))
        transaction.set_rollback(True)


def test_cohorts_that_have_not_had_the_time_are_marked(district):
    told = live.cohorts(live.scope_of(district, 2026, TODAY))
    assert [one.month for one in told if one.applied_ripe] == list(range(1, 10))
    assert [one.month for one in told if one.approved_ripe] == list(range(1, 9))


def test_channels_assists_costs_and_partners(desk, listed):
    from unionhall.apps.membership.models import Partner
    from unionhall.apps.membership.usecases import outreach
    from unionhall.kernel import clock

    now = clock.now()
    partner = Partner.objects.create(name="人社局（测试）", kind="HUMAN_RESOURCES")
    session = desk.session(starts_at=now - timedelta(hours=2))
    session.partners.set([partner])
    OutreachSession.objects.filter(pk=session.pk).update(cost=30_050)
    poster = outreach.open_source_code(
        by=desk.officer, at=now, union=desk.street, channel=Channel.POSTER, label="电梯间"
    )
    scope_before = live.dashboard(live.scope_of(desk.district, now.year, clock.today()), listed)
    before = {one.channel: one for one in scope_before.by_channel}
    desk.member(source=desk.code(session))
    # A double from an older register, whose join had no application, takes no other join's channel away.
    kept, double = (Person.objects.create(name="江重", union=desk.street) for _n in range(2))
    for person in (kept, double):
        MembershipEvent.objects.create(
            person=person, kind="JOIN", union=desk.street, on=clock.today(), at=now, occupation="OTHER"
        )
    Person.objects.filter(pk=double.pk).update(merged_into=kept)
    application = desk.accepted(source=poster)
    Touch.objects.create(
        phone_index=application.phone_index, channel=session.channel, session=session,
        at=now - timedelta(hours=1),
    )  # fmt: skip
    desk.decide(application)
    desk.member()
    told = live.dashboard(live.scope_of(desk.district, now.year, clock.today()), listed)
    after = {one.channel: one for one in told.by_channel}

    def more(channel, what):
        return getattr(after[channel], what) - (getattr(before[channel], what) if channel in before else 0)

    assert more(Channel.COMMUNICATION_MEETING, "joins") == 1
    assert more(Channel.POSTER, "joins") == 1
    assert more(Channel.UNKNOWN, "joins") == 2
    assert more(Channel.COMMUNICATION_MEETING, "assists") == 1
    assert more(Channel.COMMUNICATION_MEETING, "priced_joins") == 1
    assert [(one.name, one.sessions, one.joins) for one in told.by_partner if one.name == partner.name] == [
        (partner.name, 1, 1)
    ]
    joins = live.entries(told.scope, "JOINS", listed)
    through = {
        "channel": lambda code: live.through(joins, channel=code).count(),
        "assists": lambda code: live.through(joins, assisted_by=code).count(),
    }
    for one in told.by_channel:
        assert through["channel"](one.channel) == one.joins
        assert through["assists"](one.channel) == one.assists
    assert live.through(joins, partner=partner.pk).count() == 1
    assert Counter(Attribution.objects.values_list("channel", flat=True))[Channel.POSTER] >= 1


@pytest.mark.parametrize("few", [0, 100])
def test_sessions_of_other_unions_are_left_out_however_many_unions_there_are(desk, listed, monkeypatch, few):
    from unionhall.apps.membership.models import Partner
    from unionhall.kernel import clock

    monkeypatch.setattr(sources, "FEW_UNIONS", few)
    partner = Partner.objects.create(name="人社局（测试）", kind="HUMAN_RESOURCES")
    ours, theirs = desk.session(), desk.session()
    for session in (ours, theirs):
        session.partners.set([partner])
    elsewhere = Union.objects.get(name="城西区总工会")
    OutreachSession.objects.filter(pk=theirs.pk).update(union=elsewhere, cost=10_000)
    told = live.dashboard(live.scope_of(desk.district, ours.starts_at.year, clock.today()), listed)
    (held,) = [one for one in told.by_channel if one.sessions]
    assert (held.channel, held.sessions, held.priced) == (Channel.COMMUNICATION_MEETING, 1, 0)
    assert [(one.name, one.sessions) for one in told.by_partner] == [(partner.name, 1)]
