from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.apps.membership.conftest import officer_of
from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import EventKind, Standing
from unionhall.apps.membership.models import Engagement, Membership, MembershipEvent
from unionhall.apps.membership.queries.counting import FIGURES, LedgerRow, Period, count, packed, unpacked
from unionhall.apps.membership.queries.ledger import Entry, Stand, standing_of
from unionhall.apps.membership.usecases import ledger
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.models import AuditLine
from unionhall.kernel.refusals import Refusal


def refused(work):
    with pytest.raises(Refusal) as raised:
        work()
    return raised.value.code


@pytest.fixture
def act(desk):
    """Write an entry of a member as of some days ago, by the officer."""

    def write(work, membership, days=0, **more):
        membership.refresh_from_db()
        told = {"by": desk.officer, "at": clock.now(), "membership": membership}
        return work(on=clock.today() - timedelta(days=days), reason="换工作", **told, **more)

    return write


@pytest.fixture
def member(desk):
    return desk.member(at=clock.now() - timedelta(days=30))


def stand(membership):
    membership.refresh_from_db()
    return Stand(Standing(membership.standing), membership.union_id, membership.since, membership.joined_on)


def test_joined_once_it_follows_the_job(desk, member, act):
    joined = member.joined_on
    act(ledger.transfer_in, member, days=20, union=desk.district, occupation="COURIER")
    assert stand(member) == Stand(
        Standing.MEMBER, desk.district.pk, clock.today() - timedelta(days=20), joined
    )
    act(ledger.retain, member, days=10, union=desk.district)
    assert stand(member).standing == Standing.RETAINED
    act(ledger.restore, member, days=5, union=desk.street)
    assert stand(member) == Stand(Standing.MEMBER, desk.street.pk, clock.today() - timedelta(days=5), joined)
    act(ledger.transfer_out, member, days=3)
    assert (stand(member).standing, stand(member).union) == (Standing.MOVING, None)
    kinds = list(MembershipEvent.objects.filter(person=member.person).values_list("kind", flat=True))
    assert kinds == ["JOIN", "TRANSFER_OUT", "TRANSFER_IN", "RETAIN", "RESTORE", "TRANSFER_OUT"]
    assert stand(member) == standing_of(queries.ledger.entries_of(member.person))


def test_a_transfer_keeps_the_work_unless_another_is_named(desk, member, act):
    def works():
        rows = Engagement.objects.filter(person=member.person).order_by("pk")
        return [(one.occupation, one.employer and one.employer.name, one.workplace, one.ends) for one in rows]

    def entered():
        return MembershipEvent.objects.filter(person=member.person).order_by("pk").last().occupation

    day = clock.today() - timedelta(days=20)
    act(ledger.transfer_in, member, days=25, union=desk.district)
    assert entered() == "FOOD_RIDER"
    assert works() == [("FOOD_RIDER", None, "快送", None)]
    act(
        ledger.transfer_in, member, days=20, union=desk.street, occupation="COURIER", workplace="顺达速递东站"
    )
    assert entered() == "COURIER"
    assert works() == [("FOOD_RIDER", None, "快送", day), ("COURIER", "顺达速递东站", "", None)]
    act(ledger.transfer_in, member, days=20, union=desk.district, occupation="OTHER")
    assert works()[1:] == [("OTHER", "顺达速递东站", "", None)]


def test_another_district_takes_over_whom_the_former_union_has_let_go(desk, act, client):
    number = desk.answers().identity
    member = desk.member(identity=number, at=clock.now() - timedelta(days=30))
    joined = member.joined_on
    west = Union.objects.get(name="城西区总工会")
    officer = officer_of(west.name)
    told = {"id_kind": "ID_CARD", "identity": number, "union": west.pk, "occupation": "COURIER"}
    told |= {"employment": "PLATFORM", "workplace": "顺达", "on": clock.today(), "reason": "换了工作"}

    def ask(**more):
        return client.post(reverse("membership:take-over"), told | more)

    def said(page):
        return (page.status_code, page.context["form"].non_field_errors()[0].split("。")[0])

    client.force_login(officer)
    assert said(ask()) == (422, "该会员仍在梧桐里街道总工会名册上")
    assert said(ask(identity=desk.answers().identity)) == (422, "没有会员或曾经的会员持有此证件号码")
    assert ask(identity="110").status_code == 422
    act(ledger.transfer_out, member, days=3)
    assert ask().status_code == 302
    assert stand(member) == Stand(Standing.MEMBER, west.pk, clock.today(), joined)
    assert Engagement.objects.get(person=member.person, ends=None).workplace == "顺达"
    assert said(ask()) == (422, "已在城西区总工会")
    asked = AuditLine.objects.filter(action="membership.ask_over").order_by("pk")
    one = {"person": member.person.public_id}
    assert [line.refs for line in asked] == [one, {}, one, one]

    ledger.retain(by=officer, at=clock.now(), membership=member, union=west, on=clock.today(), reason="x")
    client.force_login(desk.officer)
    # What is left open stays; a workplace is noted where a retained membership lives again, too.
    assert ask(union=desk.street.pk, occupation="", workplace="快送").status_code == 302
    assert stand(member) == Stand(Standing.MEMBER, desk.street.pk, clock.today(), joined)
    now = Engagement.objects.get(person=member.person, ends=None)
    assert (now.occupation, now.workplace) == ("COURIER", "快送")
    act(ledger.end_membership, member, kind=EventKind.LEAVE)
    assert said(ask(union=desk.street.pk)) == (422, "该会籍已终止")


def test_what_cannot_follow_is_refused(desk, member, act):
    assert refused(lambda: act(ledger.restore, member, union=desk.street)) == "LEDGER_ORDER"
    assert refused(lambda: act(ledger.transfer_in, member, union=desk.street)) == "SAME_UNION"
    assert refused(lambda: act(ledger.transfer_out, member, days=31)) == "LEDGER_DATE"
    assert refused(lambda: act(ledger.transfer_out, member, days=-1)) == "LEDGER_DATE"
    act(ledger.end_membership, member, kind=EventKind.REMOVE)
    assert refused(lambda: act(ledger.transfer_in, member, union=desk.district)) == "LEDGER_ORDER"


def test_the_last_entry_can_be_corrected_and_stays_to_be_read(desk, member, act):
    before = stand(member)
    act(ledger.transfer_in, member, days=20, union=desk.district)
    first, out, into = MembershipEvent.objects.filter(person=member.person).order_by("pk")
    for event in (first, out):
        assert refused(lambda event=event: _correct(desk, event)) == "NOT_LAST"
    _correct(desk, into)
    assert stand(member).standing == Standing.MOVING
    _correct(desk, out)
    assert stand(member) == before
    assert MembershipEvent.objects.filter(person=member.person).count() == 5
    assert refused(lambda: _correct(desk, out)) == "NOT_LAST"


def _correct(desk, event):
    return ledger.correct_entry(by=desk.officer, at=clock.now(), event=event, reason="录入错误")


def test_the_ledger_cannot_be_changed(member):
    from django.db import DatabaseError, transaction

    for work in (
        lambda: MembershipEvent.objects.update(on=date(2020, 1, 1)),
        lambda: MembershipEvent.objects.filter(person=member.person)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            work()
    assert Membership.objects.get(pk=member.pk).standing == Standing.MEMBER


# Figures of a period, against a slow count that asks one question after the other.

DAY = date(2026, 1, 1)
KINDS = [kind for kind in EventKind if kind != EventKind.CORRECT]


@st.composite
def ledgers(draw):
    """Lawful lives of some persons, with corrections, in the order in which the ledger is read."""
    rows, key = [], 0
    for person in range(draw(st.integers(0, 5))):
        standing, day, mine = Stand(), DAY, []
        merged = person > 0 and draw(st.booleans())
        for _ in range(draw(st.integers(0, 6))):
            key += 1
            if mine and draw(st.integers(0, 4)) == 0:
                last = mine[-1]
                rows.append(LedgerRow(person, key, "CORRECT", last.union, last.on, "", last.key, merged))
                mine.pop()
                standing = standing_of([Entry(r.key, EventKind(r.kind), r.union, r.on) for r in mine])
                continue
            possible = [k for k in KINDS if k in queries.ledger.NEXT[standing.standing]]
            kind = draw(st.sampled_from(possible))
            day = max(day, standing.since or DAY) + timedelta(days=draw(st.integers(0, 40)))
            union = draw(st.integers(1, 3))
            row = LedgerRow(
                person, key, kind, union, day, draw(st.sampled_from(["COURIER", "OTHER"])), None, merged
            )
            standing = standing.after(Entry(key, kind, union, day))
            mine.append(row)
            rows.append(row)
    # The first person may be who others were merged into.
    return sorted(
        (row._replace(person=0) if row.merged else row for row in rows), key=lambda row: (row.person, row.key)
    )


def _lasts(rows):
    last = {}
    for row in sorted((r for r in rows if not r.merged), key=lambda r: r.key):
        last[row.person] = row
    return list(last.values())


def slow(rows, period):
    """Each figure by its definition, one at a time."""
    voided = {row.corrects for row in rows if row.corrects is not None}
    valid = [r for r in rows if r.corrects is None and r.key not in voided and r.on < period.ends]
    here = [r for r in valid if r.on >= period.starts and r.union in period.unions]
    people = {r.person for r in valid}
    firsts = [
        min(
            (r for r in valid if r.person == p and r.kind == "JOIN"),
            key=lambda r: (r.on, r.key),
            default=None,
        )
        for p in people
    ]
    joins = [r for r in firsts if r in here]
    lasts = [
        max((r for r in valid if r.person == p and not r.merged), key=lambda r: r.key, default=None)
        for p in people
    ]
    found = {
        "JOINS": joins,
        "NEW_EMPLOYMENT_JOINS": [r for r in joins if r.occupation in period.occupations],
        "MEMBERS": [
            r
            for r in lasts
            if r and r.kind in ("JOIN", "TRANSFER_IN", "RESTORE") and r.union in period.unions
        ],
    }
    names = {
        "TRANSFERS_IN": "TRANSFER_IN",
        "TRANSFERS_OUT": "TRANSFER_OUT",
        "RETAINED": "RETAIN",
        "RESTORED": "RESTORE",
        "LEFT": "LEAVE",
        "REMOVED": "REMOVE",
    }
    on_roll = {
        figure: {
            r.person
            for r in found_last
            if r.kind in ("JOIN", "TRANSFER_IN", "RESTORE") and r.union in period.unions
        }
        for figure, found_last in (
            ("before", _lasts([r for r in valid if r.on < period.starts])),
            ("after", _lasts(valid)),
        )
    }
    by_person = {r.person: r for r in _lasts(valid)}
    found["GAINED"] = [by_person[p] for p in on_roll["after"] - on_roll["before"]]
    found["LOST"] = [by_person[p] for p in on_roll["before"] - on_roll["after"]]
    for figure, kind in names.items():
        found[figure] = [r for r in here if r.kind == kind and not r.merged]
    return {figure: sorted(r.key for r in found[figure]) for figure in FIGURES}


@given(
    ledgers(),
    st.integers(0, 60),
    st.integers(1, 120),
    st.frozensets(st.integers(1, 3)),
)
def test_figures_are_what_their_definitions_say(rows, begin, length, unions):
    starts = DAY + timedelta(days=begin)
    period = Period(unions, starts, starts + timedelta(days=length), frozenset({"COURIER"}))
    counted = count(rows, period)
    assert {name: list(keys) for name, keys in counted.keys.items()} == slow(rows, period)


@given(ledgers(), st.integers(0, 60), st.integers(1, 120), st.frozensets(st.integers(1, 3)))
def test_members_change_by_exactly_the_net_of_a_period(rows, begin, length, unions):
    starts = DAY + timedelta(days=begin)
    ends = starts + timedelta(days=length)
    figures = count(rows, Period(unions, starts, ends, frozenset())).figures
    before = count(rows, Period(unions, DAY - timedelta(days=1), starts, frozenset())).figures
    assert figures["MEMBERS"] - before["MEMBERS"] == figures["NET"]


@given(st.lists(st.integers(1, 2**62), unique=True).map(sorted))
def test_keys_are_packed_without_loss(keys):
    assert list(unpacked(packed(keys))) == keys
