"""Plans of blocks: asked for, made by the engine in a job, accepted as a whole or discarded."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from tests.apps.coverage.conftest import code_of, geojson
from unionhall.apps.coverage import plan_words, queries
from unionhall.apps.coverage.codes import PlanKind, PlanState
from unionhall.apps.coverage.models import Block, BlockPlan, Stewardship
from unionhall.apps.coverage.usecases.blocks import handing, keeping, planning
from unionhall.apps.coverage.usecases.blocks.planning import Staff
from unionhall.kernel import clock
from unionhall.kernel.models import AuditLine, Job


@pytest.fixture
def street(blocks, run_jobs):
    """A street of 4 x 4 blocks with one enterprise in each."""
    blocks.take(geojson(4, 4))
    for x in range(4):
        for y in range(4):
            blocks.ledger.add(
                latitude=Decimal("30.105") + Decimal(y) / 100,
                longitude=Decimal("125.305") + Decimal(x) / 100,
                state="NONE",
            )
    run_jobs()

    def ask(kind, *staff, **how):
        given = {"ground": blocks.ledger.street, "kind": PlanKind(kind), "staff": staff} | how
        return planning.ask_plan(by=blocks.ledger.officer, at=clock.now(), **given)

    def made(kind, *staff, **how):
        plan = ask(kind, *staff, **how)
        run_jobs()
        return BlockPlan.objects.get(pk=plan.pk)

    def accept(plan):
        return planning.accept_plan(by=blocks.ledger.officer, at=clock.now(), plan=plan)

    blocks.ask, blocks.made, blocks.accept = ask, made, accept
    blocks.holders = lambda: Counter(queries.blocks.holders(blocks.ledger.street).values())
    return blocks


def test_a_first_cut_is_made_by_a_job_and_changes_nothing_until_it_is_accepted(street):
    plan = street.made("FIRST", Staff(street.wang), Staff(street.li))
    assert (plan.state, plan.problems, plan.report["contiguous"]) == ("READY", [], True)
    assert plan.report["max_deviation"] == 0
    assert street.holders() == {street.wang.pk: 16}
    assert street.accept(plan) == 8
    assert street.holders() == {street.wang.pk: 8, street.li.pk: 8}
    plan.refresh_from_db()
    assert (plan.state, plan.ended_by) == (PlanState.ACCEPTED, street.ledger.officer)
    assert Stewardship.objects.filter(plan=plan, ends=None).count() == 8
    assert AuditLine.objects.filter(action="block.hand_over").count() == 8
    assert code_of(planning.accept_plan, by=street.ledger.officer, plan=plan) == "PLAN_NOT_READY"


def test_a_leavers_ground_is_shared_out_and_a_joiner_gets_some(street):
    street.accept(street.made("FIRST", Staff(street.wang), Staff(street.li)))
    zhao = street.person("赵网格")
    joined = street.made("JOINER", Staff(street.wang), Staff(street.li), Staff(zhao), tolerance=150)
    assert {row.why for row in queries.blocks.moves(joined)} == {"JOINER"}
    street.accept(joined)
    assert min(street.holders().values()) >= 4
    left = street.made(
        "LEAVER", Staff(street.wang), Staff(street.li, leaving=True), Staff(zhao), tolerance=150
    )
    held = street.holders()[street.li.pk]
    assert sum(row.before_id == street.li.pk for row in queries.blocks.moves(left)) == held
    street.accept(left)
    assert set(street.holders()) == {street.wang.pk, zhao.pk}
    gone = left.stewards.get(person=street.li)
    assert (gone.load, gone.blocks, gone.leaving) == (0, 0, True)


def test_a_locked_block_stays_and_capacity_counts(street):
    block = street.get("D4")
    keeping.change_block(
        by=street.ledger.officer, at=clock.now(), block=block, name=block.name, town="", locked_=True
    )
    plan = street.made(
        "FIRST", Staff(street.wang, capacity=50), Staff(street.li, capacity=150), tolerance=100
    )
    street.accept(plan)
    assert street.holders() == {street.wang.pk: 4, street.li.pk: 12}
    assert queries.blocks.holders(street.ledger.street)[block.pk] == street.wang.pk


def test_what_is_in_the_way_is_said_in_words_and_nothing_is_lost(street):
    block = street.get("A1")
    keeping.change_block(
        by=street.ledger.officer, at=clock.now(), block=block, name="角上", town="", locked_=True
    )
    plan = street.made("FIRST", Staff(street.li))
    assert (plan.state, [one["code"] for one in plan.problems]) == ("FAILED", ["LOCK_UNKNOWN_STEWARD"])
    assert plan_words.of_problems(plan, plan.problems) == ["角上锁定给了不在本方案中的人，请先解锁。"]
    assert Job.objects.get(subject=plan.public_id).result == {"blocks": 16, "moves": 0, "problems": 1}
    again = street.made("FIRST", Staff(street.wang, limit=10), Staff(street.li, limit=10))
    assert [one["code"] for one in again.problems] == ["LIMITS_SHORT"]
    assert plan_words.of_problems(again, again.problems) == [
        "各人上限合计 20，而工作量共 48。请提高上限或增加包干人。"
    ]
    assert street.holders() == {street.wang.pk: 16}


def test_only_one_plan_is_open_and_each_kind_asks_for_what_it_needs(street):
    asked = {"by": street.ledger.officer, "ground": street.ledger.street}

    def said(kind, *staff):
        return code_of(planning.ask_plan, kind=PlanKind(kind), staff=staff, **asked)

    assert said("LEAVER", Staff(street.wang), Staff(street.li)) == "NO_LEAVER"
    assert said("JOINER", Staff(street.wang)) == "NO_JOINER"
    assert said("DRIFT", Staff(street.li)) == "STEWARD_LEFT_OUT"
    assert said("FIRST", Staff(street.li), Staff(street.li)) == "STEWARD_TWICE"
    plan = street.ask("FIRST", Staff(street.li))
    assert said("FIRST", Staff(street.li)) == "PLAN_OPEN"
    planning.discard_plan(by=street.ledger.officer, at=clock.now(), plan=plan)
    assert code_of(planning.discard_plan, by=street.ledger.officer, plan=plan) == "PLAN_ENDED"
    assert said("FIRST", Staff(street.li)) == ""
    empty = {"by": street.ledger.officer, "ground": street.ledger.district}
    assert code_of(planning.ask_plan, kind=PlanKind.FIRST, staff=[Staff(street.li)], **empty) == "NO_BLOCKS"


def test_a_plan_that_was_discarded_while_it_was_made_stays_discarded(street, run_jobs):
    plan = street.ask("FIRST", Staff(street.wang), Staff(street.li))
    planning.discard_plan(by=street.ledger.officer, at=clock.now(), plan=plan)
    run_jobs()
    plan.refresh_from_db()
    assert plan.state == PlanState.DISCARDED
    assert street.holders() == {street.wang.pk: 16}


@pytest.mark.parametrize("change", ["hand_over", "close", "new"])
def test_a_plan_for_blocks_that_are_no_longer_so_is_not_accepted(street, change):
    plan = street.made("FIRST", Staff(street.wang), Staff(street.li))
    by = {"by": street.ledger.officer, "at": clock.now()}
    if change == "hand_over":
        keeping.hand_over(block=street.get("A1"), person=street.li, reason="换", **by)
    elif change == "close":
        keeping.close_block(block=street.get("A1"), **by)
    else:
        street.take("网格编号,相邻网格\nE9,D4\n".encode(), "x.csv")
    before = Stewardship.objects.count()
    assert code_of(planning.accept_plan, by=street.ledger.officer, plan=plan) == "PLAN_STALE"
    assert Stewardship.objects.count() == before


def test_strangers_neither_ask_nor_accept(street):
    plan = street.made("FIRST", Staff(street.wang), Staff(street.li))
    stranger = street.ledger.stranger()
    asked = {"ground": street.ledger.street, "kind": PlanKind.FIRST, "staff": [Staff(street.li)]}
    assert [
        code_of(planning.ask_plan, by=stranger, **asked),
        code_of(planning.accept_plan, by=stranger, plan=plan),
        code_of(planning.discard_plan, by=stranger, plan=plan),
    ] == ["NOT_ALLOWED"] * 3


def test_a_handover_sheet_holds_what_the_taker_has_to_know(street):
    plan = street.made("FIRST", Staff(street.wang), Staff(street.li))
    street.accept(plan)
    data = handing.sheet_of_plan(by=street.ledger.officer, at=clock.now(), plan=plan, taker=street.li)
    mine = {one.code for one in Block.objects.filter(stewardships__person=street.li, stewardships__ends=None)}
    assert {one["name"].split()[0] for one in data["blocks"]} == mine
    assert data["said"] == f"移交人 王网格　接收人 李网格　{street.ledger.today.isoformat()}"
    assert [len(one["enterprises"]) for one in data["blocks"]] == [1] * 8
    one = handing.sheet_of_block(
        by=street.ledger.officer, at=clock.now(), block=Block.objects.get(code=min(mine))
    )
    assert one["said"] == data["said"]
    assert AuditLine.objects.filter(action="handover.print").count() == 2
