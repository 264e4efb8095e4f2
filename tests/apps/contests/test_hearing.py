"""The first speeches are all heard before any is scored; the desk leads from each step to the end."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import SHEET
from unionhall.apps.contests import queries
from unionhall.apps.contests.codes import BallotSource, EntryState
from unionhall.apps.contests.models import BallotBox, Cue, Entry, Juror, LogLeaf, Stage
from unionhall.apps.contests.usecases import desk, results, stages
from unionhall.apps.contests.usecases.ballots import PaperProof, Submission, record_ballots
from unionhall.apps.contests.wording import in_words
from unionhall.engines import proof
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal


class Desk:
    """The scrutineer, who does what the desk says is next; one juror of each jury, whose sheets are paper."""

    def __init__(self, city):
        self.city, self.by = city, city.scrutineer
        jurors = Juror.objects.filter(jury__stage=city.stage).order_by("jury__position", "-seat")
        self.jurors = list({juror.jury_id: juror.public_id for juror in jurors}.values())
        self.scored = 0

    @property
    def stage(self):
        return queries.floor.stage_of(self.city.stage.public_id)

    @property
    def floor(self):
        return queries.floor.floor(self.stage)

    def do(self, floor, step):
        how = {"by": self.by, "at": clock.now()}
        if step == "NEXT":
            desk.go_to_cue(cue=floor.next_cue, **how)
        elif step == "HEARD":
            desk.hear_speech(entry=floor.entry, **how)
        elif step == "OPEN":
            desk.open_ballot_box(entry=floor.entry, **how)
        elif step == "CLOSE":
            self.score(floor.entry)
            desk.close_ballot_box(entry=floor.entry, **how)
        elif step == "REVEAL":
            desk.reveal_score(entry=floor.entry, **how)
        else:
            assert step == "END"
            desk.close_stage(stage=self.stage, **how)

    def score(self, entry):
        self.scored += 1
        sheets = [
            Submission(
                PaperProof(juror, self.by.public_id), entry.box.public_id, secrets.token_hex(16), None,
                {**SHEET, "CONTENT": str(28.5 + self.scored * 0.5)}, BallotSource.PAPER,
            )
            for juror in self.jurors
        ]  # fmt: skip
        assert {answer.code for answer in record_ballots(sheets, at=clock.now())} == {"ACCEPTED"}

    def until(self, *steps):
        """Go on to the first of these steps."""
        for _guard in range(300):
            floor = self.floor
            if floor.step in steps:
                return floor
            self.do(floor, floor.step)
        raise AssertionError(f"the desk never came to {steps}")

    def numbers(self, kind):
        """The numbers of the speeches that the log has events of this kind for, in its order."""
        number = dict(self.city.stage.entries.values_list("public_id", "number"))
        leaves = LogLeaf.objects.filter(kind=kind).order_by("position").values_list("event", flat=True)
        return [number[proof.parse(event.encode())["entry"]] for event in leaves]


@pytest.fixture
def at_desk(city):
    return Desk(city)


def refused(work, **how):
    with pytest.raises(Refusal) as caught, transaction.atomic():
        work(at=clock.now(), **how)
    return caught.value.code, dict(caught.value.data)


def entry_of(stage, number):
    return Entry.objects.select_related("stage__contest", "box", "cue").get(stage=stage, number=number)


def test_the_first_five_are_heard_then_scored_in_order_then_each_at_once(at_desk):
    city = at_desk.city
    at_desk.until("OPEN")
    assert (at_desk.numbers("heard"), at_desk.numbers("opening")) == ([1, 2, 3, 4, 5], [])
    assert at_desk.stage.current_cue.entry.number == 1
    at_desk.until("END")
    assert at_desk.numbers("opening") == list(range(1, 23))
    at_desk.do(at_desk.floor, "END")
    results.review_stage(by=city.chief, at=clock.now(), stage=at_desk.stage)
    results.publish_results(by=city.organiser, at=clock.now(), stage=at_desk.stage)
    verdict = proof.verify(queries.log.published_bundle(at_desk.stage, proof.SCRUTINEER))
    assert (verdict.problem, verdict.counted) == (None, True)
    # Speech n was scored as the nth: each gets half a point more.
    ranked = [line["entry"] for line in verdict.log.result if line["rank"]]
    order = {entry.public_id: entry.number for entry in city.stage.entries.all()}
    assert [order[entry] for entry in ranked] == sorted((order[e] for e in ranked), reverse=True)
    # The ceremonies come after, each once.
    while (floor := at_desk.floor).next_cue:
        at_desk.do(floor, "NEXT")
    assert not Cue.objects.filter(stage=city.stage, entry=None, done_at=None).exclude(
        pk=at_desk.stage.current_cue_id
    )


def test_nothing_opens_before_and_nothing_is_heard_twice_or_late(at_desk):
    by = at_desk.by
    floor = at_desk.until("HEARD")
    assert (floor.entry.number, floor.hearing.first, len(floor.hearing.left)) == (1, 5, 5)
    assert refused(desk.open_ballot_box, by=by, entry=floor.entry) == ("SPEECHES_NOT_HEARD", {"left": 5})
    second = entry_of(at_desk.stage, 2)
    assert refused(desk.hear_speech, by=by, entry=second) == ("NOT_ON_STAGE", {})
    assert refused(desk.hear_speech, by=at_desk.city.organiser, entry=floor.entry)[0] == "NOT_ALLOWED"
    desk.hear_speech(by=by, at=clock.now(), entry=floor.entry)
    assert refused(desk.hear_speech, by=by, entry=floor.entry) == ("SPEECH_HEARD", {})
    assert refused(desk.start_speech, by=by, entry=floor.entry) == ("SPEECH_HEARD", {})
    assert refused(desk.open_ballot_box, by=by, entry=floor.entry) == ("SPEECHES_NOT_HEARD", {"left": 4})
    assert at_desk.floor.step == "NEXT"
    at_desk.until("CLOSE")
    assert refused(desk.hear_speech, by=by, entry=at_desk.floor.entry) == ("BOX_STATE", {"state": "OPEN"})
    at_desk.until("REVEAL")
    sixth = entry_of(at_desk.stage, 6)
    desk.go_to_cue(by=by, at=clock.now(), cue=sixth.cue)
    assert refused(desk.hear_speech, by=by, entry=sixth) == ("NOT_DEFERRED", {})


def test_a_watch_that_runs_is_stopped_by_the_hearing(at_desk):
    floor = at_desk.until("HEARD")
    began = clock.now()
    desk.start_speech(by=at_desk.by, at=began, entry=floor.entry)
    over = began + timedelta(seconds=495)
    desk.hear_speech(by=at_desk.by, at=over, entry=floor.entry)
    box = BallotBox.objects.get(entry=floor.entry)
    assert (box.seconds, box.heard_at, box.state) == (495, over, "WAITING")
    assert (at_desk.numbers("time"), at_desk.numbers("heard")) == ([1], [1])


def test_a_speech_withdrawn_among_the_first_needs_no_hearing_and_is_not_replaced(at_desk):
    organiser = at_desk.city.organiser
    floor = at_desk.until("HEARD")
    for number in (1, 3, 5):  # the first of them on stage, the others ahead
        stages.withdraw_entry(by=organiser, at=clock.now(), entry=entry_of(at_desk.stage, number))
    floor = at_desk.floor
    assert (floor.step, floor.next_cue.entry.number) == ("NEXT", 2)
    gone = entry_of(at_desk.stage, 1)
    assert refused(desk.hear_speech, by=at_desk.by, entry=gone) == ("ENTRY_WITHDRAWN", {})
    assert refused(desk.open_ballot_box, by=at_desk.by, entry=gone) == ("ENTRY_WITHDRAWN", {})
    at_desk.until("REVEAL")
    assert (at_desk.numbers("heard"), at_desk.numbers("opening")) == ([2, 4], [2])
    # One that was heard may still withdraw: the next in line is scored.
    stages.withdraw_entry(by=organiser, at=clock.now(), entry=entry_of(at_desk.stage, 4))
    at_desk.until("END")
    assert at_desk.numbers("opening") == [2, *range(6, 23)]


def test_rules_that_defer_nothing_open_at_once(at_desk, monkeypatch):
    from dataclasses import replace

    book = replace(queries.rulebooks.in_force(at_desk.stage), deferred=0)
    monkeypatch.setattr(queries.rulebooks, "in_force", lambda _stage: book)
    at_desk.until("OPEN")
    assert refused(desk.hear_speech, by=at_desk.by, entry=at_desk.floor.entry) == ("NOT_DEFERRED", {})
    at_desk.until("REVEAL")
    assert (at_desk.numbers("heard"), at_desk.numbers("opening")) == ([], [1])


# Between the desk's steps: an entry withdraws, or the desk brings any cue on stage, in or out of turn.
incidents = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["withdraw", "jump"]), st.integers(0, 40)), max_size=12
)


@settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(incidents=incidents)
def test_the_desk_always_leads_to_the_end(at_desk, incidents):
    """Of eight speeches five are heard first; whatever happens, each is scored once or withdrawn."""
    with transaction.atomic():
        stage = at_desk.city.stage
        for entry in stage.entries.filter(number__gt=8).select_related("box", "stage__contest"):
            stages.withdraw_entry(by=at_desk.city.organiser, at=clock.now(), entry=entry)
        at_desk.scored = 0
        happen(at_desk, incidents)
        scored = set(stage.entries.filter(state=EntryState.REGISTERED).values_list("number", flat=True))
        assert sorted(at_desk.numbers("opening")) == sorted(at_desk.numbers("closing")) == sorted(scored)
        assert Stage.objects.get(pk=stage.pk).state == "CLOSED"
        leaves = LogLeaf.objects.filter(stage=stage).order_by("position")
        events = [proof.Leaf(b"", b"", proof.parse(leaf.event.encode())) for leaf in leaves]
        assert proof.replay(events, counts=True).ended
        transaction.set_rollback(True)


def happen(at_desk, incidents):
    cues = list(Cue.objects.filter(stage=at_desk.city.stage).select_related("stage__contest", "entry__box"))
    due = sorted(incidents)
    for turn in range(120):
        while due and due[0][0] == turn:
            _turn, what, which = due.pop(0)
            cue = cues[which % len(cues)]
            speeches = [c.entry for c in cues if c.entry and c.entry.number <= 8]
            try:
                with transaction.atomic():
                    if what == "jump":
                        desk.go_to_cue(by=at_desk.by, at=clock.now(), cue=Cue.objects.get(pk=cue.pk))
                    else:
                        entry = entry_of(at_desk.city.stage, speeches[which % 8].number)
                        stages.withdraw_entry(by=at_desk.city.organiser, at=clock.now(), entry=entry)
            except Refusal:
                pass
        floor = at_desk.floor
        if floor.stage.state == "CLOSED":
            return
        at_desk.do(floor, floor.step)
    raise AssertionError(f"the desk goes round in circles at {at_desk.floor.step}")


def test_desk_phone_hall_and_rules_say_it_in_words(hall, client):
    stage = hall.stage.public_id
    client.force_login(hall.city.scrutineer)
    phone, (juror, seat) = Client(), next(iter(hall.phones.items()))
    phone.cookies["seat"] = f"{seat.pass_id}.{seat.secret}"
    desk.go_to_cue(by=hall.city.scrutineer, at=clock.now(), cue=hall.speeches[0].cue)

    def words(url, who=client):
        return who.get(url).content.decode()

    said = "前 5 位全部讲完后"
    assert juror in hall.phones
    assert "本位已讲完，与前 5 位一并评分" in words(f"/stages/{stage}/desk")
    assert said in words(f"/stages/{stage}/hall", Client())
    assert said in words("/juror", phone)
    assert said in words(f"/stages/{stage}/rules")
    state = client.get(reverse("contests:desk-state", args=[stage])).json()
    assert (state["step"], state["cue"]) == ("HEARD", hall.speeches[0].cue.public_id)
    assert state["next"] == hall.speeches[1].cue.public_id
    assert client.post(f"/stages/{stage}/desk/heard").status_code == 302
    desk.go_to_cue(by=hall.city.scrutineer, at=clock.now(), cue=hall.speeches[1].cue)
    assert "已讲待评" in words(f"/stages/{stage}/desk")
    states = [cue["state"] for cue in client.get(f"/stages/{stage}/desk/state").json()["cues"]]
    assert (states[1], states[2]) == ("HEARD", "NOW")
    hall.open()
    for url, who in ((f"/stages/{stage}/hall", Client()), ("/juror", phone)):
        assert said not in words(url, who)
    assert any(said in line for line in in_words(queries.rulebooks.in_force(hall.stage))["lines"])
