from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.apps.coverage.conftest import code_of, credit_code
from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import Gone, Source, UnionState
from unionhall.apps.coverage.models import ContactEntry, Enterprise, Site, StateEntry, VisitContact
from unionhall.apps.coverage.usecases import contacts, enterprises, states
from unionhall.apps.coverage.usecases.enterprises import Told, adding
from unionhall.apps.people.codes import RevealReason
from unionhall.engines.identifiers import registration_check_digit
from unionhall.kernel import audit, clock
from unionhall.kernel.audit import SYSTEM

YESTERDAY, TOMORROW = timedelta(days=-1), timedelta(days=1)


def told_of(enterprise):
    return list(enterprise.names.order_by("pk").values_list("name", "former"))


def test_what_is_entered_stands_in_the_row_and_begins_its_histories(ledger):
    on = ledger.today + YESTERDAY
    one = ledger.add(
        "杭州云栖信息技术有限公司",
        address="浙江省杭州市西湖区文三路12号",
        headcount=31,
        headcount_on=on,
        trade="软件和信息技术服务业",
        state="NONE",
    )
    one = ledger.fresh(one)
    assert (one.sector, one.size, one.state, one.credit_code) == ("I", "S25", "NONE", credit_code(1))
    assert (one.area_code, one.road, one.number) == ("330106", "文三路", "12")
    assert told_of(one) == [("杭州云栖信息技术有限公司", False)]
    assert list(one.numbers.values_list("kind", "code", "former")) == [("CREDIT", credit_code(1), False)]
    assert list(one.headcounts.values_list("count", "on", "source")) == [(31, on, "HAND")]
    assert list(one.state_entries.values_list("state", "on")) == [("NONE", ledger.today)]
    assert [line.action for line in audit.history(one)] == ["enterprise.add"]


def test_one_enterprise_is_entered_once(ledger):
    one = ledger.add("江岸食品厂")
    add = enterprises.add_enterprise
    given = {"by": ledger.officer, "ground": ledger.district, "source": Source.HAND}
    assert code_of(add, told=Told("别的名字", codes=(one.credit_code,)), **given) == "ENTERPRISE_EXISTS"
    here = given | {"ground": ledger.street}
    assert code_of(add, told=Told("江岸食品厂"), **here) == "ENTERPRISE_EXISTS"
    # The same name elsewhere is another enterprise while no number says otherwise.
    assert code_of(add, told=Told("江岸食品厂"), **given) == ""
    many = enterprises.add_enterprises
    assert code_of(many, told=[Told("甲"), Told("甲 ")], **given) == "TWICE_IN_LIST"
    assert Enterprise.objects.filter(name="甲").count() == 0


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": " "}, "NAME_MISSING"),
        ({"name": "甲", "codes": ("9.11E+17",)}, "CODE_WRONG"),
        ({"name": "甲", "codes": ("91990000MA0000011X",)}, "CODE_WRONG"),
        ({"name": "甲", "state": "BEING_FOUNDED"}, "STATE_BY_FOUNDING"),
        ({"name": "甲", "next_due": clock.today()}, "STEP_MISSING"),
        ({"name": "甲", "headcount": 3, "headcount_on": clock.today() + TOMORROW}, "FUTURE"),
    ],
)
def test_what_cannot_be_is_refused(ledger, told, code):
    given = {"by": ledger.officer, "ground": ledger.street, "source": Source.HAND}
    assert code_of(enterprises.add_enterprise, told=Told(**told), **given) == code
    assert Enterprise.objects.count() == 0


def test_numbers_are_told_apart_by_their_check_digits(ledger):
    former = "33010600012345"
    one = ledger.add("老厂", codes=(former + registration_check_digit(former),))
    assert list(one.numbers.values_list("kind", flat=True)) == ["REGISTRATION"]
    assert ledger.fresh(one).credit_code is None
    enterprises.note_code(
        by=ledger.officer, at=clock.now(), enterprise=one, code=credit_code(77), source=Source.MARKET
    )
    assert ledger.fresh(one).credit_code == credit_code(77)
    enterprises.note_code(
        by=ledger.officer, at=clock.now(), enterprise=one, code=credit_code(78), source=Source.MARKET
    )
    held = one.numbers.filter(kind="CREDIT").order_by("pk").values_list("code", "former")
    assert list(held) == [(credit_code(77), True), (credit_code(78), False)]
    other = ledger.add()
    refused = code_of(
        enterprises.note_code, by=ledger.officer, enterprise=other, code=credit_code(78), source=Source.TAX
    )
    assert refused == "ENTERPRISE_EXISTS"


def test_a_renamed_enterprise_is_found_by_both_names(ledger):
    one = ledger.add("旧名商贸有限公司")
    ledger.add("别家")
    since = ledger.today + YESTERDAY
    enterprises.rename(
        by=ledger.officer,
        at=clock.now(),
        enterprise=one,
        name="新名科技有限公司",
        since=since,
        source=Source.MARKET,
    )
    assert told_of(one) == [("旧名商贸有限公司", True), ("新名科技有限公司", False)]
    reach = frozenset({ledger.street.pk})
    for text in ("旧名", "新名", one.credit_code[:16], one.public_id):
        assert [
            row.pk for row in queries.enterprises.ledger(reach).filter(queries.enterprises.like(text))
        ] == [one.pk]


def test_an_older_count_does_not_hide_a_later_one(ledger):
    one = ledger.add(headcount=40)
    enterprises.count_employees(
        by=ledger.officer,
        at=clock.now(),
        enterprise=one,
        count=5,
        on=ledger.today + YESTERDAY,
        source=Source.TAX,
    )
    assert ledger.fresh(one).headcount == 40
    enterprises.count_employees(
        by=ledger.officer, at=clock.now(), enterprise=one, count=24, on=ledger.today, source=Source.INSURANCE
    )
    assert (ledger.fresh(one).headcount, ledger.fresh(one).size) == (24, "S10")
    assert list(one.headcounts.order_by("pk").values_list("count", flat=True)) == [40, 5, 24]


def test_states_are_dated_and_only_added(ledger):
    one = ledger.add(state="NONE", state_on=ledger.today + YESTERDAY)
    given = {"by": ledger.officer, "enterprise": one, "source": Source.VISIT}
    assert code_of(states.set_state, state=UnionState.REFUSED, on=ledger.today, **given) == "STATE_REASON"
    assert code_of(states.set_state, state=UnionState.FOUNDED, on=ledger.today, **given) == "STATE_REASON"
    early, told = ledger.today - timedelta(days=9), given | {"reason": "看了工会法人证书"}
    assert code_of(states.set_state, state=UnionState.FOUNDED, on=early, **told) == "STATE_BEFORE"
    assert (
        code_of(states.set_state, state=UnionState.BEING_FOUNDED, on=ledger.today, **given)
        == "STATE_BY_FOUNDING"
    )
    assert code_of(states.set_state, state=UnionState.FOUNDED, on=ledger.today + TOMORROW, **told) == "FUTURE"
    states.set_state(
        at=clock.now(), state=UnionState.NOT_DUE, on=ledger.today, reason="只有夫妻两人", **given
    )
    assert ledger.fresh(one).state == "NOT_DUE"
    assert list(queries.enterprises.states(one).values_list("state", flat=True)) == ["NOT_DUE", "NONE"]
    for table in (StateEntry, ContactEntry):
        assert table in audit.guarded()
    with pytest.raises(DatabaseError), transaction.atomic():
        StateEntry.objects.all().delete()


def test_a_contact_shows_in_the_row_and_replaces_the_next_step(ledger):
    one = ledger.add(state="NONE", next_step="上门", next_due=ledger.today)
    ledger.contact(one, outcome="AGAIN", next_step="找人事经理", next_due=ledger.soon)
    row = ledger.fresh(one)
    assert (row.last_contact_on, row.next_step, row.next_due) == (ledger.today, "找人事经理", ledger.soon)
    ledger.contact(one, on=ledger.today + YESTERDAY, outcome="NOBODY")
    assert ledger.fresh(one).next_step == "找人事经理"
    ledger.contact(one, outcome="REFUSED", note="总部不同意")
    row = ledger.fresh(one)
    assert (row.state, row.next_step, row.next_due) == ("REFUSED", "", None)
    assert [line.outcome for line in queries.enterprises.contacts(one)] == ["REFUSED", "AGAIN", "NOBODY"]


def test_a_contact_sent_twice_is_noted_once(ledger):
    one = ledger.add()
    first = ledger.contact(one, key="k" * 32, note="一")
    assert ledger.contact(one, key="k" * 32, note="一") == first
    given = {"by": ledger.officer, "enterprise": one, "kind": "VISIT", "on": ledger.today, "outcome": "AGAIN"}
    assert code_of(contacts.note_contact, key="k" * 32, note="二", **given) == "KEY_REUSED"
    assert code_of(contacts.note_contact, next_due=ledger.soon, **given) == "STEP_MISSING"
    assert ContactEntry.objects.count() == 1


def test_whoever_is_to_be_asked_for_is_sealed_and_forgotten_with_the_need(ledger):
    one = ledger.add(state="NONE")
    given = {"by": ledger.officer, "enterprise": one}
    contacts.note_visit_contact(at=clock.now(), name="王经理", phone="15400000001", post="人事", **given)
    held = VisitContact.objects.get()
    assert "王经理".encode() not in bytes(held.name_sealed)
    assert b"15400000001" not in bytes(held.phone_sealed)
    shown = contacts.show_phone(by=ledger.officer, at=clock.now(), contact=held, reason=RevealReason.CONTACT)
    assert shown == "15400000001"
    assert audit.history(one)[0].refs == {"reason": "CONTACT"}
    contacts.note_visit_contact(at=clock.now(), name="李经理", phone="0571-88880000", **given)
    assert VisitContact.objects.count() == 1
    assert code_of(contacts.note_visit_contact, name="李", phone="123", **given) == "PHONE_WRONG"
    enterprises.mark_gone(
        by=ledger.officer, at=clock.now(), enterprise=one, gone=Gone.CLOSED, on=ledger.today
    )
    assert VisitContact.objects.count() == 0


def test_contact_persons_are_deleted_when_their_year_is_over(ledger):
    one, other = ledger.add(), ledger.add()
    for enterprise, days in ((one, 400), (other, 300)):
        contacts.note_visit_contact(
            by=ledger.officer, at=clock.now() - timedelta(days=days), enterprise=enterprise, name="甲"
        )
    assert contacts.purge(at=clock.now()) == 1
    assert VisitContact.objects.get().enterprise == other


def test_an_older_note_of_a_closure_does_not_close_who_was_met_since(ledger):
    one = ledger.add(state="NONE")
    ledger.contact(one, outcome="AGREED", next_step="送材料")
    ledger.contact(one, outcome="CLOSED", on=ledger.today - timedelta(days=300))
    assert (ledger.fresh(one).gone, ledger.fresh(one).next_step) == ("", "送材料")
    ledger.contact(one, outcome="CLOSED")
    assert ledger.fresh(one).gone == "CLOSED"


def test_where_nobody_goes_nobody_to_be_asked_for_is_noted_or_kept(ledger, client):
    covered, gone, there = (ledger.add(state="NONE") for _n in range(3))
    site = ledger.site()
    given = {"by": ledger.officer, "name": "王经理"}
    for here in (covered, gone, there):
        contacts.note_visit_contact(at=clock.now(), enterprise=here, **given)
    contacts.note_visit_contact(at=clock.now(), site=site, **given)
    # As a file or a person at the same time may leave it.
    Enterprise.objects.filter(pk=covered.pk).update(state="JOINT")
    Enterprise.objects.filter(pk=gone.pk).update(gone="CLOSED", gone_on=ledger.today)
    Site.objects.filter(pk=site.pk).update(closed_on=ledger.today)
    site.refresh_from_db()
    assert contacts.purge(at=clock.now()) == 3
    assert VisitContact.objects.get().enterprise == there
    for here in ({"enterprise": ledger.fresh(covered)}, {"enterprise": ledger.fresh(gone)}, {"site": site}):
        assert code_of(contacts.note_visit_contact, **given, **here) == "NOBODY_GOES"
    VisitContact.objects.all().delete()
    client.force_login(ledger.officer)
    asked = {}
    for here in (covered, gone, there):
        page = client.get(reverse("coverage:enterprise", args=[here.public_id])).content.decode()
        asked[here.pk] = reverse("coverage:person", args=[here.public_id]) in page
    assert asked == {covered.pk: False, gone.pk: False, there.pk: True}
    page = client.get(reverse("coverage:site", args=[site.public_id])).content.decode()
    assert reverse("coverage:site-person", args=[site.public_id]) not in page


def test_a_stranger_changes_nothing(ledger):
    one = ledger.add(ground=ledger.elsewhere, by=SYSTEM)
    given = {"by": ledger.officer, "enterprise": one}
    assert code_of(enterprises.rename, name="乙", since=None, source=Source.HAND, **given) == "NOT_ALLOWED"
    assert code_of(contacts.note_visit_contact, name="乙", **given) == "NOT_ALLOWED"
    noted = {"kind": "CALL", "on": ledger.today, "outcome": "AGREED"}
    assert code_of(contacts.note_contact, **noted, **given) == "NOT_ALLOWED"
    assert ledger.fresh(one).name == one.name
    reach = frozenset({ledger.street.pk, ledger.district.pk})
    assert list(queries.enterprises.ledger(reach)) == []


def test_a_closed_enterprise_leaves_the_list_and_may_come_back(ledger):
    one = ledger.add(state="NONE", next_step="上门", next_due=ledger.soon)
    ledger.contact(one, outcome="MOVED")
    row = ledger.fresh(one)
    assert (row.gone, row.gone_on, row.next_step, row.score) == ("MOVED", ledger.today, "", 0)
    reach = frozenset({ledger.street.pk})
    assert list(queries.enterprises.ledger(reach)) == []
    assert list(queries.enterprises.everything(reach)) == [one]
    enterprises.mark_back(by=ledger.officer, at=clock.now(), enterprise=one)
    assert list(queries.enterprises.ledger(reach)) == [one]


def test_one_that_moved_out_is_taken_in_with_its_history(ledger):
    there = ledger.add("搬迁食品厂", ground=ledger.elsewhere, by=SYSTEM, state="REFUSED")
    add = {"by": ledger.officer, "ground": ledger.street, "source": Source.HAND}
    told = Told("搬迁食品有限公司", codes=(there.credit_code,), address="梧桐里街道东港路8号")
    assert code_of(enterprises.add_enterprise, told=told, **add) == "ENTERPRISE_EXISTS"
    enterprises.mark_gone(by=SYSTEM, at=clock.now(), enterprise=there, gone=Gone.MOVED, on=ledger.today)
    here = enterprises.add_enterprise(at=clock.now(), told=told, **add)
    assert (here.pk, here.ground, here.gone, here.state) == (there.pk, ledger.street, "", "REFUSED")
    assert told_of(here) == [("搬迁食品厂", True), ("搬迁食品有限公司", False)]
    assert audit.history(here)[0].refs == {
        "from": ledger.elsewhere.public_id,
        "union": ledger.street.public_id,
    }


def test_an_enterprise_entered_in_the_same_moment_is_told(ledger, monkeypatch):
    ledger.add("甲", codes=(credit_code(900),))
    looked = adding._must_be_new
    calls = []

    def blind_at_first(*given):
        calls.append(given)
        return looked(*given) if len(calls) > 1 else None

    monkeypatch.setattr(adding, "_must_be_new", blind_at_first)
    told = Told("乙", codes=(credit_code(900),))
    given = {"by": ledger.officer, "ground": ledger.street, "source": Source.HAND}
    assert code_of(enterprises.add_enterprise, told=told, **given) == "ENTERPRISE_EXISTS"
