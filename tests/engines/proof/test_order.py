"""Logs that somebody with the key could sign, but that could not have happened: refused by both programs."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.proof.conftest import RULES, STAGE, Writer, code
from unionhall.engines import proof
from unionhall.engines.proof import ProofError, second_count, verify
from unionhall.engines.proof.events import SEALED
from unionhall.engines.proof.report import sentence

BOTH = {"proposed_by": code("A", 1), "confirmed_by": code("A", 2)}


def unfrozen():
    writer = Writer()
    writer.begin(entries=1, freeze=False)
    return writer


def begun(entries=1):
    writer = Writer()
    writer.begin(entries=entries)
    return writer


def opened(entries=1):
    writer = begun(entries)
    writer.add("opening", entry=writer.entries[0])
    return writer


def closed():
    writer = begun()
    writer.speech(writer.entries[0])
    return writer


def ended():
    writer = closed()
    writer.add("end")
    return writer


def ballot_of(writer, place):
    """The latest of the ballots of the juror who sent the one at a place."""
    ballots = [leaf.event for leaf in writer.leaves if leaf.event["kind"] == "ballot"]
    latest = {ballot["juror"]: ballot for ballot in ballots}
    return list(latest.values())[place]


def corrects_another(writer):
    """A correction of one juror's ballot, and then a ballot of another juror as if it were that."""
    told, other = ballot_of(writer, 0), ballot_of(writer, 1)
    writer.add("correction", number=999, replaces=told["number"], reason="x", **BOTH)
    fields = {"entry": other["entry"], "juror": other["juror"], "revision": other["revision"] + 1}
    writer.add("ballot", number=999, source="CORRECTION", scores=[600, 400], **fields)


def announced_only(writer):
    """A correction that two people signed and that never came."""
    replaces = ballot_of(writer, 0)["number"]
    writer.add("correction", number=999, replaces=replaces, reason="x", **BOTH)
    writer.add("time", entry=writer.entries[0], seconds=300)


def points(writer, number=1):
    writer.add("points", number=number, entry=writer.entries[0], type="BONUS", points="1")


def twice_sent(writer):
    """The first of two ballots of a juror."""
    again = next(leaf.event for leaf in writer.leaves if leaf.event.get("revision") == 2)
    return next(
        leaf.event["number"]
        for leaf in writer.leaves
        if leaf.event["kind"] == "ballot" and leaf.event["juror"] == again["juror"]
    )


DEFERRING = {**RULES, "deferred": 2}


def deferring(heard=0):
    writer = Writer(rules=DEFERRING)
    writer.begin(entries=3)
    for entry in writer.entries[:heard]:
        writer.add("heard", entry=entry)
    return writer


IMPOSSIBLE = {
    "a scoring before any speech was heard": (
        deferring, lambda w: w.add("opening", entry=w.entries[0]), "SPEECHES_NOT_HEARD"),
    "a scoring before the second of two was heard": (
        lambda: deferring(1), lambda w: w.add("opening", entry=w.entries[0]), "SPEECHES_NOT_HEARD"),
    "a later speech scored before the first were heard": (
        lambda: deferring(1), lambda w: w.add("opening", entry=w.entries[2]), "SPEECHES_NOT_HEARD"),
    "a speech heard twice": (
        lambda: deferring(1), lambda w: w.add("heard", entry=w.entries[0]), "HEARD_TWICE"),
    "a speech heard for later although scores are given at once": (
        lambda: deferring(2), lambda w: w.add("heard", entry=w.entries[2]), "NOT_DEFERRED"),
    "a speech heard for later by rules that defer nothing": (
        begun, lambda w: w.add("heard", entry=w.entries[0]), "NOT_DEFERRED"),
    "an opening before the freeze": (
        unfrozen, lambda w: w.add("opening", entry=w.entries[0]), "ANOTHER_OPEN"),
    "two boxes open at a time": (
        lambda: opened(2), lambda w: w.add("opening", entry=w.entries[1]), "ANOTHER_OPEN"),
    "an opening after the end": (
        ended, lambda w: w.add("opening", entry=w.entries[0]), "ANOTHER_OPEN"),
    "a box opened twice": (closed, lambda w: w.add("opening", entry=w.entries[0]), "BOX_CLOSED"),
    "a freeze a second time": (begun, lambda w: w.add("freeze"), "FROZEN_TWICE"),
    "entries after the freeze": (begun, lambda w: w.add("entries", entries=[]), "ENTRIES_TWICE"),
    "an entry that nobody drew": (begun, lambda w: w.add("opening", entry=code("E", 9)), "ENTRY_UNKNOWN"),
    "a withdrawal during the speech": (opened, lambda w: w.add("withdrawal", entry=w.entries[0]), "BOX_OPEN"),
    "an opening of a withdrawn entry": (
        begun,
        lambda w: (w.add("withdrawal", entry=w.entries[0]), w.add("opening", entry=w.entries[0])),
        "BOX_WITHDRAWN"),
    "an excusal after the closing": (
        closed,
        lambda w: w.add("excusal", entry=w.entries[0], juror=w.jurors["EXPERT"][0], why="RECUSED"),
        "BOX_CLOSED"),
    "a ballot of a recused juror": (
        opened,
        lambda w: (
            w.add("excusal", entry=w.entries[0], juror=w.jurors["EXPERT"][0], why="RECUSED"),
            w.ballot(w.entries[0], w.jurors["EXPERT"][0])),
        "RECUSED"),
    "a number twice": (
        opened,
        lambda w: [
            w.add("ballot", number=7, entry=w.entries[0], juror=juror, revision=1, scores=[500, 300],
                  source="PHONE")
            for juror in w.jurors["EXPERT"][:2]],
        "NUMBER_TWICE"),
    "the same revision twice": (
        opened, lambda w: [w.ballot(w.entries[0], w.jurors["EXPERT"][0]) for _ in range(2)], "REVISION"),
    "a closing of a box that is not open": (
        begun, lambda w: w.add("closing", entry=w.entries[0], ballots=0), "BOX_WAITING"),
    "a speech timed twice": (closed, lambda w: w.add("time", entry=w.entries[0], seconds=400), "TIME_TWICE"),
    "points taken back that nobody gave": (
        closed, lambda w: w.add("points-withdrawn", number=1), "POINTS_UNKNOWN"),
    "the same points twice": (
        closed,
        lambda w: [w.add("points", number=1, entry=w.entries[0], type="BONUS", points="1") for _ in range(2)],
        "NUMBER_TWICE"),
    "a special prize taken back that nobody gave": (
        closed, lambda w: w.add("special-withdrawn", entry=w.entries[0]), "SPECIAL_UNKNOWN"),
    "a correction of a ballot that is not the latest": (
        closed,
        lambda w: w.add("correction", number=999, replaces=twice_sent(w), reason="x", **BOTH), "STALE"),
    "a correction of no ballot": (
        closed,
        lambda w: w.add("correction", number=999, replaces=998, reason="x", **BOTH), "NUMBER_UNKNOWN"),
    "a correction of another juror's ballot than was announced": (
        closed, corrects_another, "CORRECTS_ANOTHER"),
    "a correction that was announced and left out": (closed, announced_only, "ANNOUNCED_OTHER"),
    "points after the end by one alone": (ended, points, "ONE_SIGNATURE"),
    "other points than two have signed": (
        ended,
        lambda w: (w.add("late-points", number=1, reason="x", **BOTH), points(w, 2)), "ANNOUNCED_OTHER"),
    "points after the end signed twice by one": (
        ended,
        lambda w: w.add("late-points", number=1, reason="x", proposed_by=code("A", 1),
                        confirmed_by=code("A", 1)),
        "SECOND_PERSON"),
    "late points before the end": (
        closed, lambda w: w.add("late-points", number=1, reason="x", **BOTH), "NOT_ENDED"),
    "points taken back after the end": (
        lambda: (w := closed(), points(w), w.add("end"))[0],
        lambda w: w.add("points-withdrawn", number=1), "ENDED"),
    "a special prize after the end": (
        ended, lambda w: w.add("special", entry=w.entries[0], name="x", ground="x"), "ENDED"),
    "a time after the end": (ended, lambda w: w.add("time", entry=w.entries[0], seconds=1), "ENDED"),
    "a result without an entry": (ended, lambda w: w.add("review", revision=1, result=[]), "RESULT_ENTRIES"),
    "a juror withdrawn before the end": (
        closed,
        lambda w: w.add("juror-withdrawn", juror=w.jurors["EXPERT"][0], reason="x", **BOTH), "NOT_ENDED"),
    "a juror withdrawn twice": (
        ended,
        lambda w: [w.add("juror-withdrawn", juror=w.jurors["EXPERT"][0], reason="x", **BOTH) for _ in "12"],
        "WITHDRAWN_TWICE"),
    "an end a second time": (ended, lambda w: w.add("end"), "ENDED"),
    "a review before the end": (closed, lambda w: w.add("review", revision=1, result=[]), "REVISION"),
    "a review of a later revision": (ended, lambda w: w.add("review", revision=2, result=[]), "REVISION"),
    "a review of a result that stands": (
        lambda: Writer().whole(), lambda w: w.add("review", revision=2, result=[]), "REVISION"),
    "a publication a second time": (
        lambda: Writer().whole(), lambda w: w.add("publication", revision=1, private=0), "REVISION"),
    "a publication after a reopening": (
        lambda: Writer().whole(),
        lambda w: (w.add("reopening", revision=1, **BOTH), w.add("publication", revision=1, private=0)),
        "REVISION"),
    "a time of a result that stands": (
        lambda: Writer().whole(), lambda w: w.add("time", entry=w.entries[0], seconds=1), "REVIEWED"),
    "a reopening by one alone": (
        lambda: Writer().whole(),
        lambda w: w.add("reopening", revision=1, proposed_by=code("A", 1), confirmed_by=code("A", 1)),
        "SECOND_PERSON"),
    "a ballot before the opening": (
        begun, lambda w: w.ballot(w.entries[0], w.jurors["EXPERT"][0]), "BOX_WAITING"),
    "a ballot after the closing": (
        closed, lambda w: w.ballot(w.entries[0], w.jurors["EXPERT"][0]), "BOX_CLOSED"),
    "a ballot of nobody": (opened, lambda w: w.ballot(w.entries[0], code("Z", 1)), "JUROR_UNKNOWN"),
    "a score beyond its maximum": (
        opened, lambda w: w.ballot(w.entries[0], w.jurors["EXPERT"][0], scores=[601, 300]), "SCORES"),
    "a criterion too many": (
        opened, lambda w: w.ballot(w.entries[0], w.jurors["EXPERT"][0], scores=[1, 2, 3]), "SCORES"),
    "a revision left out": (
        opened, lambda w: w.ballot(w.entries[0], w.jurors["EXPERT"][0], revision=2), "REVISION"),
    "a correction by one alone": (
        closed,
        lambda w: w.add("correction", number=999, replaces=101, reason="x", proposed_by=code("A", 1),
                        confirmed_by=code("A", 1)),
        "SECOND_PERSON"),
    "a correction out of nothing": (
        closed,
        lambda w: w.ballot(w.entries[0], w.jurors["EXPERT"][0], revision=2, source="CORRECTION"),
        "NOT_A_CORRECTION"),
    "a ballot missing at the closing": (
        opened, lambda w: w.add("closing", entry=w.entries[0], ballots=1), "BALLOTS_MISSING"),
    "rules a second time": (
        begun, lambda w: w.add("rules", stage=STAGE, contest="x", name="x", rulebook=RULES), "RULES_TWICE"),
    "a juror in two juries": (
        begun, lambda w: w.add("jury", jury="WORKER", jurors=[*w.jurors["WORKER"], w.jurors["EXPERT"][0]]),
        "JUROR_TWICE"),
    "a seat that vanished": (
        begun, lambda w: w.add("jury", jury="WORKER", jurors=w.jurors["WORKER"][1:]), "SEAT_VANISHED"),
    "an end with a speech left": (begun, lambda w: w.add("end"), "SPEECHES_LEFT"),
    "a late change of a result that stands": (
        lambda: Writer().whole(),
        lambda w: w.add("juror-withdrawn", juror=w.jurors["EXPERT"][0], reason="x", proposed_by=code("A", 1),
                        confirmed_by=code("A", 2)),
        "REVIEWED"),
    "a juror withdrawn by one alone": (
        ended,
        lambda w: w.add("juror-withdrawn", juror=w.jurors["EXPERT"][0], reason="x", proposed_by=code("A", 1),
                        confirmed_by=code("A", 1)),
        "SECOND_PERSON"),
    "a reopening of another revision": (
        lambda: Writer().whole(),
        lambda w: w.add("reopening", revision=2, proposed_by=code("A", 1), confirmed_by=code("A", 2)),
        "NOT_REVIEWED"),
    "a publication without a review": (
        closed, lambda w: w.add("publication", revision=1, private=0), "REVISION"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(IMPOSSIBLE))
def test_a_signed_log_of_what_could_not_happen_is_refused_by_both(name):
    make, act, why = IMPOSSIBLE[name]
    writer = make()
    act(writer)
    with pytest.raises(ProofError) as refused:
        proof.replay(writer.leaves, counts=True)
    assert (refused.value.code, refused.value.data["why"]) == ("OUT_OF_PLACE", why)
    assert sentence(refused.value)
    place = refused.value.data["leaf"]
    leaves = [{"event": leaf.event} for leaf in writer.leaves]
    with pytest.raises(second_count.Wrong, match=rf"^leaf {place} \(.* cannot stand where it stands: "):
        second_count.follow({"leaves": leaves}, whole=True)


def story(seed):
    """The events of a final in which everything happens that the log has a word for."""
    writer = Writer(seed)
    writer.begin(entries=3, jurors=(3, 2), freeze=False)
    first, second, third = writer.entries
    expert = writer.jurors["EXPERT"]
    writer.add("points", number=1, entry=first, type="BONUS", points="0.25")
    writer.add("freeze")
    writer.add("excusal", entry=second, juror=expert[0], why="RECUSED")
    writer.add("excusal", entry=second, juror=expert[1], why="RECUSED")
    writer.add("excusal-lifted", entry=second, juror=expert[0])
    writer.speech(first)
    writer.add("withdrawal", entry=third)
    writer.add("opening", entry=second)
    for juror in (expert[0], expert[2], *writer.jurors["WORKER"]):
        writer.ballot(second, juror)
    writer.add("closing", entry=second, ballots=4)
    writer.add("points-withdrawn", number=1)
    writer.add("special", entry=first, name="特等奖", ground="全国三等奖")
    writer.add("special-withdrawn", entry=first)
    wrong = next(leaf.event for leaf in reversed(writer.leaves) if leaf.event["kind"] == "ballot")
    writer.add("correction", number=writer.number + 9, replaces=wrong["number"], reason="x", **BOTH)
    corrected = {"entry": second, "juror": wrong["juror"], "revision": 2, "scores": [600, 400]}
    writer.add("ballot", number=writer.number + 9, source="CORRECTION", **corrected)
    writer.finish()
    writer.add("reopening", revision=1, **BOTH)
    writer.add("juror-withdrawn", juror=expert[2], reason="x", **BOTH)
    writer.add("late-points", number=2, reason="x", **BOTH)
    writer.add("points", number=2, entry=second, type="PENALTY", points="-0.5")
    writer.finish(revision=2)
    return [leaf.event for leaf in writer.leaves]


def signed_again(events):
    """A bundle of these events, signed by the house's own key."""
    writer = Writer()
    for event in events:
        fields = {name: value for name, value in event.items() if name not in ("kind", "at")}
        writer.add(event["kind"], **fields)
    return writer.bundle()


def altered(event, chance, events):
    """The same event with one field taken from another event, or a number off by one."""
    # Shapes are not what is compared here: reasons are of two kinds.
    kept = {"kind", "at", "rulebook", "entries", "result", "scores", "reason"}
    names = [name for name in event if name not in kept]
    if not names:
        return event
    name = chance.choice(names)
    if isinstance(event[name], int):
        return {**event, name: max(0, event[name] + chance.choice((-1, 1)))}
    return {**event, name: chance.choice([other[name] for other in events if name in other])}


def mutated(events, chance):
    place, other = chance.randrange(len(events)), chance.randrange(len(events))
    way = chance.randrange(5)
    events = list(events)
    if way == 0:
        events[place], events[other] = events[other], events[place]
    elif way == 1:
        events.insert(other, events.pop(place))
    elif way == 2:
        del events[place]
    elif way == 3:
        events.insert(other, events[place])
    else:
        events[place] = altered(events[place], chance, events)
    return events


def second_holds(data):
    try:
        second_count.check(data, "", 0, signatures=False)
    except (second_count.Wrong, KeyError, TypeError, ValueError, IndexError, AttributeError):
        return False
    return True


def test_the_story_holds_in_both_programs():
    data = signed_again(story(1))
    assert (verify(data).problem, second_holds(data)) == (None, True)


@given(st.integers(0, 10_000), st.integers(1, 3))
@settings(max_examples=400, deadline=None)
def test_both_programs_agree_on_every_log_that_the_key_could_sign(seed, times):
    chance = random.Random(seed)
    events = story(seed % 7)
    for _time in range(times):
        events = mutated(events, chance)
    if events and events[-1]["kind"] in SEALED:
        data = signed_again(events)
        verdict = verify(data, receipts=0)
        assert second_holds(data) == verdict.holds, verdict.problem


def test_speeches_heard_first_are_scored_later_and_withdrawn_ones_need_no_hearing():
    whole = Writer(rules=DEFERRING).whole()
    withdrawn = deferring(1)
    withdrawn.add("withdrawal", entry=withdrawn.entries[1])
    for entry in (withdrawn.entries[0], withdrawn.entries[2]):
        withdrawn.speech(entry)
    withdrawn.finish()
    for writer in (whole, withdrawn):
        for level in (proof.SCRUTINEER, proof.PUBLIC):
            verdict = verify(writer.bundle(level))
            assert (verdict.problem, verdict.log.published) == (None, 1)
        assert proof.second_result(writer.bundle()) == verify(writer.bundle()).log.result


@pytest.mark.parametrize("heard", [0, 1])
def test_a_bundle_in_which_a_box_opens_before_the_first_were_heard_is_refused_by_both_programs(heard):
    """Signed throughout: the log of a contest that scored at once, under rules that do not."""
    at_once, forged = Writer().whole(), Writer(rules=DEFERRING)
    for leaf in at_once.leaves:
        fields = {name: value for name, value in leaf.event.items() if name not in ("kind", "at")}
        if leaf.event["kind"] == "rules":
            fields["rulebook"] = DEFERRING
        forged.add(leaf.event["kind"], **fields)
        if leaf.event["kind"] == "freeze":
            for entry in at_once.entries[:heard]:
                forged.add("heard", entry=entry)
    assert verify(at_once.bundle()).holds
    assert verify(forged.bundle()).problem.data["why"] == "SPEECHES_NOT_HEARD"
    assert proof.second_result(forged.bundle()) is None
