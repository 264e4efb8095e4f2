from __future__ import annotations

import secrets

import pytest

from tests.conftest import SHEET
from unionhall.apps.contests import queries
from unionhall.apps.contests.codes import BallotSource
from unionhall.apps.contests.models import Cue, Juror, Stage
from unionhall.apps.contests.usecases import desk, passes, results
from unionhall.apps.contests.usecases.ballots import PhoneProof, Submission, record_ballots
from unionhall.kernel import clock


class Hall:
    """The demo's final with a phone in every seat, and short ways to do what the desk and jurors do."""

    def __init__(self, city):
        self.city = city
        self.jurors = list(
            Juror.objects.filter(jury__stage=city.stage)
            .select_related("jury__stage__contest")
            .order_by("jury__position", "seat")
        )
        issued = passes.issue_passes(by=city.scrutineer, at=clock.now(), jurors=self.jurors)
        self.codes = {one.juror.pk: one.code for one in issued}
        self.phones = {}
        for one in issued:
            held, secret = passes.bind_phone(at=clock.now(), code=one.code)
            self.phones[one.juror.pk] = PhoneProof(held.public_id, secret)
        self.speeches = [
            c.entry
            for c in Cue.objects.filter(stage=city.stage, entry__isnull=False).select_related("entry__box")
        ]

    @property
    def stage(self):
        return Stage.objects.get(pk=self.city.stage.pk)

    def hear(self, entry):
        desk.go_to_cue(by=self.city.scrutineer, at=clock.now(), cue=entry.cue)
        desk.hear_speech(by=self.city.scrutineer, at=clock.now(), entry=entry)

    def open(self, number=0):
        """Open the scoring of a speech, after those that must be heard before any is scored."""
        entry = self.speeches[number]
        for first in queries.hearing.of_stage(self.stage).left:
            self.hear(first)
        desk.go_to_cue(by=self.city.scrutineer, at=clock.now(), cue=entry.cue)
        desk.open_ballot_box(by=self.city.scrutineer, at=clock.now(), entry=entry)
        return entry

    def close(self, entry):
        desk.close_ballot_box(by=self.city.scrutineer, at=clock.now(), entry=entry)

    def submission(self, juror, entry, *, key=None, base=None, source=BallotSource.PHONE, **scores):
        return Submission(
            proof=self.phones[juror.pk],
            box=entry.box.public_id,
            key=key or secrets.token_hex(16),
            base=base,
            scores={**SHEET, **scores},
            source=source,
        )

    def send(self, juror, entry, **how):
        return record_ballots([self.submission(juror, entry, **how)], at=clock.now())[0]

    def all_score(self, entry, **scores):
        answers = record_ballots([self.submission(j, entry, **scores) for j in self.jurors], at=clock.now())
        assert {a.code for a in answers} == {"ACCEPTED"}

    def hold(self):
        """The whole final: speech n of 22 gets n half points more than the first."""
        for number, entry in enumerate(self.speeches):
            self.open(number)
            self.all_score(entry, CONTENT=str(28.5 + number * 0.5))
            self.close(entry)
            desk.reveal_score(by=self.city.scrutineer, at=clock.now(), entry=entry)
        desk.close_stage(by=self.city.scrutineer, at=clock.now(), stage=self.stage)


@pytest.fixture
def hall(city):
    return Hall(city)


@pytest.fixture
def published(hall):
    """The whole final, reviewed and published."""
    hall.hold()
    results.review_stage(by=hall.city.chief, at=clock.now(), stage=hall.stage)
    results.publish_results(by=hall.city.organiser, at=clock.now(), stage=hall.stage)
    return hall
