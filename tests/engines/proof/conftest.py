"""Logs of invented contests, built from events alone, as a stranger would from the specification."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from unionhall.engines import proof
from unionhall.engines.proof import Leaf, Signer
from unionhall.engines.proof.events import SEALED

RULES = {
    "format": "unionhall-rulebook/1",
    "title": "决赛评分规则",
    "criteria": [
        {"code": "CONTENT", "name": "主题内容", "max": "60", "digits": 1},
        {"code": "BEARING", "name": "形象风度", "max": "40", "digits": 1},
    ],
    "juries": [
        {"code": "EXPERT", "name": "专家评审", "weight": "70", "trim": {"highest": 1, "lowest": 1}},
        {"code": "WORKER", "name": "职工评审", "weight": "30"},
    ],
    "rounding": {
        "criterion": {"mode": "NONE"},
        "jury": {"mode": "HALF_UP", "digits": 2},
        "composite": {"mode": "HALF_UP", "digits": 2},
    },
    "ties": [{"by": "MORE_DECIMALS"}, {"by": "JOINT"}],
    "prizes": [
        {"code": "FIRST", "name": "一等奖", "quota": 1},
        {"code": "SECOND", "name": "二等奖", "quota": 2},
    ],
    "timing": {"shortest": 360, "longest": 480, "over": [{"after": 0, "points": "-0.5"}]},
}
STAGE = "ABCDEFGH2345"
SIGNER = Signer.from_seed("unionhall", bytes(range(32)))


def code(prefix: str, number: int) -> str:
    return f"{prefix}{number:0{12 - len(prefix)}}"


class Writer:
    """Writes a log: leaves, checkpoints and receipts."""

    def __init__(self, seed=1, rules=RULES, signer=SIGNER, stage=STAGE):
        self.chance = random.Random(seed)
        self.signer, self.stage, self.rules = signer, stage, rules
        self.at = datetime(2026, 5, 1, 6, tzinfo=UTC)
        self.leaves, self.checkpoints, self.receipts = [], [], []
        self.tree = proof.Frontier()
        self.number = 100

    @property
    def origin(self):
        return proof.origin_of(self.stage)

    def add(self, kind, **fields):
        self.at += timedelta(seconds=1)
        event = proof.event(kind, self.at, **fields)
        salt = self.chance.randbytes(32)
        leaf = Leaf(proof.committed(salt, event), salt, event)
        self.leaves.append(leaf)
        self.tree.append(proof.leaf_hash(leaf.commitment))
        if kind in SEALED:
            checkpoint = proof.Checkpoint(self.origin, self.tree.size, self.tree.root())
            self.checkpoints.append(self.signer.sign(checkpoint.text))
        if kind == "ballot" and fields["source"] != "CORRECTION":
            receipt = proof.Receipt(self.origin, fields["number"], leaf.commitment)
            self.receipts.append(self.signer.sign(receipt.text))

    def begin(self, entries=4, jurors=(5, 3), *, freeze=True):
        self.entries = [code("E", n) for n in range(1, entries + 1)]
        self.jurors = {
            jury: [code(jury[0], n) for n in range(1, size + 1)]
            for jury, size in zip(("EXPERT", "WORKER"), jurors, strict=True)
        }
        self.add("rules", stage=self.stage, contest="职工宣讲比赛", name="决赛", rulebook=self.rules)
        self.add(
            "entries",
            entries=[
                {"entry": e, "number": n, "name": f"选手{n}", "title": "题", "unit": "厂"}
                for n, e in enumerate(self.entries, 1)
            ],
        )
        for jury, seats in self.jurors.items():
            self.add("jury", jury=jury, jurors=seats)
        if freeze:
            self.add("freeze")

    def ballot(self, entry, juror, *, revision=1, scores=None, source="PHONE"):
        self.number += self.chance.randrange(1, 3)
        scores = scores or [self.chance.randrange(400, 601), self.chance.randrange(250, 401)]
        self.add(
            "ballot",
            number=self.number,
            entry=entry,
            juror=juror,
            revision=revision,
            scores=scores,
            source=source,
        )
        return self.number

    def speech(self, entry):
        self.add("opening", entry=entry)
        seats = [juror for jury in self.jurors.values() for juror in jury]
        absent = self.chance.choice(seats)
        self.add("excusal", entry=entry, juror=absent, why="ABSENT")
        for juror in seats:
            if juror != absent:
                self.ballot(entry, juror)
        twice = self.chance.choice([juror for juror in seats if juror != absent])
        self.ballot(entry, twice, revision=2)
        self.add("refusal", entry=entry, juror=absent, scores=[500, 300], source="PHONE", reason="CLOSED")
        self.add("closing", entry=entry, ballots=len(seats))
        self.add("time", entry=entry, seconds=self.chance.randrange(300, 500))

    def finish(self, revision=1):
        counted = proof.replay(self.leaves, counts=True)
        if not counted.ended:
            self.add("end")
            counted = proof.replay(self.leaves, counts=True)
        result = proof.result_lines(proof.recount(counted))
        self.add("review", revision=revision, result=result)
        private = sum(
            not proof.may_see(leaf.event, proof.PUBLIC, publishes=self.rules.get("disclosure", proof.TOTALS))
            for leaf in self.leaves
        )
        self.add("publication", revision=revision, private=private)

    def whole(self):
        self.begin()
        for entry in self.entries[: self.rules.get("deferred", 0)]:
            self.add("heard", entry=entry)
        for entry in self.entries:
            self.speech(entry)
        self.add("points", number=1, entry=self.entries[0], type="BONUS", points="0.25")
        self.add("special", entry=self.entries[1], name="特等奖", ground="全国三等奖")
        self.finish()
        return self

    def bundle(self, disclosure=proof.SCRUTINEER, juror=""):
        publishes = self.rules.get("disclosure", proof.TOTALS)
        leaves = proof.disclosed(self.leaves, disclosure, publishes=publishes, juror=juror)
        own = {
            leaf.event["number"]
            for leaf in leaves
            if leaf.event is not None and leaf.event["kind"] == "ballot"
        }
        receipts = [one for one in self.receipts if int(one.split("\n")[1]) in own]
        return proof.write_bundle(
            disclosure=disclosure,
            juror=juror,
            key=self.signer.public,
            leaves=leaves,
            checkpoints=self.checkpoints,
            receipts=receipts,
        )


@pytest.fixture(scope="session")
def final():
    """A whole final, published."""
    return Writer().whole()


@pytest.fixture(scope="session")
def bundle(final):
    return final.bundle()
