from __future__ import annotations

from datetime import timedelta

import pytest

from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import MatchState
from unionhall.apps.membership.models import CategorySet, Match, MembershipEvent, Snapshot
from unionhall.apps.membership.usecases import duplicates, figures, ledger
from unionhall.apps.people.models import Particulars, Person
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal


def refused(work):
    with pytest.raises(Refusal) as raised:
        work()
    return raised.value.code


@pytest.fixture
def listed(db):
    return CategorySet.objects.get(code="FOUR_GROUPS")


@pytest.fixture
def close(desk, listed):
    def work(**more):
        told = {
            "by": desk.officer,
            "at": clock.now(),
            "union": desk.district,
            "starts": clock.today() - timedelta(days=40),
            "ends": clock.today(),
            "listed": listed,
        }
        return figures.close_period(**(told | more))

    return work


@pytest.fixture
def members(desk):
    """Three members of 30 days ago: two riders, one guard, who stands in the other list only."""
    at = clock.now() - timedelta(days=30)
    return [desk.member(at=at, occupation=one) for one in ("FOOD_RIDER", "COURIER", "SECURITY_GUARD")]


def test_a_closed_period_leads_to_its_rows(desk, members, close, listed):
    snapshot = close()
    assert snapshot.figures == {
        "JOINS": 3,
        "NEW_EMPLOYMENT_JOINS": 2,
        "TRANSFERS_IN": 0,
        "TRANSFERS_OUT": 0,
        "RETAINED": 0,
        "RESTORED": 0,
        "LEFT": 0,
        "REMOVED": 0,
        "MEMBERS": 3,
        "GAINED": 3,
        "LOST": 0,
        "NET": 3,
    }
    keys = queries.figures.snapshot_keys(snapshot, "NEW_EMPLOYMENT_JOINS")
    behind = queries.figures.entries_behind(keys)
    assert [(one.person, one.occupation) for one in behind] == [
        (members[0].person, "FOOD_RIDER"),
        (members[1].person, "COURIER"),
    ]
    assert set(figures.verified(snapshot).values()) == {True}


def test_by_the_other_list_the_same_period_counts_another_number(members, close):
    eight = CategorySet.objects.get(code="EIGHT_GROUPS")
    assert close(listed=eight).figures["NEW_EMPLOYMENT_JOINS"] == 3


def test_a_transfer_is_no_join(desk, members, close):
    ledger.transfer_in(
        by=desk.officer,
        at=clock.now(),
        membership=members[0],
        union=desk.district,
        on=clock.today() - timedelta(days=1),
    )
    told = close().figures
    assert (told["JOINS"], told["TRANSFERS_IN"], told["TRANSFERS_OUT"], told["NET"]) == (3, 1, 1, 3)


def test_a_later_correction_is_a_restatement_with_its_reason(desk, members, close):
    first = close()
    assert refused(close) == "REASON_MISSING"
    assert refused(lambda: close(reason="复核")) == "SAME_FIGURES"
    wrong = MembershipEvent.objects.get(person=members[2].person)
    ledger.correct_entry(by=desk.officer, at=clock.now(), event=wrong, reason="重复录入")
    second = close(reason="更正一条重复录入")
    assert (first.revision, second.revision) == (1, 2)
    assert (first.figures["JOINS"], second.figures["JOINS"]) == (3, 2)
    assert Snapshot.objects.get(pk=first.pk).figures["JOINS"] == 3
    # What the first snapshot counted still says what it said; nothing was taken out of the ledger.
    assert set(figures.verified(first).values()) == {True}


def test_when_a_period_cannot_be_closed(close):
    assert refused(lambda: close(ends=clock.today() + timedelta(days=1))) == "PERIOD_OPEN"
    assert refused(lambda: close(starts=clock.today())) == "PERIOD_EMPTY"


class TestMatches:
    def twin(self, desk, member, **more):
        """Another record of the same person under another number, as an old register would bring it."""
        own = Particulars.objects.get(person=member.person)
        twin = Person.objects.create(name=member.person.name, union=desk.street)
        told = {
            "phone_sealed": b"x",
            "phone_index": bytes(own.phone_index),
            "phone_tail_index": bytes(own.phone_tail_index),
            "birth": own.birth,
        }
        Particulars.objects.create(person=twin, **(told | more))
        return twin

    def find(self, desk):
        return duplicates.find_matches(by=desk.officer, at=clock.now(), union=desk.district)

    def test_pairs_are_found_once(self, desk, members):
        twin = self.twin(desk, members[0])
        assert self.find(desk) == 1
        assert self.find(desk) == 0
        match = Match.objects.get()
        assert (match.first, match.second, match.kind) == (members[0].person, twin, "PHONE")

    def test_a_merge_can_be_taken_back(self, desk, members, close):
        twin = self.twin(desk, members[0])
        self.find(desk)
        match = Match.objects.get()
        told = {"by": desk.officer, "at": clock.now(), "match": match}
        assert refused(lambda: duplicates.merge_persons(kept=twin, **told)) == "MERGE_KEEP_MEMBER"
        duplicates.merge_persons(kept=members[0].person, **told)
        twin.refresh_from_db()
        assert (twin.merged_into, twin.particulars.superseded) == (members[0].person, True)
        assert close().figures["JOINS"] == 3
        duplicates.part_persons(**told)
        twin = Person.objects.get(pk=twin.pk)
        match.refresh_from_db()
        assert (twin.merged_into, twin.particulars.superseded, match.state) == (None, False, MatchState.OPEN)

    def test_two_joins_of_one_person_count_as_the_first(self, desk, members, close):
        first, second = members[0], desk.member(at=clock.now() - timedelta(days=10), occupation="COURIER")
        low, high = sorted((first.person, second.person), key=lambda person: person.pk)
        match = Match.objects.create(first=low, second=high, kind="PHONE", found_at=clock.now())
        assert close().figures["JOINS"] == 4
        duplicates.merge_persons(by=desk.officer, at=clock.now(), match=match, kept=second.person)
        told = close(reason="合并重复人员").figures
        assert (told["JOINS"], told["MEMBERS"]) == (3, 3)

    def test_members_of_two_unions_are_transferred_first(self, desk, members):
        other = desk.member(at=clock.now() - timedelta(days=20))
        ledger.transfer_in(
            by=desk.officer, at=clock.now(), membership=other, union=desk.district, on=clock.today()
        )
        low, high = sorted((members[0].person, other.person), key=lambda person: person.pk)
        match = Match.objects.create(first=low, second=high, kind="PHONE", found_at=clock.now())
        told = {"by": desk.officer, "at": clock.now(), "match": match}
        assert refused(lambda: duplicates.merge_persons(kept=low, **told)) == "MERGE_TWO_UNIONS"
        duplicates.keep_apart(**told)
        assert refused(lambda: duplicates.merge_persons(kept=low, **told)) == "MATCH_STATE"
