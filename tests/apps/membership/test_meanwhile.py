"""Two officers at once: whoever comes second works on what is, not on the page that was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.apps.membership.conftest import identity_number
from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import ApplicationState, EventKind, Standing
from unionhall.apps.membership.models import Application, Match, Membership, MembershipEvent
from unionhall.apps.membership.usecases import duplicates, ledger
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Particulars, Person
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal


def refused(work):
    with pytest.raises(Refusal) as raised:
        work()
    return raised.value.code


@pytest.fixture
def told(desk):
    return {"by": desk.officer, "at": clock.now(), "on": clock.today()}


def pair(desk, first, second):
    low, high = sorted((first, second), key=lambda person: person.pk)
    return Match.objects.create(first=low, second=high, kind="PHONE", found_at=clock.now())


def test_an_end_is_written_with_the_union_that_holds_the_member_now(desk, told):
    member = desk.member()
    old_page = Membership.objects.get(pk=member.pk)
    ledger.transfer_in(membership=member, union=desk.district, **told)
    ledger.end_membership(membership=old_page, kind=EventKind.LEAVE, reason="本人申请", **told)
    left = MembershipEvent.objects.get(person=member.person, kind=EventKind.LEAVE)
    assert left.union == desk.district


def test_a_transfer_leaves_the_roll_where_the_member_stands_now(desk, told):
    member = desk.member()
    old_page = Membership.objects.get(pk=member.pk)
    ledger.transfer_in(membership=member, union=desk.district, **told)
    works = Union.objects.get(name="环境卫生服务中心工会")
    ledger.transfer_in(membership=old_page, union=works, **told)
    moves = MembershipEvent.objects.filter(person=member.person).order_by("pk")
    assert [(one.kind, one.union) for one in moves] == [
        ("JOIN", desk.street),
        ("TRANSFER_OUT", desk.street),
        ("TRANSFER_IN", desk.district),
        ("TRANSFER_OUT", desk.district),
        ("TRANSFER_IN", works),
    ]


def test_whoever_moved_beyond_reach_meanwhile_is_not_touched(desk, told, city):
    member = desk.member()
    old_page = Membership.objects.get(pk=member.pk)
    elsewhere = Union.objects.get(name="江岸街道总工会")
    ledger.transfer_in(
        by=city.administrator, at=clock.now(), on=clock.today(), membership=member, union=elsewhere
    )
    assert refused(lambda: ledger.transfer_out(membership=old_page, reason="离职", **told)) == "NOT_ALLOWED"


def test_nothing_is_written_into_a_merged_record(desk, told):
    kept, other = desk.member(), desk.member()
    match = pair(desk, kept.person, other.person)
    duplicates.merge_persons(by=desk.officer, at=clock.now(), match=match, kept=kept.person)
    works = Union.objects.get(name="环境卫生服务中心工会")
    stale = Membership.objects.get(pk=other.pk)
    assert refused(lambda: ledger.transfer_in(membership=stale, union=works, **told)) == "LEDGER_MERGED"
    event = MembershipEvent.objects.get(person=other.person)
    correct = {"by": desk.officer, "at": clock.now(), "event": event, "reason": "误录"}
    assert refused(lambda: ledger.correct_entry(**correct)) == "LEDGER_MERGED"


def test_a_merge_reads_anew_where_both_stand(desk):
    """The page's own objects may be old: what counts is what stands in the database."""
    first, second, third = desk.member(), desk.member(), desk.member()
    old = Person.objects.get(pk=first.person_id)
    duplicates.merge_persons(
        by=desk.officer,
        at=clock.now(),
        match=pair(desk, first.person, second.person),
        kept=second.person,
    )
    match = pair(desk, first.person, third.person)
    assert (
        refused(lambda: duplicates.merge_persons(by=desk.officer, at=clock.now(), match=match, kept=old))
        == "MERGED_ALREADY"
    )


def test_the_number_of_a_merged_record_is_still_that_persons(desk):
    """An application under the superseded number is no stranger's: nobody joins a second time."""
    kept, other = desk.member(identity=identity_number(801)), desk.member(identity=identity_number(802))
    match = pair(desk, kept.person, other.person)
    duplicates.merge_persons(by=desk.officer, at=clock.now(), match=match, kept=kept.person)
    again = desk.accepted(identity=identity_number(802))
    assert queries.duplicates.holder_of(bytes(again.identity_index)) == kept.person
    assert refused(lambda: desk.decide(again)) == "ALREADY_MEMBER"
    assert MembershipEvent.objects.filter(kind=EventKind.JOIN).count() == 2


def test_a_merge_is_not_taken_back_while_another_record_holds_the_number(desk):
    kept, other = desk.member(identity=identity_number(803)), desk.member(identity=identity_number(804))
    match = pair(desk, kept.person, other.person)
    told = {"by": desk.officer, "at": clock.now(), "match": match}
    duplicates.merge_persons(kept=kept.person, **told)
    held = Particulars.objects.get(person=other.person)
    Particulars.objects.filter(person=kept.person).update(identity_index=held.identity_index)
    assert refused(lambda: duplicates.part_persons(**told)) == "PART_NUMBER_HELD"
    assert Person.objects.get(pk=other.person_id).merged_into == kept.person


def test_what_came_after_the_page_was_made_is_not_decided_with_it(desk, client):
    client.force_login(desk.officer)
    seen = desk.accepted()
    where = f"/unions/{desk.street.public_id}/decisions/new"
    client.get(where)
    unseen = desk.accepted()
    client.post(
        where,
        {
            "decided_on": clock.today().isoformat(),
            "present": "柳青",
            "evidence": "纪要 9",
            f"verdict-{seen.public_id}": "APPROVE",
        },
    )
    states = [Application.objects.get(pk=one.pk).state for one in (seen, unseen)]
    assert states == [ApplicationState.APPROVED, ApplicationState.ACCEPTED]


def test_who_left_does_not_leave_again(desk, told):
    member = desk.member(at=clock.now() - timedelta(days=3))
    old_page = Membership.objects.get(pk=member.pk)
    ledger.end_membership(membership=member, kind=EventKind.LEAVE, reason="本人申请", **told)
    again = {"membership": old_page, "kind": EventKind.LEAVE, "reason": "本人申请"}
    assert refused(lambda: ledger.end_membership(**again, **told)) == "LEDGER_ORDER"
    member.refresh_from_db()
    assert member.standing == Standing.ENDED


def test_two_committees_approve_one_person_at_the_same_moment(desk, monkeypatch):
    """The second looked before the first had written: the number, held once, tells it."""
    first, second = desk.accepted(identity=identity_number(805)), desk.accepted(identity=identity_number(805))
    desk.decide(first)
    monkeypatch.setattr(queries.duplicates, "holder_of", lambda _index: None)
    persons = Person.objects.count()
    assert refused(lambda: desk.decide(second)) == "ALREADY_MEMBER"
    assert Person.objects.count() == persons
