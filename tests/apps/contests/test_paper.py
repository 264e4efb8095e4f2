"""Paper sheets: two persons, the same figures, and only then a ballot."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from tests.conftest import SHEET
from unionhall.apps.contests.models import Ballot, KeyedSheet
from unionhall.apps.contests.usecases import paper
from unionhall.engines.scoring import ScoringError
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal


@pytest.fixture
def key(hall):
    entry = hall.open()

    def enter(who, *, base=None, **scores):
        return paper.key_sheet(
            by=getattr(hall.city, who), at=clock.now(), entry=entry, juror=hall.jurors[0],
            scores={**SHEET, **scores}, base=base,
        )  # fmt: skip

    return enter


def test_a_sheet_counts_when_two_persons_entered_the_same(hall, key):
    assert key("scrutineer").first
    assert Ballot.objects.count() == 0
    second = key("organiser")
    assert (second.answer.code, Ballot.objects.get().source) == ("ACCEPTED", "PAPER")
    assert KeyedSheet.objects.count() == 0


def test_one_person_alone_enters_nothing(hall, key):
    assert [key("scrutineer").first, key("scrutineer", CONTENT="30").first] == [True, True]
    assert (Ballot.objects.count(), KeyedSheet.objects.get().scores[0]) == (0, 300)


def test_two_different_entries_name_the_criterion_and_whoever_was_wrong_mends_it(hall, key):
    key("scrutineer", CONTENT="30")
    assert key("organiser").differs == ("主题内容",)
    assert Ballot.objects.count() == 0
    key("scrutineer")
    assert key("organiser").answer.code == "ACCEPTED"
    assert list(Ballot.objects.get().scores) == [385, 280, 145, 140]


def test_a_phone_that_came_back_in_between_is_not_overwritten(hall, key):
    key("scrutineer")
    sent = hall.send(hall.jurors[0], hall.speeches[0])
    stale = key("organiser")
    assert (stale.answer.code, Ballot.objects.count()) == ("STALE", 1)
    assert key("organiser", base=sent.number).answer.revision == 2


def test_what_the_rules_forbid_and_who_may_not_is_refused_before_it_is_kept(hall, key):
    with pytest.raises(ScoringError), transaction.atomic():
        key("scrutineer", CONTENT="41")
    with pytest.raises(Refusal) as caught, transaction.atomic():
        key("district")
    assert (caught.value.code, KeyedSheet.objects.count()) == ("NOT_ALLOWED", 0)


def test_a_box_is_not_closed_over_a_sheet_that_was_entered_once(hall, key):
    entry = hall.speeches[0]
    hall.all_score(entry)
    key("scrutineer", base=Ballot.objects.get(juror=hall.jurors[0]).pk)
    with pytest.raises(Refusal) as caught, transaction.atomic():
        hall.close(entry)
    assert caught.value.code == "PAPER_WAITING"
    paper.drop_keyed_sheet(by=hall.city.organiser, at=clock.now(), entry=entry, juror=hall.jurors[0])
    hall.close(entry)


def test_the_second_person_does_not_see_the_first_entry(hall):
    hall.open()
    url = f"/stages/{hall.stage.public_id}/desk"
    form = {**SHEET, "CONTENT": "37.5", "juror": hall.jurors[0].public_id}
    first, second = Client(), Client()
    first.force_login(hall.city.scrutineer)
    second.force_login(hall.city.organiser)
    assert first.post(f"{url}/paper", form).status_code == 302
    page = second.get(f"{url}/seat?juror={hall.jurors[0].public_id}").content.decode()
    assert "作为第二人录入" in page
    assert "37.5" not in page
    differs = second.post(f"{url}/paper", {**form, "CONTENT": "38.5"})
    assert (differs.status_code, "主题内容" in differs.context["refusal"]) == (422, True)
    assert second.post(f"{url}/paper", form).status_code == 302
    assert Ballot.objects.get().source == "PAPER"
