from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.membership.conftest import identity_number
from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import ApplicationState, Channel, EventKind, Standing
from unionhall.apps.membership.models import Application, Attribution, Membership, MembershipEvent
from unionhall.apps.membership.usecases import applying, handling, ledger, outreach
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Person
from unionhall.kernel import clock
from unionhall.kernel.models import Fact
from unionhall.kernel.refusals import Refusal


def refused(work):
    with pytest.raises(Refusal) as raised:
        work()
    return raised.value.code


def test_a_decision_makes_members_of_many_at_once(desk, django_assert_max_num_queries):
    chosen = [desk.accepted() for _ in range(30)]
    turned_down = desk.accepted()
    with django_assert_max_num_queries(1200):
        decision = desk.decide(*chosen, refused={turned_down: "不在本会组织范围"})
    assert decision.applications.filter(state=ApplicationState.APPROVED).count() == 30
    assert Membership.objects.filter(standing=Standing.MEMBER, union=desk.street).count() == 30
    assert MembershipEvent.objects.filter(kind=EventKind.JOIN).count() == 30
    turned_down.refresh_from_db()
    assert (turned_down.state, turned_down.person) == (ApplicationState.REFUSED, None)
    assert turned_down.steps.order_by("-pk").first().reason == "不在本会组织范围"
    assert Fact.objects.filter(name="MemberJoined").count() == 30


def test_one_that_cannot_be_decided_stops_all(desk):
    good, waiting = desk.accepted(), desk.apply()
    assert refused(lambda: desk.decide(good, waiting)) == "NOT_ACCEPTED"
    good.refresh_from_db()
    assert (good.state, Membership.objects.count()) == (ApplicationState.ACCEPTED, 0)


def test_what_a_decision_must_say(desk):
    one = desk.accepted()
    tomorrow = clock.today() + timedelta(days=1)
    assert refused(lambda: desk.decide(one, on=tomorrow)) == "DECISION_AHEAD"
    assert refused(lambda: desk.decide(refused={one: " "})) == "REASON_MISSING"
    assert refused(desk.decide) == "NOTHING_CHOSEN"
    assert refused(lambda: desk.decide(one, union=desk.district)) == "OTHER_UNION"
    assert refused(lambda: desk.decide(one, refused={one: "x"})) == "DECIDED_TWICE"


def test_an_officer_of_another_district_decides_nothing(desk):
    elsewhere = Union.objects.get(name="江岸街道总工会")
    one = desk.accepted()
    assert refused(lambda: desk.decide(one, union=elsewhere)) == "NOT_ALLOWED"
    handling.forward_application(
        by=desk.officer, at=clock.now(), application=one, union=elsewhere, reason="属地"
    )
    one.refresh_from_db()
    assert refused(lambda: handling.accept_application(by=desk.officer, at=clock.now(), application=one)) == (
        "NOT_ALLOWED"
    )


def test_who_is_a_member_already_joins_once_only(desk):
    member = desk.member(identity=identity_number(901))
    again = desk.accepted(identity=identity_number(901))
    assert refused(lambda: desk.decide(again)) == "ALREADY_MEMBER"
    ledger.end_membership(
        by=desk.officer,
        at=clock.now(),
        membership=member,
        kind=EventKind.LEAVE,
        on=clock.today(),
        reason="本人申请",
    )
    desk.decide(again)
    member.refresh_from_db()
    kinds = list(MembershipEvent.objects.filter(person=member.person).values_list("kind", flat=True))
    assert kinds == ["JOIN", "LEAVE", "RESTORE"]
    assert (member.standing, member.joined_on) == (Standing.MEMBER, clock.today())
    assert Person.objects.filter(particulars__identity_index=again.identity_index).count() == 1


def test_an_application_of_a_member_leads_to_the_record_within_reach(desk, client, city):
    member = desk.member(identity=identity_number(902))
    again = desk.accepted(identity=identity_number(902))
    client.force_login(desk.officer)
    page = client.get(f"/applications/{again.public_id}").content.decode()
    assert page.count(f'href="/members/{member.public_id}"') == 1
    elsewhere = Union.objects.get(name="江岸街道总工会")
    told = {"at": clock.now(), "on": clock.today(), "membership": member, "union": elsewhere}
    ledger.transfer_in(by=city.administrator, **told)
    page = client.get(f"/applications/{again.public_id}").content.decode()
    assert page.count(f'href="/members/{member.public_id}"') == 0
    assert page.count('href="/members/take-over"') == 1


class TestSource:
    def test_the_last_contact_within_90_days_is_the_source(self, desk):
        at = clock.now()
        fair = desk.session(Channel.JOB_FAIR, at - timedelta(days=80))
        meeting = desk.session(starts_at=at - timedelta(days=3))
        phone = "19900008888"
        for session, days in ((fair, 80), (meeting, 3)):
            outreach.check_in(
                at=at,
                session=session,
                key=session.public_id,
                scanned_at=at - timedelta(days=days),
                phone=phone,
            )
        application = desk.accepted(phone=phone)
        desk.decide(application)
        found = Attribution.objects.get(application=application)
        assert (found.channel, found.session, len(found.assists), found.rule_version) == (
            Channel.COMMUNICATION_MEETING,
            meeting,
            1,
            1,
        )

    def test_an_older_contact_is_none_and_unknown_is_said(self, desk):
        at = clock.now()
        fair = desk.session(Channel.JOB_FAIR, at - timedelta(days=95))
        outreach.check_in(
            at=at, session=fair, key="a", scanned_at=at - timedelta(days=91), phone="19900008888"
        )
        application = desk.accepted(phone="19900008888")
        desk.decide(application)
        found = Attribution.objects.get(application=application)
        assert (found.channel, found.session, found.assists) == (Channel.UNKNOWN, None, [])

    def test_contacts_after_sending_do_not_count(self, desk):
        application = desk.accepted(phone="19900008888")
        outreach.check_in(
            at=clock.now(), session=desk.session(), key="a", scanned_at=clock.now(), phone="19900008888"
        )
        desk.decide(application)
        assert Attribution.objects.get().channel == Channel.UNKNOWN

    def test_a_check_in_sent_twice_counts_once(self, desk):
        session = desk.session()
        for _ in range(2):
            outreach.check_in(
                at=clock.now(), session=session, key="same", scanned_at=clock.now(), phone="19900008888"
            )
        assert (session.check_ins.count(), session.touches.count()) == (1, 1)


def test_states_are_kept_by_the_database(desk):
    from django.db import IntegrityError, transaction

    one = desk.apply()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=one.pk).update(state=ApplicationState.ACCEPTED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=one.pk).update(state=ApplicationState.APPROVED)


def test_what_waits_and_what_is_overdue_stands_on_the_first_page(desk, client):
    long_ago = clock.now() - timedelta(days=40)
    unconfirmed, sent, late, accepted = desk.apply(), desk.apply(), desk.apply(at=long_ago), desk.accepted()
    for one in (late, sent):
        applying.confirm_at_desk(by=desk.officer, at=one.created_at, application=one)
    desk.member(at=long_ago)
    client.force_login(desk.officer)
    page = client.get(reverse("today"))
    assert page.context["joining"] == {
        "UNCONFIRMED": 1, "SUBMITTED": 2, "RETURNED": 0, "ACCEPTED": 1, "OVERDUE": 1,
    }  # fmt: skip
    waiting = {
        "OVERDUE": [late],
        "UNCONFIRMED": [unconfirmed],
        "SUBMITTED": [late, sent],
        "ACCEPTED": [accepted],
    }
    for state, shown in waiting.items():
        address = f"{reverse('membership:applications')}?state={state}"
        assert f'href="{address}"' in page.content.decode()
        assert list(client.get(address).context["table"].data.data) == shown
    client.force_login(desk.city.organiser)
    assert client.get(reverse("today")).context["joining"]["SUBMITTED"] == 0


def test_the_queue_has_what_waits_on_top_due_first_then_the_newest(desk):
    at = clock.now()
    decided = [desk.member(at=at - timedelta(days=days)).person.applications.get() for days in (40, 30)]
    waiting = [desk.accepted(at=at - timedelta(days=days)) for days in (10, 20, 20)]
    listed = list(queries.applications.within([desk.street.pk]))
    assert listed == [waiting[1], waiting[2], waiting[0], decided[1], decided[0]]
