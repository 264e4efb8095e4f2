"""Two officers at the review desk at the same instant, by real threads on a real database."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from .conftest import migrated_house

# What the two do is read from the argument. The second comes while the first has the pair in hand, who then
# takes a while: without a lock both would go by what stood before.
PROGRAM = """
import django, json, sys, threading, time
django.setup()
from datetime import timedelta
from django.db import connection
from unionhall.apps.coverage.codes import Verdict
from unionhall.apps.coverage.models import (
    Delivery, LinkageRun, LinkDecision, PairOpinion, PairRecall, ReviewPair, StateEntry,
)
from unionhall.apps.coverage.usecases.registers import arriving, reviewing, runs
from unionhall.apps.coverage.usecases.registers.rows import Record
from unionhall.apps.orgs import usecases as orgs
from unionhall.apps.orgs.codes import RegisterField, RegisterKind
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.models import Account
from unionhall.apps.people.usecases import appoint, open_account, register_person
from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.sealed import seal
from unionhall.site.begin import begin

what = sys.argv[1]
if not Account.objects.exists():
    begin(union="江城市总工会", name="张立", username="chief", password="")
    ground = Union.objects.get()
    person = register_person(by=SYSTEM, at=clock.now(), name="方敏", union=ground)
    appoint(
        by=SYSTEM, at=clock.now(), person=person, union=ground, role=PostRole.OFFICER, since=clock.today()
    )
    open_account(by=SYSTEM, at=clock.now(), person=person, username="officer", password="")
ground, at, today = Union.objects.get(), clock.now(), clock.today()
officer, chief = (Account.objects.get(username=name) for name in ("officer", "chief"))

def delivery(kind):
    agreement = orgs.note_agreement(
        by=chief, at=at, ground=ground, register=RegisterKind(kind), fields=list(RegisterField),
        office="市场监督管理局", title="协议", number=f"{what} {kind}", purpose="查找未建会企业",
        officer="方敏", starts=today - timedelta(days=1), ends=None,
    )
    source = arriving.add_source(by=officer, at=at, agreement=agreement, name=kind)
    return Delivery.objects.create(
        source=source, file_name="x.csv", size=1, digest="0" * 64, as_of=today, account=officer, at=at
    )

run = LinkageRun.objects.create(
    ground=ground, market=delivery("MARKET"), union=delivery("UNION"), account=officer, at=at
)

def pair_of(number):
    record = Record(id=f"M{number}", name=f"江城市{what}第{number}商贸有限公司")
    pair = ReviewPair(
        public_id=new_public_id(), run=run, key_a=record.key(), key_b=bytes(16), probability=500_000,
        twice=what == "OWN_OF_TWO",
    )
    told = {"a": record.told(), "b": record.told(), "tax": None, "insurance": None, "steps": []}
    pair.sealed = seal(json.dumps(told), row=pair.public_id, column=runs.PAIR)
    pair.save()
    return pair

def slowly(*given):
    require(*given)
    if not inside.is_set():
        inside.set()
        time.sleep(0.3)

def decide(by, verdict):
    return reviewing.decide_pair(by=by, at=clock.now(), pair=pair, verdict=verdict)

def take_back(by, said):
    return reviewing.recall_opinion(by=by, at=clock.now(), opinion=said, reason="看错")

def do(number, usecase, *given):
    if number:
        assert inside.wait(10)
    try:
        usecase(*given)
        answers[number] = "done"
    except Refusal as refusal:
        answers[number] = refusal.code
    finally:
        connection.close()

seen = set()
for turn in range(5):
    pair, inside, answers = pair_of(turn), threading.Event(), [None, None]
    if what == "DECIDE_BOTH":
        both = (decide, officer, Verdict.OTHER), (decide, chief, Verdict.SAME)
    elif what == "OWN_OF_TWO":
        both = [
            (take_back, by, decide(by, Verdict.OTHER).opinions.get(account=by)) for by in (officer, chief)
        ]
    else:
        said = decide(officer, Verdict.OTHER).opinions.get()
        acts = {"TAKE_BACK": (take_back, chief, said), "DECIDE": (decide, chief, Verdict.SAME)}
        both = [(take_back, officer, said), acts[what.split("-")[1]]]
        if what.startswith("AFTER"):
            both.reverse()
    reviewing.require = slowly
    doing = [threading.Thread(target=do, args=(n, *one)) for n, one in enumerate(both)]
    for one in doing: one.start()
    for one in doing: one.join()
    reviewing.require = require
    pair.refresh_from_db()
    history = StateEntry.objects.filter(enterprise__name=f"江城市{what}第{turn}商贸有限公司").order_by("pk")
    said, recalls = pair.opinions.count(), PairRecall.objects.filter(opinion__pair=pair)
    decisions = LinkDecision.objects.filter(key_a=bytes(pair.key_a))
    seen.add((
        " ".join(map(str, answers)),
        " ".join(history.values_list("state", flat=True)),
        pair.state,
        f"{said} said, {recalls.count()} taken back, {recalls.filter(reopened=True).count()} opened",
        " ".join(map(str, decisions.values_list("same", flat=True))),
    ))
print(json.dumps(sorted(seen)))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    with migrated_house(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.mark.parametrize(
    ("done", "came_of_it"),
    [
        (
            "FIRST-TAKE_BACK",
            ["done RECALL_DONE", "NONE UNKNOWN", "OPEN", "1 said, 1 taken back, 1 opened", ""],
        ),
        (
            "FIRST-DECIDE",
            ["done done", "NONE UNKNOWN FOUNDED", "SAME", "2 said, 1 taken back, 1 opened", "True"],
        ),
        (
            "AFTER-DECIDE",
            ["PAIR_SETTLED done", "NONE UNKNOWN", "OPEN", "1 said, 1 taken back, 1 opened", ""],
        ),
        ("DECIDE_BOTH", ["done PAIR_SETTLED", "NONE", "OTHER", "1 said, 0 taken back, 0 opened", "False"]),
        # Two had said it, and it took both; the ledger is told once.
        ("OWN_OF_TWO", ["done done", "NONE UNKNOWN", "OPEN", "2 said, 2 taken back, 1 opened", ""]),
    ],
)
def test_of_two_at_once_each_acts_on_what_the_other_has_left(environment, done, came_of_it):
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, done], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [came_of_it], ran.stderr
