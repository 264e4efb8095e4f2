"""The log that a stage leaves behind: complete, signed, and open to each reader as far as it should be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client

from tests.conftest import SHEET
from unionhall.apps.contests import queries
from unionhall.apps.contests.codes import AdjustmentKind, BallotSource, ExcusalKind
from unionhall.apps.contests.models import Ballot, Correction, LogCheckpoint, LogLeaf
from unionhall.apps.contests.usecases import corrections, desk, log, results, stages
from unionhall.apps.contests.usecases.ballots import PaperProof, Submission, record_ballots
from unionhall.engines import proof, scoring
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal


@pytest.fixture
def answers():
    return {}


@pytest.fixture
def eventful(hall, answers):
    """A final in which everything happens that the log has a word for."""
    city, jurors = hall.city, hall.jurors
    entry, second = hall.speeches[:2]
    stages.withdraw_entry(by=city.organiser, at=clock.now(), entry=hall.speeches[-1])
    assert hall.send(jurors[0], second).code == "NOT_OPEN"
    for kind, juror in ((ExcusalKind.RECUSED, jurors[1]), (ExcusalKind.ABSENT, jurors[2])):
        desk.excuse_juror(
            by=city.scrutineer, at=clock.now(), entry=entry, juror=juror, kind=kind, reason="因"
        )
    desk.excuse_juror(
        by=city.scrutineer,
        at=clock.now(),
        entry=second,
        juror=jurors[3],
        kind=ExcusalKind.ABSENT,
        reason="错",
    )
    desk.lift_excusal(by=city.scrutineer, at=clock.now(), entry=second, juror=jurors[3])
    for number, speech in enumerate(hall.speeches[:-1]):
        hall.open(number)
        # The first five were heard before, without a watch.
        timed = number > 4
        if timed:
            desk.start_speech(by=city.scrutineer, at=clock.now(), entry=speech)
        for place, juror in enumerate(jurors):
            answer = hall.send(juror, speech, CONTENT=str(28.5 + (number * 7 + place * 3) % 20 / 2))
            answers[speech.public_id, juror.pk] = answer
        if timed:
            desk.end_speech(by=city.scrutineer, at=clock.now(), entry=speech)
        if number == 0:
            first = answers[entry.public_id, jurors[0].pk]
            assert hall.send(jurors[0], entry, base=first.number).revision == 2
            paper = Submission(
                PaperProof(jurors[4].public_id, city.scrutineer.public_id), entry.box.public_id, "p" * 16,
                answers[entry.public_id, jurors[4].pk].number, SHEET, BallotSource.PAPER,
            )  # fmt: skip
            assert record_ballots([paper], at=clock.now())[0].revision == 2
        hall.close(speech)
        if number == 0:
            assert hall.send(jurors[5], entry, base=first.number).code == "CLOSED"
    points = results.adjust_points(
        by=city.organiser, at=clock.now(), entry=entry, kind=AdjustmentKind.PENALTY,
        points=Decimal("-0.25"), reason="超时",
    )  # fmt: skip
    results.withdraw_adjustment(by=city.organiser, at=clock.now(), adjustment=points)
    results.withdraw_adjustment(by=city.organiser, at=clock.now(), adjustment=points)
    results.adjust_points(
        by=city.organiser, at=clock.now(), entry=second, kind=AdjustmentKind.BONUS,
        points=Decimal("0.5"), reason="自创稿",
    )  # fmt: skip
    results.grant_special_prize(
        by=city.organiser, at=clock.now(), entry=second, name="特等奖", ground="全国", evidence="证书"
    )
    results.withdraw_special_prize(by=city.organiser, at=clock.now(), entry=second)
    results.withdraw_special_prize(by=city.organiser, at=clock.now(), entry=second)
    desk.close_stage(by=city.scrutineer, at=clock.now(), stage=hall.stage)
    publish(hall)
    return hall


def publish(hall):
    results.review_stage(by=hall.city.chief, at=clock.now(), stage=hall.stage)
    results.publish_results(by=hall.city.organiser, at=clock.now(), stage=hall.stage)


def correct(hall):
    ballot = Ballot.objects.filter(box__entry=hall.speeches[3], revision=1).order_by("pk")[0]
    correction = corrections.propose_correction(
        by=hall.city.chief, at=clock.now(), ballot=ballot, scores={**SHEET, "CONTENT": "40"}, reason="漏记"
    )
    corrections.confirm_correction(by=hall.city.scrutineer, at=clock.now(), correction=correction)


def test_everything_that_happened_is_counted_again_from_the_bundle_alone(eventful):
    data = queries.log.published_bundle(eventful.stage, proof.SCRUTINEER)
    key = queries.log.signer(eventful.stage).public
    verdict = proof.verify(data, key=key, stage=eventful.stage.public_id)
    assert (verdict.problem, verdict.counted, verdict.checks) == (None, True, list(proof.CHECKS))
    board = queries.boards.latest(eventful.stage).document["result"]["entries"]
    assert [(e["entry"], e["rank"], e["prize"], e["exact"]) for e in verdict.log.result] == [
        (e["entry"], e["rank"], e["prize"], e["exact"]) for e in board
    ]
    kinds = {leaf.event["kind"] for leaf in verdict.bundle.leaves}
    assert kinds == {
        "rules", "entries", "jury", "freeze", "withdrawal", "heard", "opening", "excusal", "excusal-lifted",
        "ballot", "refusal", "closing", "time", "points", "points-withdrawn", "special", "special-withdrawn",
        "end", "review", "publication",
    }  # fmt: skip
    # Every speech but the withdrawn one, by everybody but the recused juror; and two second revisions.
    assert verdict.log.ballots == Ballot.objects.count() == 21 * len(eventful.jurors) - 1 + 2
    refused = [leaf.event["reason"] for leaf in verdict.bundle.leaves if leaf.event["kind"] == "refusal"]
    assert sorted(refused) == ["CLOSED", "NOT_OPEN", "RECUSED"]


def test_receipts_given_at_once_are_those_of_the_bundle(eventful, answers):
    data = queries.log.published_bundle(eventful.stage, proof.SCRUTINEER)
    receipts = {
        proof.read_receipt(one.partition("\n\n")[0] + "\n").number: one
        for one in proof.read_bundle(data).receipts
    }
    given = {a.number: a.receipt for a in answers.values() if a.code == "ACCEPTED"}
    assert len(given) == 21 * len(eventful.jurors) - 1
    assert {number: receipts[number] for number in given} == given


def test_a_replayed_ballot_brings_the_same_receipt(hall):
    entry = hall.open()
    first, again = (hall.send(hall.jurors[0], entry, key="k" * 16) for _ in range(2))
    assert again.replayed
    assert first.receipt == again.receipt != ""


def test_each_level_opens_what_its_reader_may_see_and_holds(eventful):
    juror = eventful.jurors[0]
    opened = {}
    for level, own in ((proof.PUBLIC, ""), (proof.JUROR, juror.public_id)):
        data = queries.log.published_bundle(eventful.stage, level, own)
        verdict = proof.verify(data)
        assert (verdict.problem, verdict.counted) == (None, False)
        opened[level] = [leaf.event for leaf in verdict.bundle.leaves if leaf.event]
        hidden = {"excusal", "excusal-lifted", "correction"} & {event["kind"] for event in opened[level]}
        assert hidden == set()
    sheets = [event for event in opened[proof.PUBLIC] if event["kind"] in ("ballot", "refusal")]
    assert sheets == []
    own = [event["juror"] for event in opened[proof.JUROR] if event["kind"] in ("ballot", "refusal")]
    assert own == [juror.public_id] * (21 + 1 + 1)


def test_a_correction_after_publication_makes_a_second_revision_and_the_first_stays_readable(eventful):
    first = queries.log.published_bundle(eventful.stage, proof.SCRUTINEER)
    correct(eventful)
    # What was published is what is shown until something else is.
    assert queries.log.published_bundle(eventful.stage, proof.SCRUTINEER) == first
    publish(eventful)
    verdict = proof.verify(queries.log.published_bundle(eventful.stage, proof.SCRUTINEER))
    assert (verdict.problem, verdict.log.published, verdict.log.recounts) == (None, 2, 2)
    assert proof.verify(first).holds


def test_every_kept_ballot_of_a_juror_is_proved_to_stand_under_the_last_root(eventful):
    key = queries.log.signer(eventful.stage).public
    origin = proof.origin_of(eventful.stage.public_id)
    kept = queries.log.kept_by(eventful.jurors[0])
    assert len(kept) == 22
    for one in kept:
        receipt = proof.read_receipt(one.receipt.partition("\n\n")[0] + "\n")
        found = proof.verify_proof(proof.read_proof(one.proof), receipt.commitment, key, origin)
        assert found.size == LogLeaf.objects.count()
        assert len(one.proof) < 1300


def test_roots_are_signed_at_each_closing_and_nowhere_else(eventful):
    sealed = LogLeaf.objects.filter(kind__in=["freeze", "closing", "end", "review", "publication"])
    sizes = [position + 1 for position in sealed.order_by("position").values_list("position", flat=True)]
    assert list(LogCheckpoint.objects.order_by("size").values_list("size", flat=True)) == sizes
    assert len(sizes) == 1 + 21 + 3


def test_the_juries_grow_in_the_log_as_they_grow_in_the_hall(hall):
    jury = hall.jurors[0].jury
    before = jury.jurors.count()
    stages.seat_jurors(by=hall.city.organiser, at=clock.now(), jury=jury, labels=["补"])
    log.append_juries(hall.stage, clock.now())
    log.append_juries(hall.stage, clock.now())
    events = [proof.parse(leaf.event.encode()) for leaf in LogLeaf.objects.filter(kind="jury").order_by("pk")]
    assert [len(one["jurors"]) for one in events if one["jury"] == jury.code] == [before, before + 1]


def late(hall):
    """The three kinds of late change, each with what proposes it."""
    juror = hall.jurors[0]
    return {
        "SHEET": lambda **how: corrections.propose_correction(
            ballot=Ballot.objects.filter(box__entry=hall.speeches[3]).order_by("-pk")[0],
            scores={**SHEET, "CONTENT": "40"}, **how,
        ),
        "JUROR": lambda **how: corrections.propose_juror_withdrawal(juror=juror, **how),
        "POINTS": lambda **how: corrections.propose_points(
            entry=hall.speeches[3], kind=AdjustmentKind.PENALTY, points=Decimal(-5), **how
        ),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["SHEET", "JUROR", "POINTS"])
def test_what_a_late_change_was_said_to_do_is_what_it_does(eventful, kind):
    city = eventful.city
    propose = late(eventful)[kind]
    supposed = propose(by=city.chief, at=clock.now(), reason="因", supposed=True)
    assert supposed.pk is None
    change = propose(by=city.chief, at=clock.now(), reason="因")
    foretold = [
        (one.entry.public_id, one.after.rank, one.after.prize, one.after.composite)
        for one in queries.whatif.consequences(change).lines
    ]
    before = queries.counting.result(eventful.stage).entries
    corrections.confirm_correction(by=city.scrutineer, at=clock.now(), correction=change)
    after = queries.counting.result(eventful.stage)
    assert after.entries != before
    names = {prize.code: prize.name for prize in after.rulebook.prizes}
    rounding = after.rulebook.rounding.composite
    assert foretold == [
        (e.entry, e.rank, names.get(e.prize, ""), scoring.shown(e.composite, rounding)) for e in after.entries
    ]
    # The published result stays until the next is published; every count then agrees on the new one.
    assert queries.boards.published(eventful.stage).revision == 1
    publish(eventful)
    copies = [(proof.SCRUTINEER, ""), (proof.PUBLIC, "")]
    copies += [(proof.JUROR, juror.public_id) for juror in eventful.jurors]
    for level, own in copies:
        verdict = proof.verify(queries.log.published_bundle(eventful.stage, level, own), receipts=2)
        assert (verdict.problem, verdict.log.published) == (None, 2)
    assert queries.boards.published(eventful.stage).revision == 2


@pytest.mark.parametrize("kind", ["SHEET", "JUROR", "POINTS"])
def test_a_late_change_takes_two_persons_and_a_reason_and_leaves_nothing_when_rejected(eventful, kind):
    city = eventful.city
    propose = late(eventful)[kind]

    def refused(work, **how):
        with pytest.raises(Refusal) as caught, transaction.atomic():
            work(at=clock.now(), **how)
        return caught.value.code

    assert refused(propose, by=city.scrutineer, reason="因") == "NOT_ALLOWED"
    assert refused(propose, by=city.chief, reason=" ") == "REASON_MISSING"
    change = propose(by=city.chief, at=clock.now(), reason="因")
    assert refused(corrections.confirm_correction, by=city.chief, correction=change) == "SECOND_PERSON"
    before, leaves = queries.counting.result(eventful.stage).entries, LogLeaf.objects.count()
    corrections.reject_correction(by=city.organiser, at=clock.now(), correction=change)
    assert queries.counting.result(eventful.stage).entries == before
    assert (LogLeaf.objects.count(), eventful.stage.state) == (leaves, "PUBLISHED")


def test_no_juror_is_withdrawn_whose_jury_would_fall_silent(hall):
    """The first speech has heard one juror of the first jury only."""
    first, *others = [juror for juror in hall.jurors if juror.jury_id == hall.jurors[0].jury_id]
    for number, speech in enumerate(hall.speeches):
        hall.open(number)
        for juror in hall.jurors:
            if number or juror not in others:
                hall.send(juror, speech)
        hall.close(speech)
    desk.close_stage(by=hall.city.scrutineer, at=clock.now(), stage=hall.stage)
    with pytest.raises(Refusal) as caught, transaction.atomic():
        corrections.propose_juror_withdrawal(by=hall.city.chief, at=clock.now(), juror=first, reason="因")
    assert (caught.value.code, caught.value.data["number"]) == ("JURY_LEFT_SILENT", hall.speeches[0].number)
    corrections.propose_juror_withdrawal(by=hall.city.chief, at=clock.now(), juror=others[0], reason="因")
    with pytest.raises(Refusal) as caught, transaction.atomic():
        corrections.propose_juror_withdrawal(by=hall.city.chief, at=clock.now(), juror=others[0], reason="因")
    assert caught.value.code == "JUROR_WITHDRAWN"


def test_the_chief_juror_sees_consequences_before_proposing_and_another_person_decides(eventful):
    stage = eventful.stage.public_id
    chief, scrutineer = Client(), Client()
    chief.force_login(eventful.city.chief)
    scrutineer.force_login(eventful.city.scrutineer)
    # The order is drawn by lot, and a holder of a special prize has no rank to lose: the first has.
    winner = queries.counting.result(eventful.stage).entries[0].entry
    first = next(entry for entry in eventful.speeches if entry.public_id == winner)
    form = {"entry": first.pk, "kind": "PENALTY", "points": "-50", "reason": "超时未计"}
    looked = chief.post(f"/stages/{stage}/corrections/points", {**form, "look": ""})
    assert (looked.status_code, len(looked.context["consequences"].lines)) == (200, 21)
    assert Correction.objects.count() == 0
    proposed = chief.post(f"/stages/{stage}/corrections/points", {**form, "propose": ""})
    address = proposed.headers["Location"]
    assert "confirm" not in chief.get(address).content.decode()
    page = scrutineer.get(address)
    assert 'value="confirm"' in page.content.decode()
    assert any(one.moved for one in page.context["consequences"].lines)
    assert scrutineer.post(address, {"decision": "confirm"}).status_code == 302
    assert Correction.objects.get().state == "CONFIRMED"
    assert "正在重新审定" in Client().get(f"/stages/{stage}/results").content.decode()
    assert scrutineer.get(f"/stages/{stage}/boards/1").status_code == 200
    wrong = chief.post(f"/stages/{stage}/corrections/points", {**form, "points": "5", "look": ""})
    assert (wrong.status_code, "refusal" in wrong.context) == (422, True)


def test_two_withdrawals_that_wait_together_cannot_leave_a_jury_silent(hall):
    """Each alone is harmless; the second is refused when the first is in force."""
    two = [juror for juror in hall.jurors if juror.jury_id == hall.jurors[0].jury_id][:2]
    others = [juror for juror in hall.jurors if juror.jury_id != hall.jurors[0].jury_id]
    for number, speech in enumerate(hall.speeches):
        hall.open(number)
        for juror in [*two, *others]:
            hall.send(juror, speech)
        hall.close(speech)
    desk.close_stage(by=hall.city.scrutineer, at=clock.now(), stage=hall.stage)
    first, second = (
        corrections.propose_juror_withdrawal(by=hall.city.chief, at=clock.now(), juror=juror, reason="因")
        for juror in two
    )
    corrections.confirm_correction(by=hall.city.scrutineer, at=clock.now(), correction=first)
    with pytest.raises(Refusal) as caught, transaction.atomic():
        corrections.confirm_correction(by=hall.city.scrutineer, at=clock.now(), correction=second)
    assert caught.value.code == "JURY_LEFT_SILENT"
    second.refresh_from_db()
    assert second.state == "PROPOSED"


def test_after_the_scoring_one_signature_gives_no_points(hall):
    hall.hold()
    with pytest.raises(Refusal) as caught, transaction.atomic():
        results.adjust_points(
            by=hall.city.organiser, at=clock.now(), entry=hall.speeches[0], kind=AdjustmentKind.BONUS,
            points=Decimal(1), reason="因",
        )  # fmt: skip
    assert (caught.value.code, caught.value.data["state"]) == ("STAGE_STATE", "CLOSED")
