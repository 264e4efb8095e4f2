"""The proof that a ballot stands in the log: C2SP's tlog-proof, small enough for a QR code.

https://c2sp.org/tlog-proof
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from unionhall.engines.proof import merkle, notes
from unionhall.engines.proof.notes import Checkpoint, PublicKey, Receipt
from unionhall.engines.proof.problems import ProofError

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class LogProof:
    """A leaf's place in a log: its index, the hashes up to the root, the signed checkpoint, and the salt."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    salt: bytes

    @property
    def text(self) -> str:
        """The proof as a file or QR code holds it."""
        extra = f"extra {_b64(self.salt)}\n" if self.salt else ""
        hashes = "".join(f"{_b64(one)}\n" for one in self.hashes)
        return f"{HEADER}\n{extra}index {self.index}\n{hashes}\n{self.checkpoint}"


def read_proof(text: str) -> LogProof:
    """The proof that a text holds. Raises ProofError PROOF_FORM."""
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    salt = b""
    if len(lines) > 1 and lines[1].startswith("extra "):
        salt = _raw(lines.pop(1).removeprefix("extra "))
    number = lines[1].removeprefix("index ") if len(lines) > 1 else ""
    if lines[0] != HEADER or not gap or not notes.is_number(number):
        raise ProofError("PROOF_FORM")
    found = LogProof(int(number), tuple(_raw(line) for line in lines[2:]), checkpoint, salt)
    if found.text != text or any(len(one) != 32 for one in found.hashes):
        raise ProofError("PROOF_FORM")
    return found


def verify_proof(proof: LogProof, commitment: bytes, key: PublicKey, origin: str) -> Checkpoint:
    """The checkpoint under which ``commitment`` stands.

    Raises ProofError: what `notes.verify` and `notes.read_checkpoint` raise, OTHER_ORIGIN, or NOT_INCLUDED.
    """
    checkpoint = notes.read_checkpoint(notes.verify(proof.checkpoint, key))
    if checkpoint.origin != origin:
        raise ProofError("OTHER_ORIGIN", found=checkpoint.origin, expected=origin)
    leaf = merkle.leaf_hash(commitment)
    if not merkle.verify_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root):
        raise ProofError("NOT_INCLUDED", index=proof.index)
    return checkpoint


def verify_receipt(note: str, key: PublicKey, origin: str, number: int, commitment: bytes) -> Receipt:
    """That ``note`` is the receipt of this ballot and of no other.

    Raises ProofError: what `notes.verify` and `notes.read_receipt` raise, OTHER_ORIGIN, or RECEIPT_OTHER.
    """
    receipt = notes.read_receipt(notes.verify(note, key))
    if receipt.origin != origin:
        raise ProofError("OTHER_ORIGIN", found=receipt.origin, expected=origin)
    if (receipt.number, receipt.commitment) != (number, commitment):
        raise ProofError("RECEIPT_OTHER", number=receipt.number)
    return receipt


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise ProofError("PROOF_FORM") from None
