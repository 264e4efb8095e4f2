"""What becomes of a ballot, however it comes."""

from __future__ import annotations

import secrets

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import SHEET
from unionhall.apps.contests.codes import BallotSource, ExcusalKind
from unionhall.apps.contests.models import Ballot, RefusedBallot
from unionhall.apps.contests.usecases import ballots, desk, passes
from unionhall.apps.contests.usecases.ballots import PaperProof, PhoneProof, Submission, record_ballots
from unionhall.kernel import clock
from unionhall.kernel.models import AuditLine


def test_a_ballot_is_kept_with_its_exact_scores_and_an_audit_line(hall):
    entry = hall.open()
    answer = hall.send(hall.jurors[0], entry)
    ballot = Ballot.objects.get()
    assert (answer.code, answer.number, answer.revision) == ("ACCEPTED", ballot.pk, 1)
    assert (list(ballot.scores), ballot.source) == ([385, 280, 145, 140], "PHONE")
    line = AuditLine.objects.get(action="ballot.record")
    assert (line.actor, line.subject) == (f"JUROR:{hall.jurors[0].public_id}", str(ballot.pk))


def test_a_ballot_costs_five_statements_between_begin_and_commit(hall):
    entry = hall.open()
    hall.send(hall.jurors[0], entry)  # the rule book is read once and kept
    with CaptureQueriesContext(
        connection,
    ) as captured:
        hall.send(hall.jurors[1], entry)
    statements = [
        q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT pg_notify"))
    ]
    assert [sql.split()[0] for sql in statements] == ["SELECT", "SELECT", "SELECT", "INSERT", "INSERT"]


def test_a_batch_of_all_jurors_costs_the_same_five(hall):
    entry = hall.open()
    hall.send(hall.jurors[0], entry)
    with CaptureQueriesContext(connection) as captured:
        record_ballots([hall.submission(j, entry) for j in hall.jurors[1:]], at=clock.now())
    statements = [
        q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT pg_notify"))
    ]
    assert len(statements) == 5


def test_the_same_key_and_body_get_the_first_answer(hall):
    entry = hall.open()
    first = hall.send(hall.jurors[0], entry, key="k" * 16)
    again = hall.send(hall.jurors[0], entry, key="k" * 16)
    assert (again.number, again.revision, again.replayed) == (first.number, 1, True)
    assert Ballot.objects.count() == 1


def test_a_double_press_within_one_batch_is_one_ballot(hall):
    entry = hall.open()
    twice = [hall.submission(hall.jurors[0], entry, key="k" * 16)] * 2
    first, second = record_ballots(twice, at=clock.now())
    assert (first.number, first.replayed, second.number, second.replayed) == (
        first.number,
        False,
        first.number,
        True,
    )
    assert Ballot.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(hall):
    entry = hall.open()
    hall.send(hall.jurors[0], entry, key="k" * 16)
    assert hall.send(hall.jurors[0], entry, key="k" * 16, CONTENT="30").code == "KEY_REUSED"
    assert Ballot.objects.count() == 1


def test_a_changed_ballot_is_a_revision_and_needs_the_number_of_the_former(hall):
    entry = hall.open()
    first = hall.send(hall.jurors[0], entry)
    stale = hall.send(hall.jurors[0], entry, CONTENT="30")
    assert (stale.code, stale.number, stale.revision) == ("STALE", first.number, 1)
    second = hall.send(hall.jurors[0], entry, base=first.number, CONTENT="30")
    assert (second.code, second.revision) == ("ACCEPTED", 2)
    assert list(Ballot.objects.values_list("revision", "scores__0").order_by("revision")) == [
        (1, 385),
        (2, 300),
    ]


def test_a_late_ballot_is_refused_and_kept_and_its_replay_gets_the_same_answer(hall):
    entry = hall.open()
    hall.all_score(entry)
    hall.close(entry)
    late = hall.send(hall.jurors[0], entry, key="late-key-0000000")
    again = hall.send(hall.jurors[0], entry, key="late-key-0000000")
    assert (late.code, again.code, again.replayed) == ("CLOSED", "CLOSED", True)
    assert list(RefusedBallot.objects.values_list("juror", "reason")) == [(hall.jurors[0].pk, "CLOSED")]


def test_an_early_ballot_is_kept_apart_too(hall):
    entry = hall.speeches[0]
    assert hall.send(hall.jurors[0], entry).code == "NOT_OPEN"
    assert RefusedBallot.objects.get().reason == "NOT_OPEN"


def test_a_recused_juror_is_refused_and_an_absent_one_who_came_counts(hall):
    entry = hall.open()
    recused, absent = hall.jurors[0], hall.jurors[1]
    for juror, kind in ((recused, ExcusalKind.RECUSED), (absent, ExcusalKind.ABSENT)):
        desk.excuse_juror(
            by=hall.city.scrutineer, at=clock.now(), entry=entry, juror=juror, kind=kind, reason="同单位"
        )
    assert hall.send(recused, entry).code == "RECUSED"
    assert hall.send(absent, entry).code == "ACCEPTED"


@pytest.mark.parametrize("how", ["wrong secret", "no such pass", "revoked"])
def test_without_a_valid_pass_there_is_no_ballot(hall, how):
    entry = hall.open()
    juror = hall.jurors[0]
    proof = hall.phones[juror.pk]
    if how == "wrong secret":
        hall.phones[juror.pk] = PhoneProof(proof.pass_id, "guess")
    elif how == "no such pass":
        hall.phones[juror.pk] = PhoneProof("ABCDEFGHJKMN", proof.secret)
    else:
        passes.revoke_pass(by=hall.city.scrutineer, at=clock.now(), juror=juror)
    assert hall.send(juror, entry).code == "UNKNOWN_PASS"
    assert (Ballot.objects.count(), RefusedBallot.objects.count()) == (0, 0)


def test_bad_scores_are_all_named_and_nothing_is_kept(hall):
    entry = hall.open()
    answer = hall.send(hall.jurors[0], entry, CONTENT="41", BEARING="")
    assert answer.code == "BAD_SCORES"
    assert [(p.code, p.data["criterion"]) for p in answer.problems] == [
        ("SCORE_RANGE", "CONTENT"),
        ("SCORE_MISSING", "BEARING"),
    ]
    assert (Ballot.objects.count(), RefusedBallot.objects.count()) == (0, 0)


def test_one_bad_ballot_harms_no_other(hall):
    entry = hall.open()
    batch = [hall.submission(j, entry) for j in hall.jurors[:4]]
    batch[1] = hall.submission(hall.jurors[1], entry, CONTENT="1e9")
    batch[2] = Submission(batch[2].proof, "NOSUCHBOX234", batch[2].key, None, SHEET, BallotSource.PHONE)
    codes = [a.code for a in record_ballots(batch, at=clock.now())]
    assert codes == ["ACCEPTED", "BAD_SCORES", "UNKNOWN_BOX", "ACCEPTED"]


def test_a_failing_batch_is_recorded_one_by_one(hall, monkeypatch):
    """A ballot that the database refuses (here: a key that another transaction used in between)."""
    entry = hall.open()
    batch = [hall.submission(j, entry) for j in hall.jurors[:3]]
    bad = hall.jurors[1].pk
    write = ballots._Batch.write

    def write_or_break(self):
        if any(b.juror_id == bad for b in self.ballots):
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO contests_ballot (id) VALUES (NULL)")
        write(self)

    monkeypatch.setattr(ballots._Batch, "write", write_or_break)
    assert [a.code for a in record_ballots(batch, at=clock.now())] == ["ACCEPTED", "BUSY", "ACCEPTED"]
    assert set(Ballot.objects.values_list("juror", flat=True)) == {hall.jurors[0].pk, hall.jurors[2].pk}


def test_paper_is_the_same_path(hall):
    entry = hall.open()
    juror = hall.jurors[0]
    submission = Submission(
        PaperProof(juror.public_id, hall.city.scrutineer.public_id),
        entry.box.public_id, secrets.token_hex(16), None, SHEET, BallotSource.PAPER,
    )  # fmt: skip
    assert record_ballots([submission], at=clock.now())[0].code == "ACCEPTED"
    assert Ballot.objects.get().source == "PAPER"
    assert AuditLine.objects.get(action="ballot.record").actor == f"ACCOUNT:{hall.city.scrutineer.public_id}"
