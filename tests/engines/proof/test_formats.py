"""The formats, against vectors from outside and against the words of their standards."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
import rfc8785
import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from unionhall.engines import proof
from unionhall.engines.proof import ProofError, Signer, canonical, merkle, notes, parse
from unionhall.engines.proof.canonical import encode
from unionhall.engines.proof.receipts import LogProof

VECTORS = Path(__file__).parent / "vectors"


# What we do not let into a log: fractions, and letters that are not in NFC.
@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("arrays", ""),
        ("french", ""),
        ("structures", "NOT_AN_INTEGER"),
        ("unicode", "NOT_NFC"),
        ("values", "NOT_AN_INTEGER"),
        ("weird", "NOT_NFC"),
    ],
)
def test_canonical_json_of_rfc_8785(name, refused):
    value = json.loads((VECTORS / "rfc8785" / "input" / f"{name}.json").read_bytes())
    expected = (VECTORS / "rfc8785" / "output" / f"{name}.json").read_bytes()
    assert rfc8785.dumps(value) == expected
    assert outcome(value) == (refused or expected)


def outcome(value):
    """The canonical bytes, or the code of why there are none."""
    try:
        return canonical(value)
    except ProofError as refused:
        return refused.code


NAMES = st.text(st.characters(codec="utf-8"), max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_both_encoders_write_the_same_bytes(value):
    assert encode(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_was_written_is_read_and_nothing_else(value):
    data = outcome(value)
    if isinstance(data, str):
        assert data == "NOT_NFC"
        return
    assert parse(data) == value
    with pytest.raises(ProofError):
        parse(data + b" ")


# The leaves of RFC 6962's reference tests and the roots of the trees over the first 1 to 8 of them.
LEAVES = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_roots_of_rfc_6962():
    leaves = [merkle.leaf_hash(data) for data in LEAVES]
    assert [merkle.tree_root(leaves[: n + 1]).hex() for n in range(8)] == ROOTS
    assert merkle.tree_root([]) == sha256(b"").digest()


def test_the_proofs_of_rfc_6962s_reference_tests_are_ours_to_the_byte():
    told = json.loads((VECTORS / "rfc6962" / "proofs.json").read_text())
    leaves = [merkle.leaf_hash(data) for data in LEAVES]
    for case in told["inclusion"]:
        size, index = case["size"], case["leaf"] - 1
        path = [bytes.fromhex(one) for one in case["proof"]]
        assert merkle.inclusion_proof(leaves[:size], index) == path
        assert merkle.verify_inclusion(leaves[index], index, size, path, bytes.fromhex(ROOTS[size - 1]))
    for case in told["consistency"]:
        first, second = case["first"], case["second"]
        path = [bytes.fromhex(one) for one in case["proof"]]
        assert merkle.consistency_proof(leaves[:second], first) == path
        roots = [bytes.fromhex(ROOTS[size - 1]) for size in (first, second)]
        assert merkle.verify_consistency(first, second, path, *roots)


def slow_root(leaves):
    """MTH as RFC 6962 defines it in words."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(slow_root(leaves[:split]), slow_root(leaves[split:]))


@given(st.integers(1, 70))
def test_every_proof_of_every_tree_leads_to_its_root_and_to_no_other(size):
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
    root = merkle.tree_root(leaves)
    assert root == slow_root(leaves)
    tree = merkle.Tree(leaves)
    for index in range(size):
        path = tree.proof(index)
        assert path == merkle.inclusion_proof(leaves, index)
        assert merkle.verify_inclusion(leaves[index], index, size, path, root)
        assert not merkle.verify_inclusion(leaves[index], index, size, [*path, root], root)
        assert not merkle.verify_inclusion(leaves[index], index, size + size, path, root) or size == 0
        if size > 1:
            other = (index + 1) % size
            assert not merkle.verify_inclusion(leaves[index], other, size, path, root)
            assert not merkle.verify_inclusion(leaves[index], index, size, path[:-1], root)
    for first in range(1, size + 1):
        path = merkle.consistency_proof(leaves, first)
        old = merkle.tree_root(leaves[:first])
        assert merkle.verify_consistency(first, size, path, old, root)
        if first < size:
            assert not merkle.verify_consistency(first, size, path, merkle.leaf_hash(b"x"), root)
            assert not merkle.verify_consistency(first, size, path[:-1], old, root)


def test_the_signatures_of_rfc_8032():
    for line in (VECTORS / "rfc8032" / "ed25519.txt").read_text().splitlines():
        secret, public, message, signed = (bytes.fromhex(part) for part in line.split(":")[:4])
        signer = Signer.from_seed("x", secret[:32])
        assert signer.public.raw == public
        assert signer.key.sign(message) + message == signed


def test_wycheproofs_signatures_are_judged_as_wycheproof_judges():
    groups = json.loads((VECTORS / "wycheproof" / "ed25519_test.json").read_bytes())["testGroups"]
    wrong, tests = [], 0
    for group in groups:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(group["publicKey"]["pk"]))
        for test in group["tests"]:
            tests += 1
            try:
                key.verify(bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
                found = "valid"
            except InvalidSignature:
                found = "invalid"
            # "acceptable" are keys of small order, on which the standards leave verifiers free.
            if test["result"] not in (found, "acceptable"):
                wrong.append(test["tcId"])
    assert (wrong, tests > 100) == ([], True)


SIGNER = Signer.from_seed("unionhall", bytes(range(32)))


def test_a_note_is_signed_over_its_text_as_c2sp_says():
    note = SIGNER.sign("unionhall/X\n3\nabc\n")
    text, gap, line = note.rpartition("\n\n")
    assert (text, gap) == ("unionhall/X\n3\nabc", "\n\n")
    assert line.startswith("— unionhall ")
    raw = base64.b64decode(line.split(" ")[2])
    key_id = sha256(b"unionhall\n\x01" + SIGNER.public.raw).digest()[:4]
    assert (raw[:4], len(raw)) == (key_id, 68)
    Ed25519PublicKey.from_public_bytes(SIGNER.public.raw).verify(raw[4:], b"unionhall/X\n3\nabc\n")
    assert notes.verify(note, SIGNER.public) == "unionhall/X\n3\nabc\n"
    assert notes.read_vkey(SIGNER.public.vkey) == SIGNER.public


def test_a_witness_signs_what_it_saw_and_when():
    witness = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
    text = "unionhall/X\n3\nabc\n"
    note = SIGNER.sign(text) + notes.cosign(text, "监审", witness, 1_777_000_000).rpartition("\n\n")[2]
    key = notes.PublicKey("监审", notes.WITNESS, witness.public_key().public_bytes_raw())
    assert notes.verify(note, SIGNER.public, [key]) == text
    assert notes.cosigners(note, [key]) == [(key, 1_777_000_000)]
    with pytest.raises(ProofError) as unknown:
        notes.verify(note, SIGNER.public)
    assert unknown.value.code == "SIGNER_UNKNOWN"


@pytest.mark.parametrize(
    "spoilt", ["", "x", "x\n", "a\n\nb\n", "a\n\n— n !!\n", "a\n\n— n AAAA\n", "a\x01\n\n— n AAAAAAAA\n"]
)
def test_what_is_no_note_is_refused(spoilt):
    with pytest.raises(ProofError) as refused:
        notes.verify(spoilt, SIGNER.public)
    assert refused.value.code == "NOTE_FORM"


def test_a_receipt_of_another_speech_and_a_checkpoint_pass_for_nothing(final):
    ballots = [leaf for leaf in final.leaves if leaf.event["kind"] == "ballot"]
    number, commitment = ballots[0].event["number"], ballots[0].commitment
    proof.verify_receipt(final.receipts[0], SIGNER.public, final.origin, number, commitment)
    for note, expected in [(final.receipts[9], "RECEIPT_OTHER"), (final.checkpoints[0], "RECEIPT_FORM")]:
        with pytest.raises(ProofError) as refused:
            proof.verify_receipt(note, SIGNER.public, final.origin, number, commitment)
        assert refused.value.code == expected


def test_the_proof_of_a_ballot_fits_a_qr_code_and_verifies(final):
    leaves = [merkle.leaf_hash(leaf.commitment) for leaf in final.leaves]
    index = next(i for i, leaf in enumerate(final.leaves) if leaf.event["kind"] == "ballot")
    leaf = final.leaves[index]
    made = LogProof(index, tuple(merkle.inclusion_proof(leaves, index)), final.checkpoints[-1], leaf.salt)
    read = proof.read_proof(made.text)
    assert read == made
    assert read.salt == leaf.salt
    found = proof.verify_proof(read, proof.committed(read.salt, leaf.event), SIGNER.public, final.origin)
    assert found.size == len(final.leaves)
    assert segno.make(made.text, error="m").version <= 25
    with pytest.raises(ProofError) as refused:
        proof.verify_proof(read, final.leaves[index + 1].commitment, SIGNER.public, final.origin)
    assert refused.value.code == "NOT_INCLUDED"
    with pytest.raises(ProofError):
        proof.read_proof(made.text.replace("index ", "index 0"))
