"""What would have left a final unfair, unpublishable, or read out although it cannot be proved."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.db import transaction
from django.test import Client

from unionhall.apps.contests import queries
from unionhall.apps.contests.codes import AdjustmentKind, Admission, ExcusalKind
from unionhall.apps.contests.models import Stage
from unionhall.apps.contests.usecases import corrections, desk, log, passes, results, stages
from unionhall.apps.contests.usecases.ballots import PhoneProof
from unionhall.engines import proof
from unionhall.engines.scoring import parse_rulebook
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal
from unionhall.site.demo import NATIONAL_THIRD


def publish(hall):
    results.review_stage(by=hall.city.chief, at=clock.now(), stage=hall.stage)
    results.publish_results(by=hall.city.organiser, at=clock.now(), stage=hall.stage)
    verdict = proof.verify(queries.log.published_bundle(hall.stage, proof.SCRUTINEER))
    assert (verdict.problem, verdict.counted) == (None, True)
    return verdict


def test_a_result_that_the_second_count_does_not_share_is_never_read_out(hall):
    """Awards are read out from a reviewed board, before anything is published."""
    hall.hold()
    with (
        mock.patch.object(proof, "second_result", return_value=[]),
        pytest.raises(Refusal) as caught,
        transaction.atomic(),
    ):
        results.review_stage(by=hall.city.chief, at=clock.now(), stage=hall.stage)
    assert (caught.value.code, hall.stage.state) == ("SECOND_COUNT_DIFFERS", "CLOSED")
    assert queries.boards.latest(hall.stage) is None
    results.review_stage(by=hall.city.chief, at=clock.now(), stage=hall.stage)
    assert [leaf.kind for leaf in hall.stage.log_leaves.order_by("-position")[:2]] == ["review", "end"]


def points(hall, entry):
    results.adjust_points(
        by=hall.city.organiser, at=clock.now(), entry=entry, kind=AdjustmentKind.BONUS,
        points=Decimal("0.5"), reason="自创稿",
    )  # fmt: skip


def special(hall, entry):
    results.grant_special_prize(
        by=hall.city.organiser, at=clock.now(), entry=entry, name="特等奖", ground="全国", evidence="证书"
    )


def excusal(hall, entry):
    desk.excuse_juror(
        by=hall.city.scrutineer, at=clock.now(), entry=entry, juror=hall.jurors[0],
        kind=ExcusalKind.ABSENT, reason="因",
    )  # fmt: skip


@pytest.mark.parametrize("act", [points, special, excusal])
def test_nothing_more_is_decided_of_a_withdrawn_entry(hall, act):
    """One that was withdrawn before the draw has no number and is not in the log: points would spoil it."""
    withdrawn = hall.speeches[-1]
    stages.withdraw_entry(by=hall.city.organiser, at=clock.now(), entry=withdrawn)
    size = hall.stage.log_leaves.count()
    with pytest.raises(Refusal) as caught, transaction.atomic():
        act(hall, withdrawn)
    assert (caught.value.code, hall.stage.log_leaves.count()) == ("ENTRY_WITHDRAWN", size)


def test_late_points_for_a_withdrawn_entry_are_refused_before_they_are_looked_at(hall):
    withdrawn = hall.speeches.pop()
    stages.withdraw_entry(by=hall.city.organiser, at=clock.now(), entry=withdrawn)
    hall.hold()
    for supposed in (True, False):
        with pytest.raises(Refusal) as caught, transaction.atomic():
            corrections.propose_points(
                by=hall.city.chief, at=clock.now(), entry=withdrawn, kind=AdjustmentKind.PENALTY,
                points=Decimal(-1), reason="因", supposed=supposed,
            )  # fmt: skip
        assert caught.value.code == "ENTRY_WITHDRAWN"


def test_a_clock_that_is_set_back_during_a_speech_stops_at_zero(hall):
    entry = hall.open(5)
    desk.start_speech(by=hall.city.scrutineer, at=clock.now(), entry=entry)
    desk.end_speech(by=hall.city.scrutineer, at=clock.now() - timedelta(days=400), entry=entry)
    entry.box.refresh_from_db()
    assert entry.box.seconds == 0


@pytest.fixture
def newcomer(hall):
    """Seats somebody who comes in by the open code of a jury, at any time; gives juror and phone."""
    jury = hall.jurors[-1].jury
    jury.admission = Admission.OPEN
    jury.save()
    code = passes.issue_open_code(by=hall.city.organiser, at=clock.now(), jury=jury)

    def comes():
        held, secret = passes.bind_phone(at=clock.now(), code=code)
        hall.phones[held.juror.pk] = PhoneProof(held.public_id, secret)
        return held.juror

    return comes


def test_a_seat_taken_while_a_box_closes_cannot_spoil_the_log(hall, newcomer, monkeypatch):
    """Somebody comes in and is refused between the reading of the seats and the reading of the refusals."""
    entry = hall.open()
    hall.all_score(entry)
    seats = log.append_juries

    def then_somebody_comes(stage, at):
        seats(stage, at)
        assert hall.send(newcomer(), hall.speeches[9]).code == "NOT_OPEN"

    with monkeypatch.context() as patch:
        patch.setattr(log, "append_juries", then_somebody_comes)
        hall.close(entry)
    for number in range(1, len(hall.speeches)):
        hall.all_score(hall.open(number))
        hall.close(hall.speeches[number])
    desk.close_stage(by=hall.city.scrutineer, at=clock.now(), stage=hall.stage)
    refused = [leaf for leaf in publish(hall).bundle.leaves if leaf.event["kind"] == "refusal"]
    assert len(refused) == 1


def test_a_juror_who_came_after_the_end_can_be_withdrawn(hall, newcomer):
    hall.hold()
    late = newcomer()
    proposed = corrections.propose_juror_withdrawal(
        by=hall.city.chief, at=clock.now(), juror=late, reason="误入"
    )
    corrections.confirm_correction(by=hall.city.scrutineer, at=clock.now(), correction=proposed)
    assert late.public_id in publish(hall).log.out


def test_a_ballot_that_came_after_the_end_is_in_the_log_as_refused(hall):
    hall.hold()
    assert hall.send(hall.jurors[0], hall.speeches[3], key="k" * 32).code == "CLOSED"
    refused = [leaf.event for leaf in publish(hall).bundle.leaves if leaf.event["kind"] == "refusal"]
    assert [(one["juror"], one["reason"]) for one in refused] == [(hall.jurors[0].public_id, "CLOSED")]


def test_points_after_the_end_stand_in_the_log_with_two_signatures_and_their_reason(hall):
    hall.hold()
    proposed = corrections.propose_points(
        by=hall.city.chief, at=clock.now(), entry=hall.speeches[3], kind=AdjustmentKind.PENALTY,
        points=Decimal("-1.5"), reason="超时未计",
    )  # fmt: skip
    corrections.confirm_correction(by=hall.city.scrutineer, at=clock.now(), correction=proposed)
    leaves = [leaf.event for leaf in publish(hall).bundle.leaves]
    place = next(i for i, event in enumerate(leaves) if event["kind"] == "late-points")
    told, given = leaves[place : place + 2]
    assert (told["reason"], told["proposed_by"], told["confirmed_by"]) == (
        "超时未计", hall.city.chief.public_id, hall.city.scrutineer.public_id,
    )  # fmt: skip
    assert (given["kind"], given["number"], given["points"]) == ("points", told["number"], "-1.5")


@pytest.fixture
def at_desk(hall):
    """The scrutineer's browser, and what it posts to the desk."""
    browser = Client()
    browser.force_login(hall.city.scrutineer)

    def press(action, **form):
        return browser.post(f"/stages/{hall.stage.public_id}/desk/{action}", form, HTTP_HX_REQUEST="true")

    return browser, press


def test_a_page_left_behind_does_nothing_to_the_next_speaker(hall, at_desk):
    """Closing is for good: a desk that lost its connection still offers to close the speech before."""
    _browser, press = at_desk
    former = hall.open()
    hall.all_score(former)
    hall.close(former)
    entry = hall.open(1)
    juror = hall.jurors[0]
    for action, form in (
        ("close", {}),
        ("recuse", {"juror": juror.public_id, "reason": "同单位"}),
        ("paper", {"juror": juror.public_id, "CONTENT": "38"}),
    ):
        told = press(action, entry=former.public_id, **form).content.decode()
        assert "没有任何改动：您页面上的这篇作品已不在台上" in told, action
    entry.box.refresh_from_db()
    assert (entry.box.state, entry.box.excusals.count(), entry.box.keyed_sheets.count()) == ("OPEN", 0, 0)
    press("recuse", entry=entry.public_id, juror=juror.public_id, reason="同单位")
    assert entry.box.excusals.count() == 1


def test_two_desks_that_read_out_together_pass_over_no_award(hall, at_desk):
    _browser, press = at_desk
    hall.hold()
    results.review_stage(by=hall.city.chief, at=clock.now(), stage=hall.stage)
    for _desk in range(2):
        told = press("read-out", after="0").content.decode()
    assert "没有任何改动" in told
    hall.stage.refresh_from_db()
    assert hall.stage.read_out == 1


def test_the_desk_offers_every_seat_before_the_first_cue_comes_on_stage(hall, at_desk):
    """The list does not follow the hall by itself: a desk opened early must not be a dead end."""
    browser, _press = at_desk
    page = browser.get(f"/stages/{hall.stage.public_id}/desk").content.decode()
    assert page.count('<option value="') == len(hall.jurors)


def test_the_hall_sees_what_time_took_off(hall, client):
    entry = hall.open(5)
    desk.start_speech(by=hall.city.scrutineer, at=clock.now(), entry=entry)
    desk.end_speech(by=hall.city.scrutineer, at=clock.now(), entry=entry)
    hall.all_score(entry)
    hall.close(entry)
    desk.reveal_score(by=hall.city.scrutineer, at=clock.now(), entry=entry)
    hall_page = client.get(f"/stages/{hall.stage.public_id}/hall").content.decode()
    assert "已含用时 -0.1 分" in hall_page


def test_no_box_closes_over_a_running_watch_whose_penalty_would_be_lost(hall):
    entry = hall.open(5)
    desk.start_speech(by=hall.city.scrutineer, at=clock.now() - timedelta(minutes=9), entry=entry)
    hall.all_score(entry)
    with pytest.raises(Refusal) as caught, transaction.atomic():
        hall.close(entry)
    assert caught.value.code == "WATCH_RUNS"
    desk.end_speech(by=hall.city.scrutineer, at=clock.now(), entry=entry)
    hall.close(entry)
    taken = queries.counting.result(hall.stage).of(entry.public_id).adjustments
    assert [(one.kind, float(one.points)) for one in taken] == [("TIMING", -0.2)]


def test_equal_speakers_whom_the_rules_do_not_call_joint_are_not_frozen_as_joint(hall):
    """A ladder of ties that ends without JOINT: who is first is not for the program to say."""
    version = hall.stage.rulebook
    document = {**version.document, "ties": [{"by": "MORE_DECIMALS"}]}
    rulebook = parse_rulebook(document)
    with mock.patch.object(queries.rulebooks, "_parsed", return_value=rulebook):
        for number, entry in enumerate(hall.speeches):
            hall.open(number)
            hall.all_score(entry)
            hall.close(entry)
        desk.close_stage(by=hall.city.scrutineer, at=clock.now(), stage=hall.stage)
        with pytest.raises(Refusal) as caught, transaction.atomic():
            results.review_stage(by=hall.city.chief, at=clock.now(), stage=hall.stage)
    assert (caught.value.code, hall.stage.state) == ("TIE_OPEN", "CLOSED")
    # Whoever holds a special prize stands beside the ranking, wherever the draw has put them.
    ranked = {entry.person.name for entry in hall.speeches} - set(NATIONAL_THIRD)
    assert set(caught.value.data["speakers"].split("、")) == ranked


def test_unions_are_offered_by_their_names(city):
    browser = Client()
    browser.force_login(city.organiser)
    page = browser.get("/contests/new").content.decode()
    assert ("Union object" in page, page.count(">市总工会</option>")) == (False, 2)


DOUBLED = '{"format": "unionhall-rulebook/1", "format": "unionhall-rulebook/1"}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DOUBLED, "名称“format”在同一个对象中出现两次"),
        ('{"title": "\\ud800"}', "半个字符"),
        ("[" * 5000, "不是有效的 JSON"),
        ("9" * 5000, "不是有效的 JSON"),
        ('{"quota": 9007199254740992}', "quota"),
        ('{"extra": 1}', "extra"),
    ],
)
def test_a_rule_book_that_can_be_read_in_two_ways_is_refused_in_words(city, text, said):
    Stage.objects.filter(pk=city.stage.pk).update(state="DRAFT", rulebook=None)
    browser = Client()
    browser.force_login(city.organiser)
    answer = browser.post(f"/stages/{city.stage.public_id}/rules/edit", {"document": text})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)


def test_names_typed_in_another_normal_form_are_kept_in_one(city):
    """Twins that look alike must be one name: a Mac writes é as two characters, Windows as one."""
    Stage.objects.filter(pk=city.stage.pk).update(state="DRAFT", rulebook=None)
    browser = Client()
    browser.force_login(city.organiser)
    document = {**queries.rulebooks.latest_version(city.stage).document, "title": "Cafe\u0301"}
    sent = {"document": json.dumps(document, ensure_ascii=False)}
    assert browser.post(f"/stages/{city.stage.public_id}/rules/edit", sent).status_code == 302
    assert queries.rulebooks.latest_version(city.stage).document["title"] == "Caf\u00e9"
