"""A witness's signature is added to what was published, is verified first, and stands in every bundle."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, transaction
from django.test import Client

from unionhall.apps.contests import queries
from unionhall.apps.contests.models import LogCosignature
from unionhall.apps.contests.usecases import results
from unionhall.engines import proof
from unionhall.kernel import clock
from unionhall.kernel.models import AuditLine
from unionhall.kernel.refusals import Refusal

NAME = "江城公证处"
KEY = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
NOTARY = proof.witness_key(NAME, KEY)


def signed(hall, *, name=NAME, key=KEY, at=None, data=None):
    """The file that a witness makes of the public bundle."""
    verdict = proof.verify(data or queries.log.published_bundle(hall.stage, proof.PUBLIC))
    return proof.witness_file(verdict, name, key, int((at or clock.now()).timestamp()))


def add(hall, text, *, by=None):
    return results.add_cosignature(by=by or hall.city.scrutineer, at=clock.now(), stage=hall.stage, text=text)


def test_every_bundle_carries_the_witness_from_then_on(published):
    before = queries.log.published_bundle(published.stage, proof.PUBLIC)
    added = add(published, signed(published))
    other = Ed25519PrivateKey.from_private_bytes(bytes([8]) * 32)
    add(published, signed(published, name="other", key=other), by=published.city.organiser)
    for level in (proof.PUBLIC, proof.SCRUTINEER):
        verdict = proof.verify(queries.log.published_bundle(published.stage, level), witnesses=[NOTARY])
        assert verdict.problem is None
        assert [one.witness.name for one in verdict.cosigned] == [NAME, "other"]
        assert {one.size for one in verdict.cosigned} == {added.checkpoint.size}
    assert proof.verify(before).holds
    assert proof.second_result(queries.log.published_bundle(published.stage, proof.SCRUTINEER))
    line = AuditLine.objects.filter(action="log.cosign").earliest("pk")
    assert line.refs == {"size": added.checkpoint.size, "row": added.pk}
    shown = queries.log.witnesses(published.stage)
    assert [(one.name, one.vkey == NOTARY.vkey) for one in shown] == [(NAME, True), ("other", False)]


def test_what_does_not_fit_is_refused_and_nothing_is_kept(published):
    sound = signed(published)
    other = proof.verify(queries.log.published_bundle(published.stage, proof.PUBLIC))
    other.roots[-1] = proof.Checkpoint(other.roots[-1].origin, other.roots[-1].size, bytes(32))
    foreign = proof.verify(queries.log.published_bundle(published.stage, proof.PUBLIC))
    foreign.roots[-1] = proof.Checkpoint("unionhall/X", foreign.roots[-1].size, foreign.roots[-1].root)
    now = int(clock.now().timestamp())
    found = {}
    for name, text in {
        "nothing": "",
        "no file": "x" * 5000,
        "another root": proof.witness_file(other, NAME, KEY, now),
        "another log": proof.witness_file(foreign, NAME, KEY, now),
        "a wrong signature": sound.replace(NOTARY.vkey, NOTARY.vkey[:-4] + "AAA="),
        "the future": signed(published, at=clock.now() + timedelta(days=1)),
        "the past": signed(published, at=clock.now() - timedelta(days=1)),
        "beyond the calendar": proof.witness_file(
            proof.verify(queries.log.published_bundle(published.stage, proof.PUBLIC)), NAME, KEY, 2**62
        ),
    }.items():
        with pytest.raises(Refusal) as caught, transaction.atomic():
            add(published, text)
        found[name] = caught.value.code
    assert found == {
        "nothing": "COSIGNATURE_FAILS",
        "no file": "COSIGNATURE_FAILS",
        "another root": "COSIGNATURE_OTHER",
        "another log": "COSIGNATURE_OTHER",
        "a wrong signature": "COSIGNATURE_FAILS",
        "the future": "COSIGNATURE_TIME",
        "the past": "COSIGNATURE_TIME",
        "beyond the calendar": "COSIGNATURE_TIME",
    }
    add(published, sound)
    with pytest.raises(Refusal) as caught, transaction.atomic():
        add(published, sound)
    assert (caught.value.code, LogCosignature.objects.count()) == ("COSIGNATURE_TWICE", 1)


def test_a_root_that_was_not_published_takes_no_witness(hall):
    hall.hold()
    root = hall.stage.log_checkpoints.latest("size")
    checkpoint = proof.Checkpoint(proof.origin_of(hall.stage.public_id), root.size, bytes.fromhex(root.root))
    text = proof.witness_file(proof.Verdict(roots=[checkpoint]), NAME, KEY, int(clock.now().timestamp()))
    with pytest.raises(Refusal) as caught, transaction.atomic():
        add(hall, text)
    assert caught.value.code == "COSIGNATURE_OTHER"


def test_what_was_added_is_never_changed(published):
    added = add(published, signed(published))
    for work in (added.delete, lambda: LogCosignature.objects.update(line="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            work()


def test_the_scrutineer_adds_a_file_on_the_page_of_results_and_everybody_sees_it(published):
    url = f"/stages/{published.stage.public_id}"
    client = Client()
    client.force_login(published.city.scrutineer)
    assert "添加见证签名" in client.get(f"{url}/results").content.decode()
    assert "添加见证签名" not in Client().get(f"{url}/results").content.decode()
    file = io.BytesIO(b"\xef\xbb\xbf" + signed(published).encode())
    file.name = "final.bundle.cosignature"
    said = client.post(f"{url}/cosignatures", {"file": file, "text": ""}, follow=True)
    assert "已添加见证签名" in said.content.decode()
    page = Client().get(f"{url}/results").content.decode()
    assert (NAME in page, NOTARY.fingerprint in page) == (True, True)
    said = client.post(f"{url}/cosignatures", {"text": signed(published)}, follow=True)
    assert "已经对这个根值作过见证签名" in said.content.decode()
    bundle = Client().get(f"{url}/bundle").content
    sent = io.BytesIO(bundle)
    sent.name = "final.bundle"
    checked = Client().post("/verify", {"file": sent}).content.decode()
    assert (NAME in checked, NOTARY.fingerprint in checked) == (True, True)
