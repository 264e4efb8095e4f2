"""The page of facts that could not be heard: what failed, and trying it again once its cause is mended."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from unionhall.kernel import audit, clock, facts
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.models import AuditLine, FactDelivery, Installation
from unionhall.kernel.refusals import Refusal


@dataclass(frozen=True)
class LampLit:
    lamp: str


@pytest.fixture
def broken(monkeypatch, db):
    """A handler that fails until it is mended, and the other handlers of the house put aside."""
    monkeypatch.setattr(facts, "_handlers", {})
    cause = {"broken": True}

    def light(fact, *, at):
        if cause["broken"]:
            raise Refusal("NO_SOCKET")
        audit.record(SYSTEM, "lamp", Installation(pk=1), at=at, refs={"lamp": fact.lamp})

    facts.hear_fact(LampLit, "test.light", light)
    return cause


def publish(*lamps):
    with transaction.atomic():
        for lamp in lamps:
            facts.publish(LampLit(lamp), at=clock.now())
    facts.deliver_due(at=clock.now())


def lit():
    return [line.refs["lamp"] for line in AuditLine.objects.filter(action="lamp").order_by("pk")]


def test_nothing_has_failed(city, client):
    client.force_login(city.administrator)
    assert "暂无记录。" in client.get(reverse("deliveries")).content.decode()


def test_what_failed_is_shown_and_delivered_again_in_order_once_mended(city, client, broken):
    publish("L1", "L2")
    client.force_login(city.administrator)
    page = client.get(reverse("deliveries")).content.decode()
    assert [page.count(word) for word in ("LampLit", "test.light", "NO_SOCKET")] == [1, 1, 1]
    first = facts.failing_deliveries().get()
    broken["broken"] = False
    assert client.post(reverse("deliver-again", args=[first.pk])).status_code == 302
    facts.deliver_due(at=clock.now())
    assert lit() == ["L1", "L2"]
    line = AuditLine.objects.get(action="fact.deliver_again")
    assert (line.actor, line.refs) == (str(city.administrator.actor), {"fact": first.fact_id})
    said = client.post(reverse("deliver-again", args=[first.pk]), follow=True).content.decode()
    assert "此间已经送达" in said
    assert lit() == ["L1", "L2"]


def test_failing_once_more_it_stands_there_again(city, client, broken):
    publish("L1")
    client.force_login(city.administrator)
    failing = facts.failing_deliveries().get()
    client.post(reverse("deliver-again", args=[failing.pk]))
    assert list(facts.failing_deliveries()) == []
    facts.deliver_due(at=clock.now())
    again = facts.failing_deliveries().get()
    assert (again.pk, again.attempts) == (failing.pk, 1)
    assert again.failed_at >= failing.failed_at


def test_it_is_filtered_and_exported_and_costs_the_same_however_long(city, client, broken):
    publish("L1")
    client.force_login(city.administrator)
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("deliveries"))
    publish(*[f"L{n}" for n in range(2, 12)])
    FactDelivery.objects.filter(attempts=0).update(attempts=7, due_at=None, error="ValueError")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("deliveries"))
    assert len(many) == len(one)
    of = {
        state: client.get(reverse("deliveries"), {"aside": state}).content.decode()
        for state in ("WAITING", "ASIDE")
    }
    assert [of["WAITING"].count("test.light"), of["ASIDE"].count("test.light")] == [1, 10]
    sheet = client.get(reverse("deliveries"), {"export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(sheet) == 12
    assert "<form" not in "".join(sheet)


def test_an_officer_may_not(city, broken):
    publish("L1")
    with pytest.raises(Refusal) as refused:
        facts.deliver_again(by=city.district, at=clock.now(), delivery=facts.failing_deliveries().get())
    assert refused.value.code == "NOT_ALLOWED"
