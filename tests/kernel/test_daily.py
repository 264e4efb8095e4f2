"""What is done once a day is asked for once, however many ask and however often."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from unionhall.kernel.clock import CITY
from unionhall.kernel.jobs import daily, job, kinds
from unionhall.kernel.models import DailyRun, Job

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=CITY)


@pytest.fixture(autouse=True)
def tasks(monkeypatch):
    """One task of tests' own, at nine; those of the house are put aside."""
    for module, name in ((kinds, "_works"), (kinds, "_words"), (daily, "_tasks")):
        monkeypatch.setattr(module, name, {})
    job("WATER")(lambda _progress: {"watered": 1})
    daily.every_day("WATER", after=time(9), union=lambda: 7)


def asked(at):
    return [one.kind for one in daily.ask_for_daily(at=at)]


def test_it_is_asked_for_once_a_day_from_its_hour_on(db):
    found = [
        asked(NINE - timedelta(seconds=1)),
        asked(NINE),
        asked(NINE),
        asked(NINE + timedelta(hours=14, minutes=59)),
        asked(NINE + timedelta(hours=15)),
        asked(NINE + timedelta(days=1)),
    ]
    assert found == [[], ["WATER"], [], [], [], ["WATER"]]
    assert list(Job.objects.values_list("asked_by", "union", "state")) == [("SYSTEM:", 7, "QUEUED")] * 2


def test_a_worker_that_was_away_at_the_hour_asks_later_that_day(db):
    assert asked(NINE + timedelta(hours=10)) == ["WATER"]


def test_row_and_job_are_there_together_or_not_at_all(db, monkeypatch):
    def fail(*_args, **_more):
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(daily, "enqueue", fail)
        with pytest.raises(RuntimeError):
            daily.ask_for_daily(at=NINE)
    assert DailyRun.objects.count() == 0
    assert asked(NINE) == ["WATER"]


def test_a_look_on_a_day_that_is_done_costs_one_statement(db, django_assert_num_queries):
    asked(NINE)
    with django_assert_num_queries(1):
        asked(NINE)


def test_what_nobody_can_do_is_not_asked_for_daily():
    with pytest.raises(AssertionError):
        daily.every_day("UNKNOWN", after=time(9), union=lambda: None)
