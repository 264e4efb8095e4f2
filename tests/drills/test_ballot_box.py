"""The ballot box against a small model of it, driven at random; and the same with bugs sown on purpose.

`make test` runs 500 stories, `make nightly` 10,000 longer ones. Every story is rolled back.
"""

from __future__ import annotations

import inspect
import os
import sys
from types import ModuleType

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.apps.contests.conftest import Hall
from tests.conftest import SHEET
from unionhall.apps.contests import queries
from unionhall.apps.contests.codes import ExcusalKind
from unionhall.apps.contests.models import Ballot, LogLeaf, RefusedBallot
from unionhall.apps.contests.usecases import ballots, desk
from unionhall.engines import proof, scoring
from unionhall.engines.scoring import Sheet
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal

NIGHTLY = bool(os.environ.get("UNIONHALL_NIGHTLY"))
STORIES, STEPS = (10_000, 40) if NIGHTLY else (500, 20)
# Shrinking a story takes minutes; one that fails is told as it came, unless somebody has the night for it.
PHASES = tuple(Phase) if NIGHTLY else (Phase.generate,)
MARKS = ["28.5", "30.0", "40.0", "41.0"]  # the last is beyond the maximum
who = st.integers(0, 2)
sheets = st.sampled_from(MARKS)
keys = st.integers(0, 9)
# Which base a sender names: the right one, none, or that of any ballot.
bases = st.sampled_from(["right", "none", "other"])


class BallotBoxes(RuleBasedStateMachine):
    """Three jurors, one of each jury, and the first two speeches of the final."""

    hall: Hall
    record = staticmethod(ballots.record_ballots)

    def __init__(self):
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        juries = {juror.jury_id: juror for juror in reversed(self.hall.jurors)}
        self.jurors = sorted(juries.values(), key=lambda juror: juror.jury.position)
        self.at = -1  # the speech on stage
        self.state = ["WAITING", "WAITING"]
        self.answers = {}  # (juror, key) -> (code, speech, mark, number, revision)
        self.latest = {}  # (speech, juror) -> (number, revision, mark)
        self.kept = []  # (speech, juror, revision, mark) in the order of their numbers
        self.refused = []  # (speech, juror, reason), in order
        self.excused = {}
        self.numbers = []

    def teardown(self):
        try:
            self._closed_boxes_count_and_are_logged()
        finally:
            transaction.set_rollback(True)
            self.story.__exit__(None, None, None)

    def _base(self, speech, juror, base):
        if base == "right":
            return self.latest.get((speech, juror), (None,))[0]
        return None if base == "none" else (self.numbers or [0])[0]

    def _expected(self, speech, juror, key, mark, base):
        """What the model answers, and what it keeps."""
        if mark == MARKS[-1]:
            return "BAD_SCORES", False
        known = self.answers.get((juror, key))
        if known:
            same = (known[1], known[2]) == (speech, mark)
            return (known[0], True) if same else ("KEY_REUSED", False)
        if self.excused.get((speech, juror)) == ExcusalKind.RECUSED:
            code = "RECUSED"
        elif self.state[speech] != "OPEN":
            code = "CLOSED" if self.state[speech] == "CLOSED" else "NOT_OPEN"
        elif base != self.latest.get((speech, juror), (None,))[0]:
            return "STALE", False
        else:
            code = "ACCEPTED"
        if code != "ACCEPTED":
            self.answers[juror, key] = (code, speech, mark, None, 0)
            self.refused.append((speech, juror, code))
        return code, False

    def _take(self, speech, juror, key, mark, answer):
        revision = self.latest.get((speech, juror), (None, 0))[1] + 1
        assert answer.revision == revision
        assert answer.number > max(self.numbers, default=0)
        assert answer.receipt
        self.numbers.append(answer.number)
        self.answers[juror, key] = ("ACCEPTED", speech, mark, answer.number, revision)
        self.latest[speech, juror] = (answer.number, revision, mark)
        self.kept.append((speech, juror, revision, mark))

    @rule(batch=st.lists(st.tuples(st.integers(0, 1), who, keys, sheets, bases), min_size=1, max_size=4))
    def send(self, batch):
        """One ballot, or several that the writer finds in its queue at once."""
        prepared = [
            (speech, juror, f"key-{key:08}", mark, self._base(speech, juror, base))
            for speech, juror, key, mark, base in batch
        ]
        found = self.record(
            [
                self.hall.submission(
                    self.jurors[juror], self.hall.speeches[speech], key=key, base=base, CONTENT=mark
                )
                for speech, juror, key, mark, base in prepared
            ],
            at=clock.now(),
        )
        for (speech, juror, key, mark, base), answer in zip(prepared, found, strict=True):
            code, replayed = self._expected(speech, juror, key, mark, base)
            assert (answer.code, answer.replayed) == (code, replayed)
            if code == "ACCEPTED" and not replayed:
                self._take(speech, juror, key, mark, answer)
            elif code == "ACCEPTED":
                known = self.answers[juror, key]
                assert (answer.number, answer.revision) == known[3:]

    @precondition(lambda self: self.at < 1 and (self.at < 0 or self.state[self.at] == "CLOSED"))
    @rule()
    def open(self):
        self.at += 1
        self.hall.open(self.at)
        self.state[self.at] = "OPEN"

    @precondition(lambda self: self.at >= 0 and self.state[self.at] == "OPEN")
    @rule()
    def close(self):
        """Refused while one of the three juries has not been heard."""
        heard = {juror for speech, juror in self.latest if speech == self.at}
        try:
            with transaction.atomic():
                self.hall.close(self.hall.speeches[self.at])
        except Refusal as refusal:
            why = refusal.code
        else:
            why = ""
            self.state[self.at] = "CLOSED"
        assert why == ("" if heard == {0, 1, 2} else "JURY_WITHOUT_BALLOTS")

    @rule(speech=st.integers(0, 1), juror=who, kind=st.sampled_from([*ExcusalKind, None]))
    def excuse(self, speech, juror, kind):
        """Note a recusal or an absence, or take the note back."""
        how = {
            "by": self.hall.city.scrutineer, "at": clock.now(), "entry": self.hall.speeches[speech],
            "juror": self.jurors[juror],
        }  # fmt: skip
        try:
            with transaction.atomic():
                if kind is None:
                    desk.lift_excusal(**how)
                else:
                    desk.excuse_juror(kind=kind, reason="因", **how)
        except Refusal as refusal:
            why = refusal.code
        else:
            why = ""
            self.excused[speech, juror] = kind
        scored = kind == ExcusalKind.RECUSED and (speech, juror) in self.latest
        assert why == ("BOX_STATE" if self.state[speech] == "CLOSED" else "BALLOT_EXISTS" if scored else "")

    @invariant()
    def everything_acknowledged_is_kept_and_nothing_else(self):
        place = {juror.pk: n for n, juror in enumerate(self.jurors)}
        speech = {entry.box.pk: n for n, entry in enumerate(self.hall.speeches[:2])}
        rows = Ballot.objects.order_by("pk").values_list("box", "juror", "revision", "scores")
        assert [(speech[b], place[j], r, f"{scores[0] / 10:.1f}") for b, j, r, scores in rows] == self.kept
        refused = RefusedBallot.objects.order_by("pk").values_list("box", "juror", "reason")
        assert [(speech[b], place[j], reason) for b, j, reason in refused] == self.refused

    def _closed_boxes_count_and_are_logged(self):
        closed = [n for n in (0, 1) if self.state[n] == "CLOSED"]
        if not closed:
            return
        rulebook = queries.rulebooks.in_force(self.hall.stage)
        codes = [self.hall.speeches[n].public_id for n in closed]
        heard = [
            Sheet(
                self.hall.speeches[speech].public_id,
                self.jurors[juror].jury.code,
                self.jurors[juror].public_id,
                scoring.read_scores(rulebook, {**SHEET, "CONTENT": mark}),
            )
            for (speech, juror), (_number, _revision, mark) in self.latest.items()
            if speech in closed
        ]
        expected = {e.entry: e.exact for e in scoring.count(rulebook, codes, heard).entries}
        assert {e.entry: e.exact for e in queries.counting.result(self.hall.stage).entries} == expected
        logged = LogLeaf.objects.filter(kind="ballot").order_by("position").values_list("row", flat=True)
        assert list(logged) == [
            n for n, kept in zip(self.numbers, self.kept, strict=True) if kept[0] in closed
        ]
        leaves = LogLeaf.objects.order_by("position").values_list("commitment", flat=True)
        last = self.hall.stage.log_checkpoints.order_by("-size")[0]
        hashes = [proof.leaf_hash(bytes(one)) for one in leaves[: last.size]]
        assert proof.tree_root(hashes).hex() == last.root


@pytest.fixture
def hall(city):
    """The first speeches have been heard, so that every story begins with a scoring."""
    hall = Hall(city)
    for entry in queries.hearing.of_stage(hall.stage).left:
        hall.hear(entry)
    return hall


def run(hall, *, stories, record=ballots.record_ballots, phases=(Phase.generate,)):
    machine = type("Machine", (BallotBoxes,), {"hall": hall, "record": staticmethod(record)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=stories,
            stateful_step_count=STEPS,
            deadline=None,
            phases=phases,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_story_ends_as_the_model_says(hall):
    run(hall, stories=STORIES, phases=PHASES)


# What is sown, and where. Each is a mistake that somebody could really make.
BUGS = {
    "late ballots count": ('if box.state == BoxState.CLOSED:\n            return "CLOSED"', "pass"),
    "early ballots count": (
        'return None if box.state == BoxState.OPEN else "NOT_OPEN"',
        'return "CLOSED" if box.state == BoxState.CLOSED else None',
    ),
    "recused jurors count": ("== ExcusalKind.RECUSED:", "== 'NOBODY':"),
    "absent jurors are refused": ("== ExcusalKind.RECUSED:", "is not None:"),
    "a stale base passes": ("if submission.base != (latest.number if latest else None):", "if False:"),
    "a second press counts again": ("if earlier is not None:", "if False:"),
    "a key may be used for other scores": ("if earlier.digest != digest:", "if False:"),
    "a batch forgets its own ballots": ("if latest and latest.written:", "if False:"),
    "a batch forgets its own keys": ("self.known.by_key[seat.juror_id, submission.key] = mine", "pass"),
    "refused ballots are thrown away": ("RefusedBallot.objects.bulk_create(self.refused)", "pass"),
    "every ballot is the first revision": ("revision=latest.revision + 1 if latest else 1", "revision=1"),
    "bad scores pass": ("if sheet and isinstance(sheet[0], Problem):", "if False:"),
    "the first score is lost": ("scores=scores,", "scores=(0, *scores[1:]),"),
}


@pytest.fixture(scope="session")
def source():
    return inspect.getsource(ballots)


def sown(source, right, wrong):
    """The use case of ballots with one line put in another's place."""
    assert source.count(right) >= 1
    module = ModuleType("unionhall.apps.contests.usecases.sown")
    sys.modules[module.__name__] = module  # dataclasses look their module up
    try:
        exec(compile(source.replace(right, wrong, 1), "sown", "exec"), module.__dict__)
    finally:
        del sys.modules[module.__name__]
    # What is sent was made with the real classes.
    module.__dict__.update({name: getattr(ballots, name) for name in ("PhoneProof", "PaperProof")})
    return module.record_ballots


def test_without_a_bug_the_sown_source_passes(hall, source):
    run(hall, stories=60, record=sown(source, "pass", "pass"))


@pytest.mark.parametrize("bug", list(BUGS))
def test_a_sown_bug_is_caught(hall, source, bug):
    record = sown(source, *BUGS[bug])
    with pytest.raises(AssertionError):
        run(hall, stories=500, record=record)
