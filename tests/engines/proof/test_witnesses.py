"""Witnesses' cosignatures: made offline with the own key, and held or refused alike by both programs."""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.engines.proof.conftest import SIGNER, Writer
from tests.engines.proof.test_second_count import needs_openssl, second
from unionhall.engines import proof
from unionhall.engines.proof import ProofError, canonical, cli, notes, verify
from unionhall.engines.proof.report import page, sentence

KEY = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
NAME, AT = "江城公证处", 1_777_000_000
NOTARY = proof.witness_key(NAME, KEY)
OTHER = Ed25519PrivateKey.from_private_bytes(bytes([8]) * 32)


def line(text, seconds=AT, name=NAME, key=KEY):
    return notes.cosign(text, name, key, seconds).rpartition("\n\n")[2]


def text_of(note):
    return notes.split(note)[0]


def witnessed(data, change=lambda _document: None):
    """The bundle as the notary's cosignature of its last root makes it, then changed."""
    document = json.loads(data)
    document["witnesses"] = [NOTARY.vkey]
    document["checkpoints"][-1] += line(text_of(document["checkpoints"][-1]))
    change(document)
    return canonical(document)


@needs_openssl
def test_both_programs_accept_a_witness_and_say_whom_they_were_told_to_expect(bundle, final):
    data = witnessed(bundle)
    verdict = verify(data, witnesses=[NOTARY])
    assert (verdict.problem, verdict.cosigned) == (None, [(len(final.leaves), NOTARY, AT)])
    assert f"Witness    {NAME}, {len(final.leaves)} leaves, 2026-04-24 03:06:40 UTC" in page(
        verdict, pinned=True
    )
    code, told = second(data, "--witness", NOTARY.vkey)
    assert (code, told["holds"], told["witnesses"]) == (0, True, 1)
    for missed in (bundle, data):
        stranger = proof.witness_key(NAME, OTHER)
        assert verify(missed, witnesses=[stranger]).problem.code == "WITNESS_MISSING"
        assert second(missed, "--witness", stranger.vkey)[1]["why"] == (
            f"the witness {NAME} has not signed the last root"
        )


@needs_openssl
def test_a_witness_of_a_former_root_is_shown_but_is_none_of_the_last(bundle):
    def earlier(document):
        document["checkpoints"][-1] = "".join(document["checkpoints"][-1].rpartition("— ")[:1])
        document["checkpoints"][-2] += line(text_of(document["checkpoints"][-2]))

    data = witnessed(bundle, earlier)
    assert [one.witness for one in verify(data).cosigned] == [NOTARY]
    assert verify(data, witnesses=[NOTARY]).problem.code == "WITNESS_MISSING"
    assert second(data)[0] == 0
    assert second(data, "--witness", NOTARY.vkey)[0] == 1


def last(change):
    """A change of the last checkpoint's text and lines."""

    def spoil(document):
        text, _, lines = document["checkpoints"][-1].rpartition("\n\n")
        document["checkpoints"][-1] = f"{text}\n\n{change(text + chr(10), lines.splitlines(keepends=True))}"

    return spoil


def flipped(text, lines):
    raw = bytearray(base64.b64decode(lines[1].split(" ")[2]))
    raw[-1] ^= 1
    return lines[0] + f"— {NAME} {base64.b64encode(raw).decode()}\n"


def later(text, lines):
    raw = bytearray(base64.b64decode(lines[1].split(" ")[2]))
    raw[11] ^= 1
    return lines[0] + f"— {NAME} {base64.b64encode(raw).decode()}\n"


def named(vkey):
    def spoil(document):
        document["witnesses"] = [vkey]

    return spoil


def also_named(vkey):
    def spoil(document):
        document["witnesses"].append(vkey)

    return spoil


def on_a_receipt(document):
    document["receipts"][0] += line(text_of(document["receipts"][0]))


# Of the last character before == only two bits count; this sets another.
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
LOOSE = {one: DIGITS[DIGITS.index(one) ^ 1] for one in DIGITS}
FORGED = {
    "a bit of the signature": (last(flipped), "SIGNATURE"),
    "another time": (last(later), "SIGNATURE"),
    "a root that is not this one": (
        last(lambda text, lines: lines[0] + line(text.replace("\n", "\nx", 1))), "SIGNATURE"),
    "another key under the name and id": (
        last(lambda text, lines: lines[0] + forged_id(text)), "SIGNATURE"),
    "another key under the name": (
        last(lambda text, lines: lines[0] + line(text, key=OTHER)), "SIGNER_UNKNOWN"),
    "a witness that is not named": (named(proof.witness_key("x", OTHER).vkey), "SIGNER_UNKNOWN"),
    "a witness named that never signed": (also_named(proof.witness_key("x", OTHER).vkey), "WITNESS_SILENT"),
    "one that signs twice": (last(lambda _text, lines: "".join([*lines, lines[1]])), "SIGNATURE"),
    "a time beyond the limit": (last(lambda text, lines: lines[0] + line(text, 2**63)), "SIGNATURE"),
    "a log's key for a witness": (named(SIGNER.public.vkey), "KEY_FORM"),
    "a key with another id": (named(NOTARY.vkey.replace(NOTARY.id.hex(), "00000000")), "KEY_FORM"),
    "a witness instead of the log": (last(lambda _text, lines: lines[1]), "NOT_SIGNED"),
    "a witness of a receipt": (on_a_receipt, "SIGNER_UNKNOWN"),
    "base64 written in two ways": (
        last(lambda _text, lines: lines[0] + lines[1][:-4] + LOOSE[lines[1][-4]] + "==\n"), "NOTE_FORM"),
    "no line break at the end": (last(lambda _text, lines: "".join(lines)[:-1]), "NOTE_FORM"),
}  # fmt: skip


def forged_id(text):
    raw = base64.b64decode(line(text, key=OTHER).split(" ")[2])
    return f"— {NAME} {base64.b64encode(NOTARY.id + raw[4:]).decode()}\n"


@needs_openssl
@pytest.mark.parametrize("name", list(FORGED))
def test_a_forged_or_unknown_witness_is_refused_by_both(bundle, name):
    change, code = FORGED[name]
    data = witnessed(bundle, change)
    found = verify(data).problem
    assert found.code == code
    assert "{" not in sentence(found)
    assert second(data, "--receipts", "1000")[1]["holds"] is False


def command(*words):
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers())
    told = parser.parse_args([str(word) for word in words])
    return told.run(told)


@pytest.fixture
def desk(tmp_path, bundle):
    """A notary's computer: a bundle and a key that openssl made."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    make = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "witness.pem"]
    subprocess.run(make, check=True, capture_output=True)
    (tmp_path / "final.bundle").write_bytes(bundle)
    return tmp_path


def cosign(desk, *more, name=NAME, log=SIGNER.public.vkey):
    words = [desk / "final.bundle", "--key", desk / "witness.pem", "--name", name, "--log", log]
    return command("cosign", *words, *more)


def test_a_notary_signs_offline_and_the_file_says_so(desk, final, capsys):
    assert cosign(desk) == 0
    made = (desk / "final.bundle.cosignature").read_text("utf-8")
    told = proof.read_cosignature(made)
    assert (told.witness.name, told.checkpoint.size) == (NAME, len(final.leaves))
    assert told.witness.vkey in capsys.readouterr().out
    # As it is pasted on Windows, too.
    assert proof.read_cosignature("\r\n" + made.replace("\n", "\r\n") + "\r\n") == told
    document = json.loads((desk / "final.bundle").read_bytes())
    document["witnesses"].append(told.witness.vkey)
    document["checkpoints"][-1] += told.line
    (desk / "final.bundle").write_bytes(canonical(document))
    words = [desk / "final.bundle", "--witness", told.witness.vkey]
    assert command("verify", *words) == 0
    assert second((desk / "final.bundle").read_bytes(), "--witness", told.witness.vkey)[0] == 0


def test_a_key_under_a_password_asks_for_it(desk, monkeypatch):
    lock = ["openssl", "pkey", "-in", desk / "witness.pem", "-aes256", "-passout", "pass:印章", "-out"]
    subprocess.run([*lock, desk / "locked.pem"], check=True, capture_output=True)
    (desk / "locked.pem").rename(desk / "witness.pem")
    monkeypatch.setattr(cli, "getpass", lambda _asked: "印章")
    assert cosign(desk) == 0
    monkeypatch.setattr(cli, "getpass", lambda _asked: "错")
    assert cosign(desk, "--out", desk / "none") == 2
    assert not (desk / "none").exists()


def test_nothing_is_signed_that_does_not_hold_or_that_forks(desk, final, capsys):
    other = proof.Signer.from_seed("unionhall", bytes(32)).public.vkey
    assert cosign(desk, log=other) == 1
    assert cosign(desk, log="x") == 2
    assert cosign(desk, name="a b") == 2
    assert cosign(desk, "--former", desk / "witness.pem") == 2
    assert not (desk / "final.bundle.cosignature").exists()
    assert cosign(desk, "--out", desk / "first") == 0
    # A second bundle of the same stage, as signed and as sound, whose log went another way.
    (desk / "final.bundle").write_bytes(Writer(seed=2).whole().bundle())
    assert cosign(desk, "--former", desk / "first") == 1
    assert "is not the one that the witness signed before" in capsys.readouterr().err
    assert not (desk / "final.bundle.cosignature").exists()
    (desk / "final.bundle").write_bytes(final.bundle(proof.PUBLIC))
    assert cosign(desk, "--former", desk / "first") == 0


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda _text: "", "WITNESS_FORM"),
        (lambda text: text.partition("\n")[2], "WITNESS_FORM"),
        (lambda text: text.partition("\n")[0], "WITNESS_FORM"),
        (lambda text: text.replace(NOTARY.vkey, SIGNER.public.vkey), "WITNESS_FORM"),
        (lambda text: text.replace(NOTARY.vkey, proof.witness_key("x", OTHER).vkey), "SIGNER_UNKNOWN"),
        (lambda text: text.replace("unionhall/", "unionhall/X"), "SIGNATURE"),
        (lambda text: text + line("x\n"), "WITNESS_FORM"),
    ],
)
def test_what_is_no_witnesss_file_is_told(final, spoil, code):
    text = f"{NOTARY.vkey}\n{notes.cosign(text_of(final.checkpoints[-1]), NAME, KEY, AT)}"
    proof.read_cosignature(text)
    with pytest.raises(ProofError) as refused:
        proof.read_cosignature(spoil(text))
    assert refused.value.code == code
