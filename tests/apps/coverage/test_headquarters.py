"""Branches whose headquarters has a union: proposed by a run, decided by a person, never set by itself."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.apps.coverage.conftest import code_of, credit_code
from tests.apps.coverage.test_registers import Desk, as_csv, rows_of
from unionhall.apps.coverage.models import Enterprise, HeadquartersProposal, StateEntry
from unionhall.apps.coverage.usecases.registers import proposing
from unionhall.kernel import audit, clock

PARENT = "浙江安宁物业服务有限公司"
BRANCHES = [f"{PARENT}西湖分公司", f"{PARENT}江北分公司"]
# Of an enterprise that no register of unions knows.
STRANGER = "宁波恒瑞商贸有限公司江北分公司"


# Of each its number, person, address and phone: no two have any of them in common.
OF = {
    PARENT: (987654, "李建国", "杭州市上城区江滨路1号", "13800000017"),
    BRANCHES[0]: (271828, "孙小顺", "杭州市西湖区学院路88号", "13911112222"),
    BRANCHES[1]: (314159, "周大海", "宁波市江北区东山路6号", "13733334444"),
    STRANGER: (577215, "吴长安", "宁波市江北区海潮路30号", "13655556666"),
}


def row(name):
    number, *told = OF[name]
    return (name, credit_code(number), *told)


@pytest.fixture
def done(ledger, run_jobs, tmp_path, settings):
    settings.VAR = tmp_path / "var"
    desk = Desk(ledger, run_jobs, tmp_path)
    there = [*rows_of(range(30)), *map(row, [*BRANCHES, STRANGER])]
    desk.market = desk.ready(desk.source("MARKET"), as_csv(*there))
    desk.union = desk.ready(desk.source("UNION"), as_csv(*rows_of(range(10)), row(PARENT)))
    desk.run = desk.linked(desk.market, desk.union).run
    desk.branches = [Enterprise.objects.get(name=name) for name in BRANCHES]
    return desk


def test_a_branch_is_proposed_and_its_state_stays_until_somebody_decides(done, client):
    assert done.run.report["written"]["PROPOSED"] == 2
    assert [one.state for one in done.branches] == ["NONE", "NONE"]
    held = HeadquartersProposal.objects.order_by("pk").values_list("enterprise__name", "headquarters")
    assert list(held) == [(name, PARENT) for name in BRANCHES]
    client.force_login(done.by)
    ledger = reverse("coverage:ledger")
    found = client.get(ledger, {"state": "PROPOSED"}).context["table"].paginated_rows
    assert {one.record.name for one in found} == set(BRANCHES)
    run = client.get(reverse("coverage:run", args=[done.run.public_id])).content.decode()
    assert f"{ledger}?state=PROPOSED&amp;ground={done.street.pk}" in run

    first, second = done.branches
    pages = [reverse("coverage:enterprise", args=[one.public_id]) for one in done.branches]
    assert f"总部“{PARENT}”在" in client.get(pages[0]).content.decode()
    assert client.post(reverse("coverage:by-headquarters", args=[first.public_id])).url == pages[0]
    assert client.post(reverse("coverage:not-by-headquarters", args=[second.public_id])).url == pages[1]
    entry = StateEntry.objects.filter(enterprise=first).latest("pk")
    assert (entry.state, entry.source, entry.account, entry.on) == (
        "HEADQUARTERS", "UNION", done.by, done.today,
    )  # fmt: skip
    assert PARENT in entry.reason
    assert done.ledger.fresh(second).state == "NONE"
    assert audit.history(second)[0].action == "enterprise.headquarters"
    for address in pages:
        assert "可能随总部建会" not in client.get(address).content.decode()
    assert list(client.get(ledger, {"state": "PROPOSED"}).context["table"].paginated_rows) == []

    # A later run proposes neither of them again.
    market = done.ready(done.market.source, as_csv(*map(row, BRANCHES)))
    union = done.ready(done.union.source, as_csv(row(PARENT)))
    again = done.linked(market, union).run
    assert "PROPOSED" not in again.report["written"]
    assert [done.ledger.fresh(one).state for one in done.branches] == ["HEADQUARTERS", "NONE"]


def test_it_is_decided_once_and_by_who_keeps_the_ground(done):
    first = done.branches[0]
    given = {"enterprise": first, "reason": "总部有工会"}
    stranger = done.ledger.stranger()
    assert code_of(proposing.accept_proposal, by=stranger, **given) == "NOT_ALLOWED"
    assert code_of(proposing.reject_proposal, by=stranger, enterprise=first) == "NOT_ALLOWED"
    proposing.accept_proposal(by=done.by, at=clock.now(), **given)
    assert code_of(proposing.accept_proposal, by=done.by, **given) == "PROPOSAL_SETTLED"
    assert code_of(proposing.reject_proposal, by=done.by, enterprise=first) == "PROPOSAL_SETTLED"
    assert HeadquartersProposal.objects.filter(accepted=True, account=done.by).count() == 1
