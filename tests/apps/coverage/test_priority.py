from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps.coverage.conftest import code_of
from unionhall.apps.coverage import queries
from unionhall.apps.coverage.models import Enterprise
from unionhall.apps.coverage.queries.points import SHIPPED, Facts, metres_between, score
from unionhall.apps.coverage.queries.priority import Scorer
from unionhall.apps.coverage.usecases import priority
from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM

TODAY = date(2026, 5, 20)
FACTS = st.builds(
    Facts,
    open=st.booleans(),
    headcount=st.none() | st.integers(0, 5000),
    funds=st.booleans(),
    new_employment=st.none() | st.integers(0, 100),
    metres=st.none() | st.integers(0, 50_000),
    last_contact=st.none() | st.dates(date(2020, 1, 1), TODAY),
    refused=st.booleans(),
)


def test_the_waterfall_of_one_enterprise():
    facts = Facts(
        open=True,
        headcount=120,
        funds=True,
        new_employment=50,
        metres=800,
        last_contact=TODAY - timedelta(days=65),
    )
    scored = score(facts, SHIPPED, TODAY)
    assert [(part.code, part.points, part.figure) for part in scored.parts] == [
        ("many", 30, 120),
        ("large", 10, 120),
        ("funds", 25, None),
        ("new_employment", 10, 50),
        ("near", 10, 800),
        ("waiting", 6, 65),
    ]
    assert (scored.total, scored.until) == (91, TODAY + timedelta(days=25))


def test_the_bounds_themselves():
    def total(**facts):
        return score(Facts(open=True, last_contact=TODAY, **facts), SHIPPED, TODAY).total

    assert [total(headcount=n) for n in (24, 25, 99, 100)] == [0, 30, 30, 40]
    assert [total(metres=n) for n in (1000, 1001, 3000, 3001)] == [10, 5, 5, 0]
    assert total(refused=True) == -10
    waited = {
        n: score(Facts(open=True, last_contact=TODAY - timedelta(n)), SHIPPED, TODAY)
        for n in (29, 30, 149, 150)
    }
    assert [one.total for one in waited.values()] == [0, 3, 12, 15]
    assert [one.until for one in waited.values()] == [TODAY + timedelta(n) for n in (1, 30, 1)] + [None]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # others may be using the machine
@given(FACTS, st.integers(0, 400))
def test_the_sum_is_its_parts_and_holds_until_the_day_it_names(facts, days):
    scored = score(facts, SHIPPED, TODAY)
    assert scored.total == sum(part.points for part in scored.parts)
    later = TODAY + timedelta(days=days)
    then = score(facts, SHIPPED, later)
    if scored.until is None or later < scored.until:
        assert then.total == scored.total
    else:
        assert then.total > scored.total


def test_distances_over_the_ground():
    # One degree of latitude, and the same of longitude at 60 degrees, which is half of it.
    assert metres_between((30.0, 120.0), (31.0, 120.0)) == 111_195
    assert abs(metres_between((60.0, 120.0), (60.0, 121.0)) - 55_598) < 10


def test_the_row_holds_what_the_waterfall_says(ledger):
    one = ledger.add(state="NONE", headcount=30, funds="YES")
    assert one.score == Scorer([ledger.street.pk], ledger.today).explained(one).total == 70
    ledger.contact(one)
    row = ledger.fresh(one)
    assert (row.score, row.score_until) == (55, ledger.today + timedelta(days=30))
    assert ledger.add(state="FOUNDED", headcount=300).score == 0


def test_a_published_rule_makes_the_scores_of_its_grounds_anew(ledger, run_jobs):
    here, elsewhere = ledger.add(headcount=30), ledger.add(headcount=30, ground=ledger.elsewhere, by=SYSTEM)
    given = {"by": ledger.administrator, "union": ledger.district}
    assert code_of(priority.publish_rule, points={"many": 50}, reason="", **given) == "RULE_REASON"
    assert code_of(priority.publish_rule, points={"many": 500}, reason="试", **given) == "RULE_RANGE"
    assert code_of(priority.publish_rule, points={"else": 5}, reason="试", **given) == "RULE_RANGE"
    no_one = {"by": ledger.officer, "union": ledger.district}
    assert code_of(priority.publish_rule, points={"many": 50}, reason="试", **no_one) == "NOT_ALLOWED"
    rule = priority.publish_rule(at=clock.now(), points={"many": 50}, reason="25 人以上专项行动", **given)
    (job,) = run_jobs()
    assert job.result == {"rows": 1, "changed": 1}
    assert (ledger.fresh(here).score, ledger.fresh(here).score_rule) == (65, rule.pk)
    assert (ledger.fresh(elsewhere).score, ledger.fresh(elsewhere).score_rule) == (45, 0)
    assert code_of(priority.publish_rule, points={"many": 50}, reason="再", **given) == "RULE_SAME"
    # The nearest union's own rule goes before one above it.
    priority.publish_rule(
        by=ledger.administrator, at=clock.now(), union=ledger.street, points={"many": 1}, reason="街道试点"
    )
    run_jobs()
    assert ledger.fresh(here).score == 16
    assert queries.priority.rule_for(ledger.street, ledger.today).points["many"] == 1
    assert queries.priority.rule_for(ledger.elsewhere, ledger.today).number == 0


def test_where_the_office_stands_counts(ledger, run_jobs):
    one = ledger.add(latitude=Decimal("30.25"), longitude=Decimal("120.16"), address="梧桐里 9 号")
    assert one.score == 15
    priority.place_office(
        by=ledger.officer,
        at=clock.now(),
        union=ledger.street,
        latitude=Decimal("30.251"),
        longitude=Decimal("120.16"),
    )
    run_jobs()
    assert ledger.fresh(one).score == 25


def test_scores_that_change_with_the_day_are_made_anew(ledger):
    one = ledger.add()
    ledger.contact(one)
    assert ledger.fresh(one).score == 0
    assert priority.rescore_due(at=clock.now() + timedelta(days=29)) == 0
    assert priority.rescore_due(at=clock.now() + timedelta(days=30)) == 1
    assert Enterprise.objects.get().score == 3
