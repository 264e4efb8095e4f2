"""A new key breaks nothing: a log keeps the key it began with, and what was encrypted still opens."""

from __future__ import annotations

import base64
import json
import shutil
from importlib import import_module

import pytest
from django.apps import apps

from unionhall.apps.contests import queries
from unionhall.apps.contests.models import LogCheckpoint, Stage
from unionhall.apps.contests.usecases import desk, imports, rehearsals, results
from unionhall.engines import proof
from unionhall.kernel import clock, keyring
from unionhall.kernel.imports.staging import file_of
from unionhall.kernel.models import StagedImport
from unionhall.site import cli, serve


@pytest.fixture
def ring(hall, tmp_path, monkeypatch):
    """A key ring of this test alone, with the key under which the final was frozen."""
    shutil.copy(keyring.location(), tmp_path / "keyring.json")
    monkeypatch.setenv("UNIONHALL_KEYRING", str(tmp_path / "keyring.json"))
    queries.log._signer.cache_clear()
    yield tmp_path / "keyring.json"
    queries.log._signer.cache_clear()


def command(*words):
    arguments = cli.build_parser().parse_args(["keys", *words])
    return arguments.run(arguments)


def test_a_final_under_way_goes_on_under_its_key_and_the_next_stage_begins_under_the_new_one(hall, ring):
    city = hall.city
    first = hall.stage.log_key
    old = queries.log.signer(hall.stage).public
    staged = imports.stage_sheet(
        by=city.organiser, at=clock.now(), stage=hall.stage, kind="JURORS", name="评委.csv",
        data="评审组,席位\n专家评审,专家 1\n".encode(),
    )  # fmt: skip
    entry = hall.open()
    before = hall.send(hall.jurors[0], entry)
    assert command("--new") == 0
    second = keyring.signing_key()
    assert (first, second) == ("1", "2")
    for juror in hall.jurors[1:]:
        hall.send(juror, entry)
    hall.close(entry)
    for number, speech in enumerate(hall.speeches[1:], start=1):
        hall.open(number)
        hall.all_score(speech)
        hall.close(speech)
    desk.close_stage(by=city.scrutineer, at=clock.now(), stage=hall.stage)
    results.review_stage(by=city.chief, at=clock.now(), stage=hall.stage)
    results.publish_results(by=city.organiser, at=clock.now(), stage=hall.stage)
    verdict = proof.verify(queries.log.published_bundle(hall.stage, proof.SCRUTINEER), key=old)
    assert (verdict.problem, verdict.counted) == (None, True)
    assert before.receipt in verdict.bundle.receipts
    assert queries.log.last_root(hall.stage).fingerprint == old.fingerprint
    kept = queries.log.kept_by(hall.jurors[1])
    origin = proof.origin_of(hall.stage.public_id)
    for one in kept:
        receipt = proof.read_receipt(one.receipt.partition("\n\n")[0] + "\n")
        proof.verify_proof(proof.read_proof(one.proof), receipt.commitment, old, origin)

    copy = rehearsals.prepare_rehearsal(by=city.organiser, at=clock.now(), stage=hall.stage)
    new = queries.log.signer(copy).public
    assert (copy.log_key, new == old) == (second, False)
    (note,) = copy.log_checkpoints.values_list("note", flat=True)
    assert proof.signers(note) == {new.id}
    assert queries.log.house_keys() == [new, old]
    assert file_of(StagedImport.objects.get(pk=staged.pk)).startswith("评审组".encode())


def test_the_list_names_keys_and_no_secret(hall, ring, capsys):
    command()
    one = capsys.readouterr().out
    command("--new")
    two = capsys.readouterr().out
    old, new = (queries.log.signer_of(key).public for key in ("1", "2"))
    assert (old.vkey in one, new.vkey in one) == (True, False)
    assert str(ring) in one
    for key in (old, new):
        assert (key.vkey in two, key.fingerprint in two) == (True, True)
    for key in json.loads(ring.read_text()):
        for name in ("sign", "encrypt"):
            secret = base64.b64decode(key[name])
            assert key[name] not in two
            assert secret.hex() not in two
    assert ring.stat().st_mode & 0o077 == 0


def test_the_first_key_is_made_with_the_ring_and_only_then_another(tmp_path, monkeypatch):
    monkeypatch.setenv("UNIONHALL_KEYRING", str(tmp_path / "new" / "keyring.json"))
    assert keyring.add_key() == "2"
    # The key of indexes alone is never made anew: under another one no number would be found any more.
    assert keyring.held() == {"1": ["encrypt", "sign", "index"], "2": ["encrypt", "sign"]}
    assert keyring.signing_seed("1") != keyring.signing_seed("2")
    sealed = keyring.encrypt(b"x", "id")
    assert (sealed[:2], keyring.decrypt(sealed, "id")) == (b"2:", b"x")


def test_another_ring_than_that_of_the_results_is_told_at_the_start(hall, ring, monkeypatch):
    assert serve.keyring_warning() == ""
    monkeypatch.setenv("UNIONHALL_KEYRING", str(ring.with_name("other.json")))
    queries.log._signer.cache_clear()
    told = serve.keyring_warning()
    assert f"{hall.stage.public_id}, key 1" in told
    assert "backup" in told


def test_what_was_signed_before_keys_were_named_was_signed_by_the_first(city):
    signed = Stage.objects.filter(pk__in=LogCheckpoint.objects.values("stage"))
    signed.update(log_key="")
    import_module("unionhall.apps.contests.migrations.0012_log_key").name_the_key(apps, None)
    assert set(signed.values_list("log_key", flat=True)) == {"1"}
