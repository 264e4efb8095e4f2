"""Sealed values open for their own row and column only, with every key of the ring; indexes need the key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionhall.kernel import keyring
from unionhall.kernel.sealed import UnsealError, keyed_index, seal, unseal

HERE = {"row": "ROW234567890", "column": "person.phone"}


@pytest.fixture
def ring(tmp_path, monkeypatch):
    """The path of a ring of its own."""
    path = tmp_path / "keyring.json"
    monkeypatch.setenv("UNIONHALL_KEYRING", str(path))
    return path


def key(number: int) -> str:
    return base64.b64encode(bytes([number] * 32)).decode()


def write(path, *keys):
    """Another ring in the old one's place, as another process would leave it."""
    new = path.with_suffix(".other")
    new.write_text(json.dumps(keys), encoding="ascii")
    new.replace(path)


def code_of(sealed, **where) -> str:
    with pytest.raises(UnsealError) as refused:
        unseal(sealed, **where)
    return refused.value.code


@given(plain=st.text(max_size=40))
def test_round_trip(plain):
    assert unseal(seal(plain, **HERE), **HERE) == plain


def test_the_same_value_is_never_sealed_alike(ring):
    assert seal("x", **HERE) != seal("x", **HERE)


def test_another_row_or_column_does_not_open(ring):
    sealed = seal("16212345678", **HERE)
    assert code_of(sealed, row="ROW234567891", column="person.phone") == "ALTERED"
    assert code_of(sealed, row="ROW234567890", column="person.identity") == "ALTERED"


def test_no_flipped_bit_opens(ring):
    sealed = seal("16212345678", **HERE)
    codes = set()
    for place in range(len(sealed)):
        for bit in range(8):
            other = bytearray(sealed)
            other[place] ^= 1 << bit
            codes.add((place > 1, code_of(bytes(other), **HERE)))
    # The first two bytes name the key.
    assert codes == {(False, "KEY_MISSING"), (True, "ALTERED")}
    assert {code_of(sealed[:end], **HERE) for end in range(2, len(sealed))} == {"ALTERED"}


def test_an_old_key_still_opens_and_a_lost_one_is_named(ring):
    write(ring, {"id": "1", "encrypt": key(1), "sign": key(2), "index": key(3)})
    old = seal("16212345678", **HERE)
    write(
        ring, {"id": "1", "encrypt": key(1), "index": key(3)}, {"id": "2", "encrypt": key(4), "sign": key(5)}
    )
    new = seal("16212345678", **HERE)
    assert (old[:2], new[:2]) == (b"1:", b"2:")
    assert [unseal(one, **HERE) for one in (old, new)] == ["16212345678"] * 2
    write(ring, {"id": "2", "encrypt": key(4), "sign": key(5), "index": key(3)})
    assert (code_of(old, **HERE), unseal(new, **HERE)) == ("KEY_MISSING", "16212345678")


def test_a_ring_without_an_index_key_gets_one_that_stays(ring):
    write(ring, {"id": "1", "encrypt": key(1), "sign": key(2)})
    first = keyed_index("16212345678", column="phone")
    kept = json.loads(ring.read_text(encoding="ascii"))
    assert set(kept[0]) == {"id", "encrypt", "sign", "index"}
    write(ring, *kept, {"id": "2", "encrypt": key(3), "sign": key(4)})
    assert keyed_index("16212345678", column="phone") == first
    assert json.loads(ring.read_text(encoding="ascii"))[1] == {"id": "2", "encrypt": key(3), "sign": key(4)}
    write(ring, *kept, {"id": "2"})
    assert keyed_index("16212345678", column="phone") == first
    assert set(json.loads(ring.read_text(encoding="ascii"))[1]) == {"id", "encrypt", "sign"}


def test_an_index_is_hmac_under_a_key_of_the_column(ring):
    write(ring, {"id": "1", "encrypt": key(1), "sign": key(2), "index": key(3)})
    of_column = hmac.new(bytes([3] * 32), b"phone", hashlib.sha256).digest()
    expected = hmac.new(of_column, b"16212345678", hashlib.sha256).digest()[:16]
    assert keyed_index("16212345678", column="phone") == expected
    assert keyed_index("16212345678", column="identity") != expected


def test_the_ring_is_read_once_until_it_changes(ring, monkeypatch):
    reads = []
    real = keyring._ring
    monkeypatch.setattr(keyring, "_ring", lambda: reads.append(1) or real())
    for _value in range(50):
        seal("x", **HERE)
    before = len(reads)
    seal("x", **HERE)
    # Once to make the ring, once to read it.
    assert (before, len(reads)) == (2, 2)
    os.utime(ring, ns=(1, 1))
    seal("x", **HERE)
    assert len(reads) == 3


def test_the_ring_is_for_its_owner_only(ring):
    seal("x", **HERE)
    assert ring.stat().st_mode & 0o777 == 0o600
