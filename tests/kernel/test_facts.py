"""Facts are heard exactly once and in order, whatever fails on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unionhall.kernel import audit, clock, facts
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.models import AuditLine, Fact, FactDelivery, Installation
from unionhall.kernel.refusals import Refusal

START = clock.now()


@dataclass(frozen=True)
class LampLit:
    lamp: str
    watts: int


@dataclass(frozen=True)
class LampBroken:
    lamp: str


@pytest.fixture(autouse=True)
def no_handlers(monkeypatch):
    """The wiring of the house is put aside."""
    monkeypatch.setattr(facts, "_handlers", {})


def write_down(fact, *, at):
    """What a handler does in this house: a row, by which a test sees how often it was done."""
    audit.record(SYSTEM, "lamp", Installation(pk=1), at=at, refs={"watts": fact.watts})


def written() -> list[int]:
    return [line.refs["watts"] for line in AuditLine.objects.filter(action="lamp").order_by("pk")]


def light(*watts):
    with transaction.atomic():
        for one in watts:
            facts.publish(LampLit("L1", one), at=START)


@pytest.fixture
def moment(db):
    """A clock that is moved by hand."""

    class Moment:
        at = START

        def passes(self, seconds):
            self.at += timedelta(seconds=seconds)
            with clock.set_to(self.at):
                return facts.deliver_due(at=self.at)

    return Moment()


def test_a_fact_is_heard_after_the_commit_and_once(db, django_capture_on_commit_callbacks):
    facts.hear_fact(LampLit, "test.write", write_down)
    with django_capture_on_commit_callbacks(execute=True):
        light(40)
        assert written() == []
    assert written() == [40]
    assert facts.deliver_due(at=clock.now()) == 0
    assert written() == [40]
    delivery = FactDelivery.objects.get()
    assert (delivery.due_at, delivery.attempts, delivery.error) == (None, 0, "")
    assert delivery.done_at is not None


def test_a_fact_that_was_taken_back_is_not_heard(db, django_capture_on_commit_callbacks):
    facts.hear_fact(LampLit, "test.write", write_down)
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        facts.publish(LampLit("L1", 40), at=clock.now())
        transaction.set_rollback(True)
    assert (callbacks, Fact.objects.count(), FactDelivery.objects.count()) == ([], 0, 0)


def test_the_worker_delivers_what_its_publisher_could_not(moment):
    """The process died between its commit and its handlers: nothing but the rows is left."""
    facts.hear_fact(LampLit, "test.write", write_down)
    light(1, 2, 3)
    assert written() == []
    assert moment.passes(1) == 3
    assert written() == [1, 2, 3]


def test_work_and_mark_stand_or_fall_together(moment, monkeypatch):
    """A crash after the handler's work, before its mark, undoes the work: it is done again, not twice."""
    facts.hear_fact(LampLit, "test.write", write_down)
    light(40)

    class PowerFailure(BaseException):
        pass

    def fail(*_args, **_more):
        raise PowerFailure

    with monkeypatch.context() as patched:
        patched.setattr(FactDelivery, "save", fail)
        with pytest.raises(PowerFailure):
            moment.passes(1)
    assert written() == []
    assert moment.passes(1) == 1
    assert written() == [40]


def test_a_failing_handler_harms_neither_publisher_nor_other_handlers(
    db, django_capture_on_commit_callbacks, caplog
):
    def fail(_fact, *, at):
        raise ValueError("张三的电话")

    facts.hear_fact(LampLit, "test.fails", fail)
    facts.hear_fact(LampLit, "test.write", write_down)
    with django_capture_on_commit_callbacks(execute=True):
        light(40)
    assert written() == [40]
    failing = facts.failing_deliveries().get()
    assert (failing.handler, failing.attempts, failing.error) == ("test.fails", 1, "ValueError")
    assert "test.fails could not hear fact" in caplog.text


def test_a_failing_handler_is_tried_less_and_less_often_and_then_set_aside(moment):
    tried = []

    def fail(fact, *, at):
        tried.append(fact.watts)
        raise Refusal("NO_SOCKET")

    facts.hear_fact(LampLit, "test.fails", fail)
    light(1, 2)
    moment.passes(0)
    for pause in facts.PAUSES:
        moment.passes(pause - 0.5)
        assert set(tried) == {1}, "the second waits for the first"
        moment.passes(0.5)
    assert tried == [1] * 7
    moment.passes(0)
    assert tried == [1] * 7 + [2]
    first, second = facts.failing_deliveries()
    assert (first.due_at, first.attempts, first.error) == (None, 7, "NO_SOCKET")
    assert (second.attempts, second.due_at) == (1, moment.at + timedelta(seconds=1))


def test_what_was_set_aside_can_be_tried_again(moment):
    broken = [True]

    def sometimes(fact, *, at):
        if broken[0]:
            raise Refusal("NO_SOCKET")
        write_down(fact, at=at)

    facts.hear_fact(LampLit, "test.sometimes", sometimes)
    light(40)
    for pause in (0, *facts.PAUSES):
        moment.passes(pause)
    assert moment.passes(100_000) == 0
    broken[0] = False
    facts.deliver_again(by=SYSTEM, at=moment.at, delivery=facts.failing_deliveries().get())
    assert moment.passes(0) == 1
    assert (written(), list(facts.failing_deliveries())) == ([40], [])
    with pytest.raises(Refusal) as refused:
        facts.deliver_again(by=SYSTEM, at=moment.at, delivery=FactDelivery.objects.get())
    assert refused.value.code == "DELIVERED"
    assert moment.passes(1) == 0
    assert written() == [40]


def test_each_handler_hears_its_own_class_only(moment):
    heard = []
    facts.hear_fact(LampLit, "test.lit", lambda fact, *, at: heard.append((fact, at)))
    facts.hear_fact(LampBroken, "test.broken", lambda fact, *, at: heard.append((fact, at)))
    light(1)
    with transaction.atomic():
        facts.publish(LampBroken("L1"), at=START)
    moment.passes(1)
    assert heard == [(LampBroken("L1"), START), (LampLit("L1", 1), START)]


def test_a_handler_may_publish_and_hears_when_it_happened(moment):
    heard = []

    def break_it(fact, *, at):
        facts.publish(LampBroken(fact.lamp), at=at)

    facts.hear_fact(LampLit, "test.breaks", break_it)
    facts.hear_fact(LampBroken, "test.hears", lambda fact, *, at: heard.append((fact, at)))
    light(1)
    moment.passes(60)
    moment.passes(1)
    assert heard == [(LampBroken("L1"), START)]


def test_a_handler_that_this_program_does_not_know_waits_for_one_that_does(moment, monkeypatch):
    facts.hear_fact(LampLit, "test.write", write_down)
    light(40)
    with monkeypatch.context() as patched:
        patched.setattr(facts, "_handlers", {})
        assert moment.passes(1) == 0
    assert moment.passes(1) == 1


def test_looking_for_work_costs_one_statement(moment, django_assert_num_queries):
    facts.hear_fact(LampLit, "test.write", write_down)
    with django_assert_num_queries(1):
        facts.deliver_due(at=moment.at)


@pytest.mark.parametrize("value", ["周启明", "13800000000 ", "a sentence", 1.5, None, "x" * 65])
def test_a_fact_holds_ids_only(db, value):
    with pytest.raises(TypeError), transaction.atomic():
        facts.publish(LampLit(value, 1), at=clock.now())


def test_a_fact_can_be_changed_by_nobody(db):
    @dataclass
    class Loose:
        lamp: str

    with pytest.raises(AssertionError), transaction.atomic():
        facts.publish(Loose("L1"), at=clock.now())
    light(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Fact.objects.update(name="x")


def test_two_facts_of_one_name_are_a_mistake(db):
    facts.hear_fact(LampLit, "test.write", write_down)
    namesake = dataclass(frozen=True)(type("LampLit", (), {"__annotations__": {"lamp": "str"}}))
    with pytest.raises(AssertionError):
        facts.hear_fact(namesake, "test.other", write_down)


def test_the_database_holds_what_a_delivery_is(db):
    facts.hear_fact(LampLit, "test.write", write_down)
    light(1)
    fact = Fact.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        FactDelivery.objects.create(fact=fact, handler="test.write", due_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        FactDelivery.objects.update(done_at=clock.now())


def test_publishing_outside_a_transaction_is_a_mistake(db, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(transaction.get_connection(), "in_atomic_block", False)
        with pytest.raises(AssertionError, match="transaction"):
            facts.publish(LampLit("L1", 1), at=START)


# How each attempt of two handlers ends, in turn: done, refused before its work, or failed after it.
ENDS = st.lists(st.sampled_from(["DONE", "BEFORE", "AFTER"]), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups=st.lists(st.integers(1, 3), min_size=1, max_size=4), ends=ENDS, others=ENDS)
def test_whatever_fails_each_fact_is_heard_once_and_in_order(db, groups, ends, others):
    with transaction.atomic():
        before, now = len(written()), START

        def hearing(outcomes):
            left = list(outcomes)

            def handler(fact, *, at):
                end = left.pop(0) if left else "DONE"
                if end == "BEFORE":
                    raise Refusal("NO")
                write_down(fact, at=at)
                if end == "AFTER":
                    raise ValueError

            return handler

        facts._handlers.clear()
        facts.hear_fact(LampLit, "test.one", hearing(ends))
        facts.hear_fact(
            LampLit, "test.two", lambda fact, *, at: hearing_two(LampLit("L2", -fact.watts), at=at)
        )
        hearing_two = hearing(others)
        number = 0
        for group in groups:
            light(*range(number + 1, number + group + 1))
            number += group
            facts.deliver_due(at=now)
        while FactDelivery.objects.exclude(due_at=None).exists():
            now += timedelta(hours=1)
            with clock.set_to(now):
                facts.deliver_due(at=now)
        heard = written()[before:]
        aside = {
            name: [f.fact.payload["watts"] for f in facts.failing_deliveries().filter(handler=name)]
            for name in ("test.one", "test.two")
        }
        assert [w for w in heard if w > 0] == [w for w in range(1, number + 1) if w not in aside["test.one"]]
        assert [-w for w in heard if w < 0] == [w for w in range(1, number + 1) if w not in aside["test.two"]]
        transaction.set_rollback(True)
