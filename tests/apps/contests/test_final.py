"""From draft to published, and what is refused on the way."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests.conftest import SHEET
from unionhall.apps.contests import queries
from unionhall.apps.contests.codes import AdjustmentKind, Admission, CueKind, DutyRole, ExcusalKind
from unionhall.apps.contests.models import Award, Ballot, BallotBox, Board, Correction, Cue, Juror, Stage
from unionhall.apps.contests.queries.rulebooks import template as rulebook
from unionhall.apps.contests.usecases import corrections, desk, passes, rehearsals, results, stages
from unionhall.engines.scoring import ScoringError
from unionhall.kernel import clock
from unionhall.kernel.models import Fact
from unionhall.kernel.refusals import Refusal


def refused(work, **arguments) -> str:
    with pytest.raises(Refusal) as caught, transaction.atomic():
        work(at=clock.now(), **arguments)
    return caught.value.code


def test_a_whole_final(hall):
    city = hall.city
    hall.hold()
    assert hall.stage.state == "CLOSED"
    board = results.review_stage(by=city.chief, at=clock.now(), stage=hall.stage)
    ranked = [e for e in board.document["result"]["entries"] if e["rank"]]
    assert [e["rank"] for e in ranked] == list(range(1, 21))
    assert [e["prize"] for e in ranked] == ["FIRST"] * 3 + ["SECOND"] * 6 + ["THIRD"] * 11
    steps = queries.boards.reading_order(board.document)
    assert [(s["name"], len(s["winners"])) for s in steps] == [
        ("三等奖", 11),
        ("二等奖", 6),
        ("一等奖", 3),
        ("特等奖", 2),
    ]
    for step in range(1, 5):
        assert results.read_out_next(by=city.scrutineer, at=clock.now(), stage=hall.stage) == step
    assert refused(results.read_out_next, by=city.scrutineer, stage=hall.stage) == "ALL_READ_OUT"
    results.publish_results(by=city.organiser, at=clock.now(), stage=hall.stage)
    assert (hall.stage.state, hall.stage.revision, Award.objects.count()) == ("PUBLISHED", 1, 22)
    told = {"stage": hall.stage.public_id, "revision": 1}
    assert list(Fact.objects.values_list("name", "payload")) == [("ContestResultsPublished", told)]


def test_a_correction_needs_a_second_person_and_leads_back_to_the_review(hall):
    city = hall.city
    hall.hold()
    results.review_stage(by=city.chief, at=clock.now(), stage=hall.stage)
    results.publish_results(by=city.organiser, at=clock.now(), stage=hall.stage)
    ballot = Ballot.objects.filter(box__entry=hall.speeches[0]).order_by("pk").first()
    propose = {"ballot": ballot, "scores": {**SHEET, "CONTENT": "40"}, "reason": "漏记"}
    assert refused(corrections.propose_correction, by=city.scrutineer, **propose) == "NOT_ALLOWED"
    correction = corrections.propose_correction(by=city.chief, at=clock.now(), **propose)
    assert refused(corrections.propose_correction, by=city.chief, **propose) == "CORRECTION_PENDING"
    assert refused(corrections.confirm_correction, by=city.chief, correction=correction) == "SECOND_PERSON"
    revised = corrections.confirm_correction(by=city.scrutineer, at=clock.now(), correction=correction).ballot
    assert (revised.revision, revised.source, revised.scores[0]) == (2, "CORRECTION", 400)
    assert (hall.stage.state, hall.stage.revision) == ("CLOSED", 1)
    assert (
        refused(corrections.confirm_correction, by=city.scrutineer, correction=correction)
        == "CORRECTION_DECIDED"
    )
    again = results.review_stage(by=city.chief, at=clock.now(), stage=hall.stage)
    assert again.revision == 2
    assert Board.objects.get(revision=1).digest != again.digest


def test_a_correction_waits_for_closing_and_keeps_to_the_rules(hall):
    entry = hall.open()
    hall.all_score(entry)
    ballot = Ballot.objects.order_by("pk").first()
    by = hall.city.chief
    assert (
        refused(corrections.propose_correction, by=by, ballot=ballot, scores=SHEET, reason="x") == "BOX_STATE"
    )
    hall.close(entry)
    assert (
        refused(corrections.propose_correction, by=by, ballot=ballot, scores=SHEET, reason=" ")
        == "REASON_MISSING"
    )
    assert (
        refused(corrections.propose_correction, by=by, ballot=ballot, scores=SHEET, reason="x")
        == "NOTHING_CHANGED"
    )
    with pytest.raises(ScoringError):
        corrections.propose_correction(
            by=by, at=clock.now(), ballot=ballot, scores={**SHEET, "CONTENT": "41"}, reason="x"
        )
    correction = corrections.propose_correction(
        by=by, at=clock.now(), ballot=ballot, scores={**SHEET, "CONTENT": "40"}, reason="x"
    )
    corrections.reject_correction(by=hall.city.organiser, at=clock.now(), correction=correction)
    assert (Correction.objects.get().state, Ballot.objects.filter(revision=2).count()) == ("REJECTED", 0)


def test_the_database_itself_refuses_a_second_person_who_is_the_first(hall):
    entry = hall.open()
    hall.all_score(entry)
    hall.close(entry)
    correction = corrections.propose_correction(
        by=hall.city.chief, at=clock.now(), ballot=Ballot.objects.order_by("pk").first(),
        scores={**SHEET, "CONTENT": "40"}, reason="x",
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(
            decided_by=hall.city.chief, state="REJECTED", decided_at=clock.now()
        )


@pytest.mark.parametrize(
    "change",
    [
        {"state": "OPEN", "rulebook": None},
        {"state": "LOST"},
        {"state": "PUBLISHED", "revision": 0},
        {"draw_seed": ""},
    ],
)
def test_impossible_stages_are_refused_by_the_database(city, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Stage.objects.filter(pk=city.stage.pk).update(**change)


@pytest.mark.parametrize(
    "change", [{"state": "CLOSED"}, {"revealed_at": "2026-01-01T00:00Z"}, {"state": "OPEN"}]
)
def test_impossible_boxes_are_refused_by_the_database(city, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        BallotBox.objects.filter(pk=BallotBox.objects.first().pk).update(**change)


def test_nothing_happens_out_of_turn(hall):
    by = hall.city.scrutineer
    first, second = hall.speeches[:2]
    assert refused(desk.open_ballot_box, by=by, entry=first) == "STAGE_STATE"
    hall.open(0)
    assert refused(desk.open_ballot_box, by=by, entry=first) == "BOX_STATE"
    assert refused(desk.open_ballot_box, by=by, entry=second) == "NOT_ON_STAGE"
    assert refused(desk.go_to_cue, by=by, cue=second.cue) == "BOX_STILL_OPEN"
    assert refused(desk.reveal_score, by=by, entry=first) == "BOX_STATE"
    assert refused(desk.close_ballot_box, by=by, entry=first) == "JURY_WITHOUT_BALLOTS"
    assert refused(desk.close_stage, by=by, stage=hall.stage) == "SPEECHES_LEFT"
    assert refused(results.review_stage, by=hall.city.chief, stage=hall.stage) == "STAGE_STATE"
    hall.all_score(first)
    hall.close(first)
    assert refused(desk.close_ballot_box, by=by, entry=first) == "BOX_STATE"


def test_all_jurors_of_a_jury_recused_is_told_and_mended_by_taking_one_back(hall):
    entry = hall.open()
    by = hall.city.scrutineer
    model = [j for j in hall.jurors if j.jury.code == "MODEL"]
    for juror in model:
        desk.excuse_juror(
            by=by, at=clock.now(), entry=entry, juror=juror, kind=ExcusalKind.RECUSED, reason="同单位"
        )
    for juror in hall.jurors:
        if juror not in model:
            hall.send(juror, entry)
    assert refused(desk.close_ballot_box, by=by, entry=entry) == "JURY_WITHOUT_BALLOTS"
    desk.lift_excusal(by=by, at=clock.now(), entry=entry, juror=model[0])
    hall.send(model[0], entry)
    hall.close(entry)
    jury = queries.counting.result(hall.stage).of(entry.public_id).juries[1]
    assert (jury.present, jury.absent) == (1, 6)


def test_time_over_the_limit_costs_points(hall):
    by = hall.city.scrutineer
    entry = hall.open(5)
    began = clock.now()
    desk.start_speech(by=by, at=began, entry=entry)
    desk.end_speech(by=by, at=began + timedelta(seconds=495), entry=entry)
    hall.all_score(entry)
    hall.close(entry)
    result = queries.counting.result(hall.stage).of(entry.public_id)
    assert [(a.kind, a.points) for a in result.adjustments] == [("TIMING", Decimal("-0.05"))]


def test_points_are_given_and_taken_back_before_the_review(hall):
    entry = hall.open()
    by = hall.city.organiser
    hall.all_score(entry)
    hall.close(entry)
    plain = queries.counting.result(hall.stage).of(entry.public_id).composite
    give = {"by": by, "entry": entry, "kind": AdjustmentKind.BONUS, "reason": "加分"}
    assert refused(results.adjust_points, points=Decimal(-1), **give) == "POINTS_SIGN"
    points = results.adjust_points(at=clock.now(), points=Decimal("0.5"), **give)
    assert queries.counting.result(hall.stage).of(entry.public_id).composite == plain + Fraction("0.5")
    results.withdraw_adjustment(by=by, at=clock.now(), adjustment=points)
    assert queries.counting.result(hall.stage).of(entry.public_id).composite == plain


def draft(city, **changes):
    """A new stage of the contest, as a draft with everything that the real one has."""
    at, by = clock.now(), city.organiser
    stage = stages.add_stage(
        by=by, at=at, contest=city.stage.contest, name="复赛", starts_at=at, venue="礼堂"
    )
    return at, by, stage


def test_freezing_names_what_is_missing(city):
    at, by, stage = draft(city)
    assert [o.code for o in queries.readiness.obstacles(stage)] == [
        "NO_RULEBOOK", "NO_ENTRIES", "DUTY_OPEN", "DUTY_OPEN",
    ]  # fmt: skip
    assert refused(stages.freeze_stage, by=by, stage=stage) == "NO_RULEBOOK"
    document = rulebook()
    document["juries"][2]["weight"] = "9"
    with pytest.raises(ScoringError):
        stages.write_rulebook(by=by, at=at, stage=stage, document=document)
    document = rulebook()
    document["juries"].append({"code": "PUBLIC", "name": "大众", "weight": "0"})
    stages.write_rulebook(by=by, at=at, stage=stage, document=document)
    stages.form_jury(by=by, at=at, stage=stage, code="EXPERT", name="专家评审", admission=Admission.OPEN)
    stages.form_jury(by=by, at=at, stage=stage, code="MODEL", name="劳模工匠评审")
    stages.form_jury(by=by, at=at, stage=stage, code="OTHER", name="别的")
    codes = sorted(
        (o.code, o.data.get("jury")) for o in queries.readiness.obstacles(stage) if "JURY" in o.code
    )
    assert codes == [
        ("JURY_NOT_FORMED", "大众"),
        ("JURY_NOT_FORMED", "职工评审"),
        ("JURY_NOT_IN_RULES", "别的"),
        ("JURY_WITHOUT_JURORS", "劳模工匠评审"),
        ("OPEN_JURY_WEIGHS", "专家评审"),
    ]


def test_the_draw_can_be_drawn_again_by_a_stranger(city):
    at, by, stage = draft(city)
    for entry in city.stage.entries.all()[:6]:
        stages.register_entry(
            by=by, at=at, stage=stage, person=entry.person, sent_by=entry.sent_by,
            title=entry.title, unit=entry.unit, trade=entry.trade,
        )  # fmt: skip
    stages.add_cue(by=by, at=at, stage=stage, kind=CueKind.INTERLUDE, title="独唱", performers="艺术团")
    assert refused(stages.draw_order, by=by, stage=stage, witness=by.person) == "WITNESS_IS_DRAWER"
    witness = city.chief.person
    seed = stages.draw_order(by=by, at=at, stage=stage, witness=witness)
    drawn = list(stage.entries.order_by("number").values_list("public_id", flat=True))
    assert drawn == stages.drawn_order(sorted(drawn, reverse=True), seed)
    order = list(Cue.objects.filter(stage=stage).order_by("position").values_list("entry__number", flat=True))
    assert order == [1, 2, 3, 4, 5, 6, None]
    last = Cue.objects.filter(stage=stage).order_by("position").last()
    stages.move_cue(by=by, at=at, cue=last, steps=-3)
    order = list(Cue.objects.filter(stage=stage).order_by("position").values_list("entry__number", flat=True))
    assert order == [1, 2, 3, None, 4, 5, 6]
    speech = Cue.objects.get(stage=stage, entry__number=5)
    assert refused(stages.move_cue, by=by, cue=speech, steps=-1) == "DRAWN_ORDER"


def test_nobody_is_scrutineer_and_chief_juror(city):
    assert refused(
        stages.assign_duty, by=city.organiser, stage=city.stage, account=city.chief, role=DutyRole.SCRUTINEER
    ) == "TWO_DUTIES"  # fmt: skip


def test_after_freezing_nothing_of_rules_and_entries_changes(city):
    by = city.organiser
    assert refused(stages.write_rulebook, by=by, stage=city.stage, document=rulebook()) == "STAGE_STATE"
    entry = city.stage.entries.first()
    assert refused(stages.change_entry, by=by, entry=entry, title="x", unit="y", trade="z") == "STAGE_STATE"


@pytest.mark.parametrize(
    ("total", "parts", "shares"),
    [
        (60, [9, 7, 5], [26, 20, 14]),
        (21, [9, 7, 5], [9, 7, 5]),
        (3, [9, 7, 5], [1, 1, 1]),
        (6, [9, 7, 5], [3, 2, 1]),
        (300, [9, 7, 5], [129, 100, 71]),
    ],
)
def test_seats_are_shared_out_in_proportion(total, parts, shares):
    assert rehearsals.shared_out(total, parts) == shares


def test_a_rehearsal_is_a_copy_that_leaves_the_real_stage_alone(city):
    copy = rehearsals.prepare_rehearsal(
        by=city.scrutineer, at=clock.now(), stage=city.stage, jurors=60, mass=300
    )
    assert (copy.state, copy.entries.count(), copy.cues.count()) == ("FROZEN", 22, 29)
    assert Juror.objects.filter(jury__stage=copy).count() == 360
    assert list(copy.entries.order_by("number").values_list("person__name", flat=True)) == list(
        city.stage.entries.order_by("number").values_list("person__name", flat=True)
    )
    desk.go_to_cue(by=city.scrutineer, at=clock.now(), cue=copy.cues.first())
    assert Stage.objects.get(pk=city.stage.pk).state == "FROZEN"
    assert (
        refused(rehearsals.prepare_rehearsal, by=city.scrutineer, stage=city.stage, jurors=2)
        == "TOO_FEW_JURORS"
    )


def test_a_code_seats_one_phone_and_a_new_one_ends_it(hall):
    juror = hall.jurors[0]
    with pytest.raises(Refusal) as taken:
        passes.bind_phone(at=clock.now(), code=hall.codes[juror.pk])
    assert taken.value.code == "PASS_TAKEN"
    issued = passes.issue_passes(by=hall.city.scrutineer, at=clock.now(), jurors=[juror])[0]
    with pytest.raises(Refusal) as ended:
        passes.bind_phone(at=clock.now(), code=hall.codes[juror.pk])
    assert ended.value.code == "PASS_REVOKED"
    entry = hall.open()
    assert hall.send(juror, entry).code == "UNKNOWN_PASS"
    held, _secret = passes.bind_phone(at=clock.now(), code=issued.code)
    assert held.juror == juror


def test_a_pin_is_asked_for_and_blocks_after_five_wrong_ones(city):
    Stage.objects.filter(pk=city.stage.pk).update(pin_required=True)
    juror = Juror.objects.select_related("jury__stage__contest").filter(jury__stage=city.stage).first()
    issued = passes.issue_passes(by=city.scrutineer, at=clock.now(), jurors=[juror])[0]
    wrong = "0000" if issued.pin != "0000" else "1111"
    codes = []
    for _attempt in range(6):
        with pytest.raises(Refusal) as caught:
            passes.bind_phone(at=clock.now(), code=issued.code, pin=wrong)
        codes.append((caught.value.code, caught.value.data.get("left")))
    assert codes == [
        ("PIN_WRONG", 4),
        ("PIN_WRONG", 3),
        ("PIN_WRONG", 2),
        ("PIN_WRONG", 1),
        ("PIN_WRONG", 0),
        ("PIN_BLOCKED", None),
    ]
    with pytest.raises(Refusal):
        passes.bind_phone(at=clock.now(), code=issued.code, pin=issued.pin)
    again = passes.issue_passes(by=city.scrutineer, at=clock.now(), jurors=[juror])[0]
    assert passes.bind_phone(at=clock.now(), code=again.code, pin=again.pin)[0].juror == juror


def test_a_second_press_finds_the_phone_in_its_seat(hall, client):
    juror = hall.jurors[0]
    [issued] = passes.issue_passes(by=hall.city.scrutineer, at=clock.now(), jurors=[juror])
    page = client.get(f"/q/{issued.code}").content.decode()
    phone = re.search(r'name="phone" value="([\w-]{32})"', page)[1]
    # The first answer is lost on its way; the second press carries the same secret.
    answers = [Client().post(f"/q/{issued.code}", {"phone": phone}) for _press in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert answers[0].cookies["seat"].value == answers[1].cookies["seat"].value
    assert Client().post(f"/q/{issued.code}", {"phone": "x" * 32}).status_code == 409
    assert Client().post(f"/q/{issued.code}").status_code == 409


def test_an_open_code_is_for_open_juries_only(city):
    jury = city.stage.juries.first()
    assert refused(passes.issue_open_code, by=city.scrutineer, jury=jury) == "JURY_LISTED"
    jury.admission = Admission.OPEN
    jury.save()
    code = passes.issue_open_code(by=city.scrutineer, at=clock.now(), jury=jury)
    first, _ = passes.bind_phone(at=clock.now(), code=code)
    second, _ = passes.bind_phone(at=clock.now(), code=code)
    assert second.juror.seat == first.juror.seat + 1
    seats = {
        passes.bind_phone(at=clock.now(), code=code, phone="p" * 32)[0].juror.seat for _press in range(2)
    }
    assert seats == {second.juror.seat + 1}
