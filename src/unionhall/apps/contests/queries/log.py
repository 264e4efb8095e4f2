"""What a stage's log holds, and what of it each reader may have: receipts, proofs and bundles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from unionhall.apps.contests.codes import BoxState
from unionhall.apps.contests.models import (
    Ballot,
    Entry,
    Juror,
    LogCheckpoint,
    LogCosignature,
    LogLeaf,
    Stage,
)
from unionhall.engines import proof
from unionhall.engines.proof import Leaf, LogProof, PublicKey, Receipt, Signer, Tree
from unionhall.kernel import keyring

SIGNER_NAME = "unionhall"


def signer(stage: Stage) -> Signer:
    """The house's key under which a stage's log stands, from its first root to its last."""
    return signer_of(stage.log_key)


def signer_of(log_key: str) -> Signer:
    """The signing key of an id; the newest where a stage has no log."""
    return _signer(log_key or keyring.signing_key())


@lru_cache(maxsize=8)
def _signer(key: str) -> Signer:
    return Signer.from_seed(SIGNER_NAME, keyring.signing_seed(key))


def house_keys() -> list[PublicKey]:
    """All keys by which this house has signed, the newest first."""
    signing = [key for key, purposes in keyring.held().items() if "sign" in purposes]
    return [_signer(key).public for key in reversed(signing)]


def foreign_logs() -> list[Stage]:
    """Stages whose log was signed by a key that this ring does not hold: it is another database's ring."""
    ours = {key.id for key in house_keys()}
    notes = dict(LogCheckpoint.objects.values_list("stage_id", "note"))
    foreign = [stage for stage, note in notes.items() if not ours & proof.signers(note)]
    return list(Stage.objects.filter(pk__in=foreign).order_by("pk"))


def ballot_event(ballot: Ballot, entry: str, juror: str) -> dict[str, Any]:
    """The event that a ballot's receipt commits to; entry and juror by their public ids."""
    return proof.event(
        "ballot",
        ballot.at,
        number=ballot.pk,
        entry=entry,
        juror=juror,
        revision=ballot.revision,
        scores=list(ballot.scores),
        source=ballot.source,
    )


def receipt(house: Signer, stage: str, ballot: Ballot, entry: str, juror: str) -> str:
    """The signed receipt of a ballot: its number and the commitment to it."""
    commitment = proof.committed(bytes(ballot.salt), ballot_event(ballot, entry, juror))
    return house.sign(Receipt(proof.origin_of(stage), ballot.pk, commitment).text)


def code_of(ballot: Ballot, stage: Stage, entry: Entry, juror: Juror) -> str:
    """What of a ballot's receipt is shown on a phone: eight hexadecimal digits of its commitment."""
    return _short_code(receipt(signer(stage), stage.public_id, ballot, entry.public_id, juror.public_id))


def _short_code(note: str) -> str:
    commitment = proof.read_receipt(note.partition("\n\n")[0] + "\n").commitment
    return f"{commitment.hex()[:4]}-{commitment.hex()[4:8]}".upper()


@dataclass(frozen=True)
class Root:
    """The last signed root of a stage, as screens and sheets show it."""

    size: int
    root: str
    fingerprint: str

    @property
    def short(self) -> str:
        """The first 16 hexadecimal digits in groups."""
        return self.whole[:19]

    @property
    def whole(self) -> str:
        """All 64 hexadecimal digits in groups of four."""
        return proof.grouped(bytes.fromhex(self.root))


def last_root(stage: Stage) -> Root | None:
    """The newest signed root; None where there is no log."""
    last = stage.log_checkpoints.order_by("-size").values_list("size", "root").first()
    return Root(*last, signer(stage).public.fingerprint) if last else None


def published_roots(stage: Stage) -> list[Root]:
    """All roots up to the one that was signed with the last publication, the newest first."""
    found = stage.log_checkpoints.filter(size__lte=published_size(stage)).order_by("-size")
    fingerprint = signer(stage).public.fingerprint
    return [Root(size, root, fingerprint) for size, root in found.values_list("size", "root")]


@dataclass(frozen=True)
class Witnessed:
    """A witness's signature under a published root."""

    name: str
    fingerprint: str
    vkey: str
    size: int
    signed_at: datetime


def witnesses(stage: Stage) -> list[Witnessed]:
    """Who has cosigned the published roots, those of the newest root first."""
    found = []
    for one in _cosignatures(stage, published_size(stage)).order_by("-checkpoint__size", "pk"):
        key = proof.read_vkey(one.witness)
        size = one.checkpoint.size
        found.append(Witnessed(key.name, key.fingerprint, one.witness, size, one.signed_at))
    return found


def _cosignatures(stage: Stage, size: int) -> QuerySet[LogCosignature]:
    found = LogCosignature.objects.filter(checkpoint__stage=stage, checkpoint__size__lte=size)
    return found.select_related("checkpoint").order_by("pk")


def published_size(stage: Stage) -> int:
    """The number of leaves up to the last publication; 0 when nothing was published."""
    last = LogLeaf.objects.filter(stage=stage, kind="publication").order_by("-position").first()
    return last.position + 1 if last else 0


def published_bundle(stage: Stage, disclosure: str, juror: str = "") -> bytes | None:
    """The log up to the last publication as a bundle of a level; None when there is none.

    Receipts are made again: Ed25519 signs the same text alike every time.
    """
    size = published_size(stage)
    if not size:
        return None
    assert stage.rulebook is not None, "a published stage has rules"
    publishes = stage.rulebook.document.get("disclosure", proof.TOTALS)
    leaves = proof.disclosed(_leaves(stage, size), disclosure, publishes=publishes, juror=juror)
    signed = LogCheckpoint.objects.filter(stage=stage, size__lte=size).order_by("size")
    notes = dict(signed.values_list("size", "note"))
    vkeys = []
    for one in _cosignatures(stage, size):
        notes[one.checkpoint.size] += one.line
        vkeys.append(one.witness)
    return proof.write_bundle(
        disclosure=disclosure,
        juror=juror,
        key=signer(stage).public,
        leaves=leaves,
        witnesses=[proof.read_vkey(one) for one in dict.fromkeys(vkeys)],
        checkpoints=list(notes.values()),
        receipts=list(_receipts(stage, leaves)),
    )


def _leaves(stage: Stage, size: int) -> Iterator[Leaf]:
    rows = LogLeaf.objects.filter(stage=stage, position__lt=size).order_by("position")
    for commitment, salt, event in rows.values_list("commitment", "salt", "event").iterator(chunk_size=5000):
        yield Leaf(bytes(commitment), bytes(salt), json.loads(event))


def _receipts(stage: Stage, leaves: list[Leaf]) -> Iterator[str]:
    origin, house = proof.origin_of(stage.public_id), signer(stage)
    for leaf in leaves:
        if leaf.event and leaf.event["kind"] == "ballot" and leaf.event["source"] != "CORRECTION":
            yield house.sign(Receipt(origin, leaf.event["number"], leaf.commitment).text)


@dataclass(frozen=True)
class Kept:
    """One ballot of a juror, with its receipt and, once its box is closed, its place in the log."""

    number: int
    revision: int
    speech: int
    title: str
    code: str
    receipt: str
    proof: str


def kept_by(juror: Juror) -> list[Kept]:
    """What a juror has sent, the newest first; every proof leads to the last signed root."""
    stage = juror.jury.stage
    house = signer(stage)
    ballots = list(Ballot.objects.filter(juror=juror).select_related("box__entry").order_by("-pk").iterator())
    closed = any(ballot.box.state == BoxState.CLOSED for ballot in ballots)
    proofs = _proofs(stage, [ballot.pk for ballot in ballots]) if closed else {}
    kept = []
    for ballot in ballots:
        entry = ballot.box.entry
        note = receipt(house, stage.public_id, ballot, entry.public_id, juror.public_id)
        kept.append(
            Kept(
                number=ballot.pk,
                revision=ballot.revision,
                speech=entry.number or 0,
                title=entry.title,
                code=_short_code(note),
                receipt=note,
                proof=proofs.get(ballot.pk, ""),
            )
        )
    return kept


def _proofs(stage: Stage, ballots: list[int]) -> dict[int, str]:
    """For each ballot in the log its proof under the newest root, small enough for a QR code."""
    last = stage.log_checkpoints.order_by("-size").first()
    if last is None:
        return {}
    tree = _tree(stage.pk, last.size, last.root)
    wanted = LogLeaf.objects.filter(stage=stage, position__lt=last.size, kind="ballot", row__in=ballots)
    return {
        row: LogProof(position, tuple(tree.proof(position)), last.note, bytes(salt)).text
        for row, position, salt in wanted.values_list("row", "position", "salt")
        if row is not None
    }


@lru_cache(maxsize=2)
def _tree(stage_id: int, size: int, _root: str) -> Tree:
    """The tree over the first leaves of a log: a hall of jurors asks for the same one.

    The root names the content, so that a restored database never meets the tree of another.
    """
    rows = LogLeaf.objects.filter(stage_id=stage_id, position__lt=size).order_by("position")
    commitments = rows.values_list("commitment", flat=True).iterator(chunk_size=5000)
    return Tree(proof.leaf_hash(bytes(one)) for one in commitments)
