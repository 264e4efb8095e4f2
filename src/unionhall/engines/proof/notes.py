"""Signed notes of C2SP, and the two kinds of them used here: a log's checkpoint and a juror's receipt.

A note is a text of whole lines, an empty line, and a line for each signature. Keys are Ed25519; a key's name
and type are bound into its identity, so that a signature cannot be taken for another key's.
https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from unionhall.engines.proof.problems import ProofError

LOG, WITNESS = 1, 4
# C2SP's limit of a witness's clock.
LATEST = 2**63 - 1
DASH = "— "


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies: its name, its type (LOG or WITNESS), and 32 bytes."""

    name: str
    kind: int
    raw: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before each of the key's signatures."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.raw).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as one line of text, to be printed in the rules and given to verifiers."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.raw).decode()}"

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the 32 bytes, the first 16 of it in groups that can be read out."""
        digest = sha256(self.raw).hexdigest()[:32].upper()
        return " ".join(digest[i : i + 4] for i in range(0, 32, 4))


def read_vkey(text: str) -> PublicKey:
    """The key that a line of text names. Raises ProofError KEY_FORM."""
    name, plus, rest = text.partition("+")
    id_, second, coded = rest.partition("+")
    raw = _decoded(coded)
    if not (plus and second and name and not _spaced(name) and raw and len(raw) == 33):
        raise ProofError("KEY_FORM")
    key = PublicKey(name, raw[0], raw[1:])
    if key.kind not in (LOG, WITNESS) or key.vkey != text or key.id.hex() != id_:
        raise ProofError("KEY_FORM")
    return key


@dataclass(frozen=True)
class Signer:
    """A private key under a name."""

    name: str
    key: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> Signer:
        """The signer of 32 secret bytes."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this one signs."""
        return PublicKey(self.name, LOG, self.key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The signed note over ``text``, which ends with a line break."""
        return f"{text}\n{_line(self.public, self.key.sign(text.encode()))}"


def cosign(text: str, name: str, key: Ed25519PrivateKey, seconds: int) -> str:
    """The note of a witness alone over a checkpoint's text, which it has seen at a time (since 1970)."""
    public = PublicKey(name, WITNESS, key.public_key().public_bytes_raw())
    signature = key.sign(_cosigned(text, seconds))
    return f"{text}\n{_line(public, seconds.to_bytes(8, 'big') + signature)}"


def cosigners(note: str, witnesses: Iterable[PublicKey]) -> list[tuple[PublicKey, int]]:
    """Which of the witnesses stand under a verified note, and when (seconds since 1970) each signed."""
    known = {(key.name, key.id): key for key in witnesses}
    return [
        (known[name, signature[:4]], _seconds(signature[4:]))
        for name, signature in split(note)[1]
        if (name, signature[:4]) in known
    ]


def signers(note: str) -> set[bytes]:
    """The ids of the keys under a note, which nobody has verified yet."""
    return {signature[:4] for _name, signature in split(note)[1]}


def _seconds(signature: bytes) -> int:
    return int.from_bytes(signature[:8], "big")


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _line(key: PublicKey, signature: bytes) -> str:
    return f"{DASH}{key.name} {base64.b64encode(key.id + signature).decode()}\n"


def split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """(text, [(key's name, its id and signature)]) of a note. Raises ProofError NOTE_FORM."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n") or any(c < " " and c != "\n" for c in note):
        raise ProofError("NOTE_FORM")
    signatures = []
    for line in lines[:-1].split("\n"):
        name, space, coded = line.removeprefix(DASH).partition(" ")
        signature = _decoded(coded)
        if not (line.startswith(DASH) and space and name and signature and len(signature) > 4):
            raise ProofError("NOTE_FORM")
        signatures.append((name, signature))
    return text + "\n", signatures


def verify(note: str, key: PublicKey, witnesses: Iterable[PublicKey] = ()) -> str:
    """The text of a note that ``key`` signed.

    Every line must be the key's or a named witness's, and must verify: a line that nobody can check has no
    place in a result. Raises ProofError NOTE_FORM, SIGNATURE (with the name), SIGNER_UNKNOWN or
    NOT_SIGNED.
    """
    text, signatures = split(note)
    known = {(k.name, k.id): k for k in (key, *witnesses)}
    seen = set()
    for name, signature in signatures:
        signer = known.get((name, signature[:4]))
        if signer is None:
            raise ProofError("SIGNER_UNKNOWN", name=name)
        if signer in seen or not _holds(signer, text, signature[4:]):
            raise ProofError("SIGNATURE", name=name)
        seen.add(signer)
    if key not in seen:
        raise ProofError("NOT_SIGNED", name=key.name)
    return text


def _holds(key: PublicKey, text: str, signature: bytes) -> bool:
    signed = text.encode()
    if key.kind == WITNESS:
        if _seconds(signature) > LATEST:
            return False
        signed, signature = _cosigned(text, _seconds(signature)), signature[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class Checkpoint:
    """A log's state: its origin, the number of its leaves, the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text states. Raises ProofError CHECKPOINT_FORM."""
    lines = text.split("\n")
    if len(lines) != 4 or not lines[0] or not is_number(lines[1]):
        raise ProofError("CHECKPOINT_FORM")
    root = _decoded(lines[2])
    found = Checkpoint(lines[0], int(lines[1]), root or b"")
    if root is None or len(root) != 32 or found.text != text:
        raise ProofError("CHECKPOINT_FORM")
    return found


@dataclass(frozen=True)
class Receipt:
    """What a juror is given at once: that a ballot of this number, so committed to, was received."""

    origin: str
    number: int
    commitment: bytes

    @property
    def text(self) -> str:
        """What is signed. The first line cannot be a checkpoint's origin, so neither passes as the other."""
        return f"{self.origin}/receipt\n{self.number}\n{base64.b64encode(self.commitment).decode()}\n"


def read_receipt(text: str) -> Receipt:
    """The receipt that a note's text states. Raises ProofError RECEIPT_FORM."""
    lines = text.split("\n")
    commitment = _decoded(lines[2]) if len(lines) == 4 else None
    if commitment is None or len(commitment) != 32 or not is_number(lines[1]):
        raise ProofError("RECEIPT_FORM")
    found = Receipt(lines[0].removesuffix("/receipt"), int(lines[1]), commitment)
    if found.text != text:
        raise ProofError("RECEIPT_FORM")
    return found


def is_number(text: str) -> bool:
    """Whether a text is a number as notes write it; one of thousands of digits is none."""
    return text.isascii() and text.isdigit() and len(text) <= 16


def _decoded(text: str) -> bytes | None:
    """Standard Base 64 and nothing else: the same bytes are never written in two ways."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None


def _spaced(text: str) -> bool:
    return any(character.isspace() for character in text)
