"""A witness signs what it has seen: the last root of a bundle, with its own key, on its own computer.

Its file is its verifier key in the first line and then the checkpoint as a note signed by it alone.
https://c2sp.org/tlog-cosignature
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from unionhall.engines.proof import notes
from unionhall.engines.proof.notes import Checkpoint, PublicKey
from unionhall.engines.proof.problems import ProofError
from unionhall.engines.proof.verify import Verdict

# A file is five lines; nothing that is longer is one.
LARGEST = 2000


@dataclass(frozen=True)
class Cosignature:
    """What a witness's file says: who saw which checkpoint and when, and the line for the log's note."""

    witness: PublicKey
    checkpoint: Checkpoint
    seconds: int
    line: str


def witness_key(name: str, key: Ed25519PrivateKey) -> PublicKey:
    """The verifier key of a witness. Raises ProofError KEY_FORM for a name that is none."""
    public = PublicKey(name, notes.WITNESS, key.public_key().public_bytes_raw())
    return _sound(public.vkey)


def witness_file(
    verdict: Verdict, name: str, key: Ed25519PrivateKey, seconds: int, former: Cosignature | None = None
) -> str:
    """The file of a witness that has seen a bundle hold, and that it goes on from what it signed before.

    Raises ProofError KEY_FORM, or WITNESS_FORMER where the log forked.
    """
    assert verdict.holds, "a witness signs what holds"
    if former and former.checkpoint not in verdict.roots:
        raise ProofError("WITNESS_FORMER", size=former.checkpoint.size)
    witness = witness_key(name, key)
    return f"{witness.vkey}\n{notes.cosign(verdict.roots[-1].text, name, key, seconds)}"


def read_cosignature(text: str) -> Cosignature:
    """What a witness's file says, as it is or pasted.

    Raises ProofError: WITNESS_FORM, SIGNATURE or SIGNER_UNKNOWN, or CHECKPOINT_FORM.
    """
    vkey, _, note = (text.replace("\r\n", "\n").strip() + "\n").partition("\n")
    try:
        witness = _sound(vkey)
        lines = notes.split(note)[1]
    except ProofError:
        raise ProofError("WITNESS_FORM") from None
    if len(lines) != 1 or len(text) > LARGEST:
        raise ProofError("WITNESS_FORM")
    checkpoint = notes.read_checkpoint(notes.verify(note, witness))
    ((_, seconds),) = notes.cosigners(note, [witness])
    return Cosignature(witness, checkpoint, seconds, note.rpartition("\n\n")[2])


def _sound(vkey: str) -> PublicKey:
    """The key of a line that can stand in a bundle, whose texts are NFC."""
    key = notes.read_vkey(vkey)
    if key.kind != notes.WITNESS or not unicodedata.is_normalized("NFC", vkey) or not vkey.isprintable():
        raise ProofError("KEY_FORM")
    return key
