"""Random lives of an issue against a small model: whoever does whatever, in any order."""

from __future__ import annotations

import inspect
from datetime import timedelta
from types import ModuleType

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from unionhall.apps.meetings.models import Issue
from unionhall.apps.meetings.usecases import issues

from .conftest import District, code_of

OFFICERS = ("officer", "deputy")
# What is allowed stands here more often than what is not, so that a story goes on.
whoever = st.sampled_from(["officer", "deputy", "station", "station", "deputy", "stranger"])
words = st.sampled_from(["现场核实", "电话回访", "拍照", " "])
days = st.sampled_from([7, 5, 0, -1])


class IssueLife(RuleBasedStateMachine):
    """One issue in a district with two officers, a station chief without a post, and a stranger."""

    district: District
    usecases: ModuleType = issues

    def __init__(self):
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        self.issue = self.district.raised()
        self.state, self.owner, self.due, self.claimer = "OPEN", None, None, None
        self.steps = [("RAISED", "officer")]

    def teardown(self):
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)

    def _do(self, usecase, who, expected, kind, **arguments):
        by = getattr(self.district, who)
        assert code_of(getattr(self.usecases, usecase), by=by, issue=self.issue, **arguments) == expected
        if not expected:
            self.steps.append((kind, who))
        return not expected

    @rule(who=st.sampled_from([*OFFICERS, "station"]), owner=st.sampled_from(OFFICERS), back=st.booleans())
    def go_on(self, who, owner, back):
        """What comes next in a life that goes well, so that stories get beyond the first step."""
        if self.state == "CLOSED":
            self.reopen(who, "又断电了")
        elif self.state == "DONE_CLAIMED":
            self.send_back(who, "缺照片") if back else self.close(who, "现场核实")
        elif self.owner is None:
            self.assign(who, owner, 7, "")
        else:
            self.claim(who, "验收单")

    @rule(who=whoever, owner=st.sampled_from(["officer", "deputy", "station"]), day=days, reason=words)
    def assign(self, who, owner, day, reason):
        due = self.district.today + timedelta(days=day)
        moved_silently = self.due not in {None, due} and not reason.strip()
        expected = (
            "NOT_ALLOWED" if who not in OFFICERS
            else "NOT_OPEN" if self.state != "OPEN"
            else "DUE_PAST" if day < 0
            else "REASON_MISSING" if moved_silently
            else ""
        )  # fmt: skip
        person = getattr(self.district, owner).person
        if self._do("assign_issue", who, expected, "ASSIGNED", owner=person, due=due, reason=reason):
            self.owner, self.due = owner, due

    @rule(who=whoever, day=days, reason=words)
    def move(self, who, day, reason):
        due = self.district.today + timedelta(days=day)
        expected = (
            "NOT_ALLOWED" if who not in OFFICERS
            else "NOT_OPEN" if self.state != "OPEN"
            else "NO_OWNER" if self.owner is None
            else "DUE_PAST" if day < 0
            else "WORDS_MISSING" if not reason.strip()
            else ""
        )  # fmt: skip
        if self._do("move_due", who, expected, "DUE_MOVED", due=due, reason=reason):
            self.due = due

    @rule(who=whoever, text=words)
    def note(self, who, text):
        expected = (
            "NOT_ALLOWED" if who not in OFFICERS and who != self.owner
            else "WORDS_MISSING" if not text.strip()
            else ""
        )  # fmt: skip
        self._do("note_issue", who, expected, "NOTED", text=text)

    @rule(who=whoever, evidence=words)
    def claim(self, who, evidence):
        expected = (
            "NOT_ALLOWED" if who not in OFFICERS and who != self.owner
            else "NOT_OPEN" if self.state != "OPEN"
            else "NO_OWNER" if self.owner is None
            else "WORDS_MISSING" if not evidence.strip()
            else ""
        )  # fmt: skip
        if self._do("claim_done", who, expected, "CLAIMED", measures="已办", evidence=evidence):
            self.state, self.claimer = "DONE_CLAIMED", who

    @rule(who=whoever, checked=words)
    def close(self, who, checked):
        expected = (
            "NOT_ALLOWED" if who not in OFFICERS
            else "NOT_CLAIMED" if self.state != "DONE_CLAIMED"
            else "SECOND_PERSON" if who in {self.owner, self.claimer}
            else "WORDS_MISSING" if not checked.strip()
            else ""
        )  # fmt: skip
        if self._do("close_issue", who, expected, "VERIFIED", checked=checked):
            self.state = "CLOSED"

    @rule(who=whoever, reason=words)
    def send_back(self, who, reason):
        self._open_again("return_issue", who, reason, "DONE_CLAIMED", "NOT_CLAIMED", "RETURNED")

    @rule(who=whoever, reason=words)
    def reopen(self, who, reason):
        self._open_again("reopen_issue", who, reason, "CLOSED", "NOT_CLOSED", "REOPENED")

    def _open_again(self, usecase, who, reason, state, wrong, kind):
        expected = (
            "NOT_ALLOWED" if who not in OFFICERS
            else wrong if self.state != state
            else "WORDS_MISSING" if not reason.strip()
            else ""
        )  # fmt: skip
        if self._do(usecase, who, expected, kind, reason=reason):
            self.state, self.claimer = "OPEN", None

    @invariant()
    def the_row_is_as_the_model_says(self):
        issue = Issue.objects.get(pk=self.issue.pk)
        person = {who: getattr(self.district, who).person for who in (*OFFICERS, "station")}
        assert (issue.state, issue.owner, issue.due, issue.claimed_by) == (
            self.state,
            person.get(self.owner),
            self.due,
            person.get(self.claimer),
        )
        assert (issue.evidence == "", issue.measures == "") == (self.state == "OPEN",) * 2
        if self.state == "CLOSED":
            assert issue.closed_by not in {issue.owner, issue.claimed_by, None}

    @invariant()
    def its_steps_replayed_give_the_row(self):
        person = {getattr(self.district, who).person: who for who in (*OFFICERS, "station", "stranger")}
        steps = list(self.issue.steps.select_related("by").order_by("pk"))
        assert [(step.kind, person[step.by]) for step in steps] == self.steps
        assert replay(steps) == stored(Issue.objects.get(pk=self.issue.pk))


def replay(steps):
    """What an issue's steps, in order, say of it."""
    now = dict.fromkeys(("owner", "due", "claimed_by", "closed_by", "closed_at"))
    now |= {"state": "OPEN", "measures": "", "evidence": ""}
    unclaimed = {"state": "OPEN", "measures": "", "evidence": "", "claimed_by": None}
    for step in steps:
        if step.kind in {"ASSIGNED", "DUE_MOVED"}:
            now |= {"due": step.due} | ({"owner": step.owner_id} if step.owner_id else {})
        elif step.kind == "CLAIMED":
            claim = {"measures": step.text, "evidence": step.evidence, "claimed_by": step.by_id}
            now |= {"state": "DONE_CLAIMED"} | claim
        elif step.kind == "VERIFIED":
            now |= {"state": "CLOSED", "closed_by": step.by_id, "closed_at": step.at}
        elif step.kind in {"RETURNED", "REOPENED"}:
            now |= unclaimed | {"closed_by": None, "closed_at": None}
    return now


def stored(issue):
    """The same of its row."""
    return {
        "owner": issue.owner_id,
        "due": issue.due,
        "state": issue.state,
        "measures": issue.measures,
        "evidence": issue.evidence,
        "claimed_by": issue.claimed_by_id,
        "closed_by": issue.closed_by_id,
        "closed_at": issue.closed_at,
    }


def live(district, stories, usecases=issues):
    machine = type("OneDistrict", (IssueLife,), {"district": district, "usecases": usecases})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=stories,
            stateful_step_count=25,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_lives_of_an_issue(district):
    live(district, 60)


# Mistakes that somebody could really make, each sown into the source of the use cases.
BUGS = {
    "whoever reported it may close it": ("in {issue.owner_id, issue.claimed_by_id}", "== issue.owner_id"),
    "a day is moved without a word": ("if issue.due not in {None, due} and not reason.strip():", "if False:"),
    "the owner may have any day": ("    _must_lie_ahead(due, at)\n", ""),
    "what was sent back keeps its evidence": ('issue.evidence = IssueState.OPEN, "", ""', "_ = 0, 0, 0"),
    "a reopening leaves no step": ("_step(issue, StepKind.REOPENED, by, at, text=", "_words("),
    "a check is not written down": ("_step(issue, StepKind.VERIFIED, by, at, text=", "_words("),
    "a stale page decides": ("issue = Issue.objects.select_for_update().get(pk=issue.pk)", "pass"),
}


@pytest.mark.parametrize("bug", list(BUGS))
def test_a_sown_bug_is_caught(district, bug):
    right, wrong = BUGS[bug]
    source = inspect.getsource(issues)
    assert right in source
    sown = ModuleType("unionhall.apps.meetings.usecases.sown")
    exec(compile(source.replace(right, wrong), "sown", "exec"), sown.__dict__)
    # Most bugs show within thirty stories; the bound only ends the search for one that never would.
    with pytest.raises((AssertionError, IntegrityError)):
        live(district, 3000, sown)
