"""Pages and files with which people who do not trust the house check a result."""

from __future__ import annotations

import io
import subprocess
import sys
from unittest import mock

import pytest
from django.db import transaction
from django.test import Client
from django.utils.html import escape

from unionhall.apps.contests import queries
from unionhall.apps.contests.usecases import desk, results
from unionhall.engines import proof
from unionhall.engines.proof import tampering
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal


def phone_of(hall, juror):
    client = Client()
    held = hall.phones[juror.pk]
    client.cookies["seat"] = f"{held.pass_id}.{held.secret}"
    return client


def upload(data, name="final.bundle"):
    file = io.BytesIO(data)
    file.name = name
    return Client().post("/verify", {"file": file})


def test_everybody_gets_the_public_bundle_and_only_overseers_the_whole_one(published):
    stage = published.stage.public_id
    given = Client().get(f"/stages/{stage}/bundle")
    verdict = proof.verify(given.content)
    assert (given.status_code, verdict.problem, verdict.bundle.disclosure) == (200, None, "PUBLIC")
    assert given.headers["Content-Disposition"] == f'attachment; filename="unionhall-{stage}-public.bundle"'
    client = Client()
    client.force_login(published.city.scrutineer)
    whole = proof.verify(client.get(f"/stages/{stage}/bundle/scrutineer").content)
    assert (whole.problem, whole.counted) == (None, True)
    assert Client().get(f"/stages/{stage}/bundle/scrutineer").status_code == 302


def test_the_second_program_that_is_handed_out_counts_what_is_handed_out(published, tmp_path):
    (tmp_path / "second_count.py").write_bytes(Client().get("/verify/second_count.py").content)
    data = queries.log.published_bundle(published.stage, proof.SCRUTINEER)
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "second_count.py", "-", "--count-only"],
        input=data, capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout.decode().startswith("IT HOLDS (counted again, and equal).\n")


def test_an_uploaded_bundle_is_counted_and_shown(published):
    page = upload(queries.log.published_bundle(published.stage, proof.SCRUTINEER))
    assert (page.status_code, page.context["verdict"].holds, page.context["ours"]) == (200, True, True)
    board = queries.boards.latest(published.stage).document["result"]["entries"]
    assert [line["composite"] for line in page.context["lines"]] == [e["composite"] for e in board]
    assert "核验通过" in page.content.decode()


@pytest.mark.parametrize("way", ["the file cut off", "a score altered", "a rule altered"])
def test_a_spoilt_bundle_is_refused_with_a_sentence_in_chinese(published, way):
    import random

    data = queries.log.published_bundle(published.stage, proof.SCRUTINEER)
    page = upload(tampering.WAYS[way](data, random.Random(2)))
    assert (page.status_code, page.context["verdict"].holds) == (200, False)
    assert "核验不通过" in page.content.decode()
    assert not page.context["problem"].isascii()


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b"[1.5]", b'{"a":1,"a":2}', "不是核验包".encode()])
def test_what_is_no_bundle_is_told_in_words(data, db):
    page = upload(data)
    assert (page.status_code, page.context["verdict"].holds) == (200, False)
    assert escape(page.context["problem"]) in page.content.decode()


def test_a_file_beyond_the_page_is_told_to_use_the_command(db):
    page = upload(b"x" * (8 * 2**20 + 1))
    assert page.status_code == 422
    assert "unionhall verify" in page.context["refusal"]


def test_a_juror_sees_own_receipts_and_proofs_and_nobody_elses(published):
    juror, other = published.jurors[:2]
    client = phone_of(published, juror)
    page = client.get("/juror/ballots")
    own = [one.number for one in page.context["ballots"]]
    assert len(own) == 22
    shown = client.get(f"/juror/ballots/{own[0]}").context["ballot"]
    assert shown.proof.startswith("c2sp.org/tlog-proof@v1\n")
    foreign = phone_of(published, other).get("/juror/ballots").context["ballots"][0].number
    assert client.get(f"/juror/ballots/{foreign}").status_code == 404
    verdict = proof.verify(client.get("/juror/bundle").content)
    assert (verdict.problem, verdict.bundle.juror) == (None, juror.public_id)


def test_before_the_closing_a_receipt_is_there_and_the_proof_is_announced(hall):
    entry = hall.open()
    answer = hall.send(hall.jurors[0], entry)
    client = phone_of(hall, hall.jurors[0])
    (kept,) = client.get("/juror/ballots").context["ballots"]
    assert (kept.receipt, kept.proof) == (answer.receipt, "")
    assert client.get(f"/juror/ballots/{answer.number}").status_code == 200
    assert client.get("/juror/bundle").status_code == 404
    assert kept.code in client.get("/juror").content.decode()


def test_the_list_of_a_jurors_ballots_asks_a_fixed_number_of_questions(published, django_assert_num_queries):
    juror = published.jurors[0]
    queries.log.kept_by(juror)
    with django_assert_num_queries(3):
        queries.log.kept_by(juror)


def test_nothing_is_published_when_the_second_count_differs(hall):
    hall.hold()
    results.review_stage(by=hall.city.chief, at=clock.now(), stage=hall.stage)
    with (
        mock.patch.object(proof, "second_result", return_value=[]),
        pytest.raises(Refusal) as caught,
        transaction.atomic(),
    ):
        results.publish_results(by=hall.city.organiser, at=clock.now(), stage=hall.stage)
    assert (caught.value.code, hall.stage.state) == ("SECOND_COUNT_DIFFERS", "REVIEWED")
    assert queries.log.published_size(hall.stage) == 0


def test_nothing_is_published_when_a_ballot_was_changed_behind_the_log(hall):
    """Somebody with the database changes a sheet in the log after it was sealed."""
    from django.db import connection

    hall.hold()
    results.review_stage(by=hall.city.chief, at=clock.now(), stage=hall.stage)
    leaf = hall.stage.log_leaves.filter(kind="ballot").order_by("position")[0]
    spoilt = leaf.event.replace('"scores":[', '"scores":[1').replace('"scores":[12', '"scores":[3')
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            names = cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'contests_logleaf'"
            ).fetchall()
            for (name,) in names:
                cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute("UPDATE contests_logleaf SET event = %s WHERE id = %s", [spoilt, leaf.pk])
    with pytest.raises(Refusal) as caught, transaction.atomic():
        results.publish_results(by=hall.city.organiser, at=clock.now(), stage=hall.stage)
    assert caught.value.code == "BUNDLE_FAILS"


def test_the_hall_screen_shows_root_and_fingerprint_when_scoring_ends(hall, client):
    hall.hold()
    page = client.get(f"/stages/{hall.stage.public_id}/hall").content.decode()
    root = queries.log.last_root(hall.stage)
    assert root.whole in page
    assert root.fingerprint in page
    results.review_stage(by=hall.city.chief, at=clock.now(), stage=hall.stage)
    assert (
        queries.log.last_root(hall.stage).whole
        in client.get(f"/stages/{hall.stage.public_id}/hall").content.decode()
    )


def test_advice_is_the_scrutineers_alone_off_until_switched_on_and_changes_nothing(hall):
    url = f"/stages/{hall.stage.public_id}/advice"
    client = Client()
    client.force_login(hall.city.scrutineer)
    entry = hall.open()
    assert client.post(url, {"advice": "on"}).status_code == 302
    assert hall.stage.advisory_since is None  # scoring has not ended
    hall.all_score(entry)
    hall.close(entry)
    for number in range(1, 22):
        hall.open(number)
        for place, juror in enumerate(hall.jurors):
            hall.send(juror, hall.speeches[number], CONTENT=str(28.5 + (number * 7 + place * 3) % 20 / 2))
        hall.close(hall.speeches[number])
    desk.close_stage(by=hall.city.scrutineer, at=clock.now(), stage=hall.stage)
    before = queries.boards.document(hall.stage)
    assert "lines" not in client.get(url).context
    client.post(url, {"advice": "on"})
    page = client.get(url)
    assert [line["prize"] for line in page.context["lines"]] == ["一等奖", "二等奖", "三等奖"]
    assert len(page.context["juries"]) == 3
    assert queries.boards.document(hall.stage) == before
    chief = Client()
    chief.force_login(hall.city.chief)
    assert chief.get(url).status_code == 404
    client.post(url, {"advice": "off"})
    assert hall.stage.advisory_since is None
