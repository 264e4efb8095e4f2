"""A calibration round: scored, looked at, set aside; never counted, never logged."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import SHEET
from unionhall.apps.contests import queries
from unionhall.apps.contests.models import (
    Ballot,
    CalibrationRound,
    CalibrationSheet,
    LogLeaf,
    Pass,
    RefusedBallot,
)
from unionhall.apps.contests.usecases import calibration, desk, rehearsals
from unionhall.apps.contests.views import phone as phone_views
from unionhall.engines.scoring import ScoringError
from unionhall.kernel import clock
from unionhall.kernel.models import AuditLine
from unionhall.kernel.refusals import Refusal


def refused(work, **how):
    with pytest.raises(Refusal) as caught, transaction.atomic():
        work(at=clock.now(), **how)
    return caught.value.code


@pytest.fixture
def round_open(hall):
    how = {"by": hall.city.scrutineer, "at": clock.now(), "stage": hall.stage}
    return calibration.open_calibration(title=" 一束弧光 ", **how)


def send(hall, juror, **scores):
    held = Pass.objects.select_related("juror__jury__stage").get(juror=juror, revoked_at=None)
    return calibration.record_calibration_sheet(held=held, at=clock.now(), scores={**SHEET, **scores})


def steps(hall):
    how = {"by": hall.city.scrutineer, "at": clock.now(), "stage": hall.stage}
    return lambda: calibration.show_spread(**how), lambda: calibration.set_aside(**how)


def on_phone(hall, juror):
    client, seat = Client(), hall.phones[juror.pk]
    client.cookies["seat"] = f"{seat.pass_id}.{seat.secret}"
    return client


def test_a_round_leaves_only_that_it_was_held(hall, round_open):
    leaves = LogLeaf.objects.count()
    show, aside = steps(hall)
    assert (round_open.title, round_open.state) == ("一束弧光", "OPEN")
    first, second = hall.jurors[:2]
    send(hall, first)
    send(hall, second, CONTENT="30")
    send(hall, second, CONTENT="31")  # sent again: replaced
    assert [sheet.scores[0] for sheet in CalibrationSheet.objects.order_by("juror")] == [385, 310]
    show()
    ended = aside()
    assert (ended.state, ended.received, CalibrationSheet.objects.count()) == ("SET_ASIDE", 2, 0)
    assert list(queries.calibration.held(hall.stage)) == [ended]
    assert (Ballot.objects.count(), RefusedBallot.objects.count()) == (0, 0)
    assert LogLeaf.objects.count() == leaves
    # Another may follow, and then the final begins as if none had been held.
    calibration.open_calibration(by=hall.city.scrutineer, at=clock.now(), stage=hall.stage, title="又一篇")
    assert aside().received == 0
    entry = hall.open()
    hall.all_score(entry)
    hall.close(entry)
    plain = sum(Fraction(mark) for mark in SHEET.values())
    assert queries.counting.result(hall.stage).of(entry.public_id).composite == plain


def test_what_is_refused_and_by_whom(hall, round_open):
    show, aside = steps(hall)
    how = {"by": hall.city.scrutineer, "stage": hall.stage}
    organiser = {**how, "by": hall.city.organiser}
    for work in (calibration.show_spread, calibration.set_aside):
        assert refused(work, **organiser) == "NOT_ALLOWED"
    assert refused(calibration.open_calibration, **organiser, title="x") == "NOT_ALLOWED"
    assert refused(calibration.open_calibration, **how, title="x") == "CALIBRATION_UNDER_WAY"
    assert refused(calibration.show_spread, **how) == "CALIBRATION_EMPTY"
    with pytest.raises(ScoringError):
        send(hall, hall.jurors[0], CONTENT="41")
    assert CalibrationSheet.objects.count() == 0
    send(hall, hall.jurors[0])
    show()
    assert refused(calibration.show_spread, **how) == "CALIBRATION_CLOSED"
    with pytest.raises(Refusal, match="CALIBRATION_CLOSED"):
        send(hall, hall.jurors[1])
    aside()
    assert refused(calibration.set_aside, **how) == "NO_CALIBRATION"
    with pytest.raises(Refusal, match="NO_CALIBRATION"):
        send(hall, hall.jurors[1])
    assert refused(calibration.open_calibration, **how, title=" ") == "TITLE_MISSING"


def test_the_first_cue_waits_until_it_is_set_aside_and_none_begins_after_it(hall, round_open):
    show, aside = steps(hall)
    cue = hall.stage.cues.order_by("position").first()
    assert refused(desk.go_to_cue, by=hall.city.scrutineer, cue=cue) == "CALIBRATION_UNDER_WAY"
    send(hall, hall.jurors[0])
    show()
    assert refused(desk.go_to_cue, by=hall.city.scrutineer, cue=cue) == "CALIBRATION_UNDER_WAY"
    aside()
    desk.go_to_cue(by=hall.city.scrutineer, at=clock.now(), cue=cue)
    late = {"by": hall.city.scrutineer, "stage": hall.stage, "title": "x"}
    assert refused(calibration.open_calibration, **late) == "STAGE_STATE"


def test_a_rehearsal_holds_its_own(city):
    copy = rehearsals.prepare_rehearsal(by=city.scrutineer, at=clock.now(), stage=city.stage, jurors=6)
    calibration.open_calibration(by=city.scrutineer, at=clock.now(), stage=copy, title="x")
    assert queries.floor.floor(copy).step == "CALIBRATION"
    assert queries.calibration.under_way(city.stage) is None


@pytest.mark.parametrize("change", [{"state": "SHOWN"}, {"state": "SET_ASIDE"}, {"received": 3}])
def test_impossible_rounds_are_refused_by_the_database(round_open, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        CalibrationRound.objects.filter(pk=round_open.pk).update(**change)


def test_two_rounds_at_once_are_refused_by_the_database(hall, round_open):
    with pytest.raises(IntegrityError), transaction.atomic():
        CalibrationRound.objects.create(
            stage=hall.stage, title="x", opened_by=hall.city.scrutineer, opened_at=clock.now()
        )


def test_the_spread_tells_lowest_middle_and_highest_of_each_jury(hall, round_open):
    experts = [juror for juror in hall.jurors if juror.jury.code == "EXPERT"]
    for juror, content in zip(experts, ("38.5", "30", "40", "31"), strict=False):
        send(hall, juror, CONTENT=content)
    show, _aside = steps(hall)
    shown = queries.calibration.calibration(show(), experts[1])
    assert [(panel.received, panel.seats) for panel in shown.panels] == [(4, 9), (0, 7), (0, 5)]
    scales = {scale.name: scale.spreads for scale in shown.scales}
    assert list(scales) == ["主题内容", "语言表达", "形象风度", "综合印象", "合计"]
    content, total = scales["主题内容"][0], scales["合计"][0]
    assert (content.number, content.lowest, content.middle, content.highest) == (4, "30.0", "34.75", "40.0")
    assert (total.lowest, total.middle, total.highest) == ("86.5", "91.25", "96.5")
    assert [str(value) for value, own in content.marks if own] == ["30"]
    silent = scales["合计"][1]
    assert (silent.number, silent.lowest, silent.middle, silent.highest, silent.marks) == (0, *"–––", [])


def test_who_gave_what_stands_in_no_audit_line(hall, round_open):
    send(hall, hall.jurors[0], CONTENT="39.5")
    line = AuditLine.objects.get(action="calibration.sheet")
    assert (line.actor, line.subject) == (f"JUROR:{hall.jurors[0].public_id}", round_open.public_id)
    assert "39" not in json.dumps([line.refs, line.fields])


def test_the_phone_scores_is_told_that_it_will_not_count_and_sees_the_spread(hall, round_open):
    juror, other = hall.jurors[:2]
    phone = on_phone(hall, juror)
    page = phone.get("/juror").content.decode()
    assert "本次打分不计入成绩" in page
    assert f'data-shown="{round_open.public_id}:OPEN"' in page
    wrong = phone.post("/juror/calibration", {**SHEET, "CONTENT": "41"})
    assert (wrong.status_code, CalibrationSheet.objects.count()) == (422, 0)
    assert "主题内容：须在 0 至 40 之间" in wrong.content.decode()
    elsewhere = phone.post("/juror/calibration", SHEET, headers={"Origin": "http://elsewhere.example"})
    assert (elsewhere.status_code, CalibrationSheet.objects.count()) == (422, 0)
    assert phone.post("/juror/calibration", SHEET).status_code == 302
    assert 'value="38.5"' in phone.get("/juror").content.decode()
    send(hall, other, CONTENT="30.5")
    frame = json.loads(phone_views.frame(hall.stage.public_id)["juror"])
    assert frame == {"box": round_open.public_id, "state": "OPEN"}
    show, aside = steps(hall)
    show()
    page = phone.get("/juror").content.decode()
    assert ("本人 38.5" in page, "各评委 30.5" in page, 'form method="post"' in page) == (True, True, False)
    late = phone.post("/juror/calibration", SHEET)
    assert (late.status_code, "不再接收打分" in late.content.decode()) == (422, True)
    aside()
    assert json.loads(phone_views.frame(hall.stage.public_id)["juror"]) == {"box": "", "state": ""}
    assert "您已入席" in phone.get("/juror").content.decode()
    assert phone.post("/juror/calibration", SHEET).status_code == 302
    assert CalibrationSheet.objects.count() == 0


def test_desk_and_hall_lead_through_the_round_without_names(hall, client):
    client.force_login(hall.city.scrutineer)
    stage = hall.stage.public_id
    at_desk, at_hall = f"/stages/{stage}/desk", f"/stages/{stage}/hall"

    def words(url):
        return client.get(url).content.decode()

    assert "试评（统一尺度）" in words(at_desk)
    assert client.post(f"{at_desk}/calibrate", {"title": "一束弧光"}).status_code == 302
    send(hall, hall.jurors[0])
    assert "已收到 1 份" in words(at_desk)
    assert "已交 <b>1</b> / 21 份" in words(at_hall)
    with CaptureQueriesContext(connection) as one:
        client.get(at_desk)
    for juror in hall.jurors[1:]:
        send(hall, juror, CONTENT="30")
    with CaptureQueriesContext(connection) as all_of_them:
        client.get(at_desk)
    assert len(all_of_them) == len(one)
    client.post(f"{at_desk}/show-spread")
    for url in (at_desk, at_hall):
        page = words(url)
        assert (page.count("各评委 95</title>"), page.count("各评委 86.5</title>")) == (1, 20)
        assert "本人" not in page
        assert not any(juror.label in page.split("desk-side")[0] for juror in hall.jurors)
    state = client.get(f"{at_desk}/state").json()
    assert state["step"] == "CALIBRATION"
    client.post(f"{at_desk}/set-aside")
    assert client.get(f"{at_desk}/state").json()["step"] == "NEXT"
    for url in (at_desk, f"/stages/{stage}"):
        assert "21 份评分表，已作废" in words(url)
    hall.open()
    assert "试评（统一尺度）" not in words(at_desk)
