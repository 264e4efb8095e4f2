"""Branches whose headquarters has a union: proposed by a run, decided by a person, never set by itself."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from tests.apps.coverage.conftest import code_of, credit_code
from tests.apps.coverage.test_registers import Desk, as_csv, rows_of
from unionhall.apps.coverage.codes import Verdict
from unionhall.apps.coverage.models import Enterprise, HeadquartersProposal, StateEntry
from unionhall.apps.coverage.usecases.registers import proposing, reviewing, runs
from unionhall.kernel import audit, clock
from unionhall.kernel.sealed import seal

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


# Alike in two cities; the register of unions has a branch of that name, and does not say in which.
HEAD, ALIKE = "云江商贸有限公司", "云江商贸有限公司西湖分公司"


def test_the_migration_masks_headquarters_whose_name_names_a_person(done):
    first, _second = HeadquartersProposal.objects.order_by("pk")
    HeadquartersProposal.objects.filter(pk=first.pk).update(headquarters="李红梅服装店")
    migration = import_module("unionhall.apps.coverage.migrations.0009_traders")
    migration.mask_names(apps, None)
    held = HeadquartersProposal.objects.order_by("pk").values_list("headquarters", flat=True)
    assert list(held) == ["李某某服装店", PARENT]


@pytest.fixture
def uncertain(ledger, run_jobs, tmp_path, settings, monkeypatch):
    """A branch that is left to people: whether the union is its own, or that of a namesake."""
    settings.VAR = tmp_path / "var"
    monkeypatch.setattr(runs, "asked_twice", lambda _pair: False)
    desk = Desk(ledger, run_jobs, tmp_path)
    sources = desk.source("MARKET"), desk.source("UNION")
    branches = [
        (f"{city}{ALIKE}", credit_code(n + 1), "", f"{city}市解放路{n + 1}号", "")
        for n, city in enumerate(("杭州", "宁波"))
    ]
    unions = [(ALIKE, "", "", "", ""), (HEAD, credit_code(77), "", "", "")]
    desk.link = lambda: (
        desk.linked(desk.ready(sources[0], as_csv(*branches)), desk.ready(sources[1], as_csv(*unions))).run
    )
    desk.pair = desk.link().pairs.get()
    desk.given = {"by": desk.by, "pair": desk.pair}
    desk.name = reviewing.opened(desk.pair)["a"]["name"]
    return desk


def proposed(desk):
    """What is proposed of the branch that people were asked about, and whether it was accepted."""
    rows = HeadquartersProposal.objects.filter(enterprise__name=desk.name)
    return list(rows.values_list("headquarters", "accepted"))


def take_back(desk):
    said = desk.pair.opinions.get(recall=None)
    assert code_of(reviewing.recall_opinion, by=desk.by, opinion=said) == ""


def test_told_apart_at_the_desk_a_branch_is_proposed_at_once(uncertain, client):
    assert proposed(uncertain) == []
    client.force_login(uncertain.by)
    pair = reverse("coverage:pair", args=[uncertain.pair.public_id])
    assert HEAD in client.get(pair).content.decode()
    run = reverse("coverage:run", args=[uncertain.pair.run.public_id])
    HeadquartersProposal.objects.all().delete()
    assert "state=PROPOSED" not in client.get(run).content.decode()
    client.post(pair, {"verdict": "OTHER"})
    branch = Enterprise.objects.get(name=uncertain.name)
    assert (branch.state, proposed(uncertain)) == ("NONE", [(HEAD, None)])
    assert "state=PROPOSED" in client.get(run).content.decode()
    found = client.get(reverse("coverage:ledger"), {"state": "PROPOSED"}).context["table"].paginated_rows
    assert [one.record.name for one in found] == [uncertain.name]
    page = client.get(reverse("coverage:enterprise", args=[branch.public_id])).content.decode()
    assert f"总部“{HEAD}”在" in page
    # The next run finds it proposed.
    uncertain.link()
    assert proposed(uncertain) == [(HEAD, None)]


def test_found_to_be_the_same_it_is_not_proposed(uncertain):
    assert code_of(reviewing.decide_pair, verdict=Verdict.SAME, **uncertain.given) == ""
    assert (Enterprise.objects.get(name=uncertain.name).state, proposed(uncertain)) == ("FOUNDED", [])


def test_a_pair_of_an_earlier_version_is_decided_without_a_proposal(uncertain):
    told = reviewing.opened(uncertain.pair)
    del told["headquarters"]
    uncertain.pair.sealed = seal(json.dumps(told), row=uncertain.pair.public_id, column=runs.PAIR)
    uncertain.pair.save()
    assert code_of(reviewing.decide_pair, verdict=Verdict.OTHER, **uncertain.given) == ""
    assert (Enterprise.objects.get(name=uncertain.name).state, proposed(uncertain)) == ("NONE", [])


def test_taken_back_the_decision_takes_its_proposal_along(uncertain):
    for _n in range(2):
        assert code_of(reviewing.decide_pair, verdict=Verdict.OTHER, **uncertain.given) == ""
        assert proposed(uncertain) == [(HEAD, None)]
        take_back(uncertain)
        assert (Enterprise.objects.get(name=uncertain.name).state, proposed(uncertain)) == ("UNKNOWN", [])


def test_what_a_run_has_proposed_before_stays_when_a_decision_is_taken_back(uncertain):
    branch = uncertain.ledger.add(uncertain.name, codes=reviewing.opened(uncertain.pair)["a"]["codes"])
    HeadquartersProposal.objects.create(
        enterprise=branch, run=uncertain.pair.run, headquarters=HEAD, at=uncertain.pair.run.at
    )
    assert code_of(reviewing.decide_pair, verdict=Verdict.OTHER, **uncertain.given) == ""
    take_back(uncertain)
    assert proposed(uncertain) == [(HEAD, None)]


def test_what_somebody_has_settled_stays_when_the_decision_is_taken_back(uncertain):
    """Whether the headquarters' union covers it does not hang on whose record the other was."""
    assert code_of(reviewing.decide_pair, verdict=Verdict.OTHER, **uncertain.given) == ""
    branch = Enterprise.objects.get(name=uncertain.name)
    proposing.reject_proposal(by=uncertain.by, at=clock.now(), enterprise=branch)
    take_back(uncertain)
    assert (uncertain.ledger.fresh(branch).state, proposed(uncertain)) == ("UNKNOWN", [(HEAD, False)])
    # Decided again, it is not proposed again.
    assert code_of(reviewing.decide_pair, verdict=Verdict.OTHER, **uncertain.given) == ""
    assert (uncertain.ledger.fresh(branch).state, proposed(uncertain)) == ("NONE", [(HEAD, False)])


def test_a_state_by_headquarters_stays_when_the_decision_is_taken_back(uncertain):
    assert code_of(reviewing.decide_pair, verdict=Verdict.OTHER, **uncertain.given) == ""
    branch = Enterprise.objects.get(name=uncertain.name)
    proposing.accept_proposal(by=uncertain.by, at=clock.now(), enterprise=branch, reason="总部有工会")
    take_back(uncertain)
    assert (uncertain.ledger.fresh(branch).state, proposed(uncertain)) == ("HEADQUARTERS", [(HEAD, True)])
