"""The one way in for ballots: from phones, from the form without scripts, and from paper.

A batch is one transaction. A ballot of its own costs five statements: the box (held open against its
closing), the juror's pass, what is known of juror and box, the ballot, and its audit line.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import NamedTuple

from django.db import DatabaseError, transaction

from unionhall.apps.contests import queries
from unionhall.apps.contests.codes import BallotSource, BoxState, ExcusalKind
from unionhall.apps.contests.models import Ballot, RefusedBallot
from unionhall.apps.contests.queries.intake import BoxRow, Known, KnownBallot, SeatRow
from unionhall.engines.scoring import Problem, Scores, ScoringError, read_scores
from unionhall.kernel import audit
from unionhall.kernel.audit import Actor
from unionhall.kernel.live import announce

log = logging.getLogger(__name__)


class PhoneProof(NamedTuple):
    """What a bound phone shows: the pass it holds and the secret it was given when it took the seat."""

    pass_id: str
    secret: str


class PaperProof(NamedTuple):
    """A sheet of paper entered at the desk for a juror by an account."""

    juror: str
    account: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One ballot as it was sent. `base` is the number of the juror's last ballot that the sender knows."""

    proof: PhoneProof | PaperProof
    box: str
    key: str
    base: int | None
    scores: Mapping[str, str | None]
    source: BallotSource


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a submission.

    `code` is ACCEPTED (then `number` and `revision` tell which ballot, and `receipt` is the signed note
    that commits to it), or says why not: UNKNOWN_PASS, UNKNOWN_BOX, KEY_REUSED, STALE, BAD_SCORES (with
    `problems`), BUSY (nothing stored, send again), or the kept refusals NOT_OPEN, CLOSED and RECUSED.
    """

    code: str
    number: int | None = None
    revision: int | None = None
    problems: tuple[Problem, ...] = ()
    replayed: bool = False
    receipt: str = ""


KEPT_REFUSALS = frozenset({"NOT_OPEN", "CLOSED", "RECUSED"})


def record_ballots(submissions: Sequence[Submission], *, at: datetime) -> list[Answer]:
    """Record what may be recorded, and answer each submission in its place.

    Every answer given is durable. Should the batch fail, each ballot is tried alone, so that a bad one
    harms no other; one that still fails is answered BUSY and is safe to send again.
    """
    try:
        return _record(submissions, at)
    except DatabaseError:
        if len(submissions) == 1:
            log.exception("a ballot could not be recorded")
            return [Answer("BUSY")]
        log.warning("a batch of %d ballots failed and is recorded one by one", len(submissions))
        return [record_ballots([one], at=at)[0] for one in submissions]


def _record(submissions: Sequence[Submission], at: datetime) -> list[Answer]:
    sheets = [_read(submission) for submission in submissions]
    with transaction.atomic():
        boxes = queries.intake.boxes_held_open({s.box for s in submissions})
        seats = queries.intake.seats(
            passes={s.proof.pass_id for s in submissions if isinstance(s.proof, PhoneProof)},
            jurors={s.proof.juror for s in submissions if isinstance(s.proof, PaperProof)},
        )
        known = queries.intake.known(
            boxes={box.id for box in boxes.values()},
            jurors={seat.juror_id for seat in seats.values()},
            keys={s.key for s in submissions},
        )
        batch = _Batch(at=at, boxes=boxes, seats=seats, known=known)
        answers = [
            batch.answer(submission, sheet) for submission, sheet in zip(submissions, sheets, strict=True)
        ]
        batch.write()
    for stage in batch.touched:
        announce(f"stage:{stage}")
    # The numbers of new ballots are known only once they are written; a replay gets its first receipt again.
    replayed = [a.number for a in answers if isinstance(a, _Accepted) and a.number]
    earlier = Ballot.objects.in_bulk(replayed) if replayed else {}
    return [answer if isinstance(answer, Answer) else answer.told(earlier) for answer in answers]


def _read(submission: Submission) -> Scores | tuple[Problem, ...] | None:
    """The scores, or what is wrong with them; None when there is no such box."""
    rulebook = queries.rulebooks.of_box(submission.box)
    if rulebook is None:
        return None
    try:
        return read_scores(rulebook, submission.scores)
    except ScoringError as error:
        return error.problems


@dataclass(slots=True)
class _Accepted:
    """A ballot that is answered after the commit, when a new one (`ballot`) has got its number.

    Of one that was stored before (`number`), the salt is read then, for its receipt.
    """

    box: BoxRow
    juror: str
    ballot: Ballot | None = None
    number: int | None = None
    replayed: bool = False

    def told(self, earlier: Mapping[int, Ballot]) -> Answer:
        ballot = self.ballot or earlier[self.number or 0]
        box, house = self.box, queries.log.signer_of(self.box.log_key)
        receipt = queries.log.receipt(house, box.stage, ballot, box.entry, self.juror)
        return Answer("ACCEPTED", ballot.pk, ballot.revision, replayed=self.replayed, receipt=receipt)


@dataclass(slots=True)
class _Overtaken:
    """A ballot that was made without knowing another of the same batch."""

    by: Ballot

    def told(self, _earlier: Mapping[int, Ballot]) -> Answer:
        return Answer("STALE", self.by.pk, self.by.revision)


@dataclass(slots=True)
class _Batch:
    at: datetime
    boxes: Mapping[str, BoxRow]
    seats: Mapping[str, SeatRow]
    known: Known
    ballots: list[Ballot] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    refused: list[RefusedBallot] = field(default_factory=list)
    refused_by: list[Actor] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def answer(
        self, submission: Submission, sheet: Scores | tuple[Problem, ...] | None
    ) -> Answer | _Accepted | _Overtaken:
        seat, actor = self._seat(submission.proof)
        if seat is None:
            return Answer("UNKNOWN_PASS")
        box = self.boxes.get(submission.box)
        if box is None or sheet is None or box.stage_id != seat.stage_id:
            return Answer("UNKNOWN_BOX")
        if sheet and isinstance(sheet[0], Problem):
            return Answer("BAD_SCORES", problems=tuple(p for p in sheet if isinstance(p, Problem)))
        scores = tuple(s for s in sheet if isinstance(s, int))
        digest = hashlib.sha256(json.dumps([submission.box, scores]).encode()).hexdigest()
        earlier = self.known.by_key.get((seat.juror_id, submission.key))
        if earlier is not None:
            return self._replay(earlier, digest, box, seat)
        refusal = self._refusal(box, seat)
        if refusal is not None:
            self._refuse(submission, box, seat, actor, scores, digest, refusal)
            return Answer(refusal)
        latest = self.known.latest.get((box.id, seat.juror_id))
        if latest and latest.written:
            # The sender cannot know a ballot that is written together with this one.
            return _Overtaken(latest.written)
        if submission.base != (latest.number if latest else None):
            return Answer("STALE", latest.number if latest else None, latest.revision if latest else None)
        ballot = Ballot(
            box_id=box.id,
            juror_id=seat.juror_id,
            revision=latest.revision + 1 if latest else 1,
            scores=scores,
            key=submission.key,
            body_digest=digest,
            source=submission.source,
            at=self.at,
        )
        self.ballots.append(ballot)
        self.actors.append(actor)
        self.touched.add(box.stage)
        mine = KnownBallot(number=None, revision=ballot.revision, digest=digest, written=ballot)
        self.known.by_key[seat.juror_id, submission.key] = mine
        self.known.latest[box.id, seat.juror_id] = mine
        return _Accepted(box, seat.juror, ballot)

    def _seat(self, proof: PhoneProof | PaperProof) -> tuple[SeatRow | None, Actor]:
        if isinstance(proof, PaperProof):
            return self.seats.get(proof.juror), Actor("ACCOUNT", proof.account)
        seat = self.seats.get(proof.pass_id)
        shown = hashlib.sha256(proof.secret.encode()).hexdigest()
        if seat is None or not compare_digest(seat.device_hash, shown):
            return None, Actor("JUROR", "")
        return seat, Actor("JUROR", seat.juror)

    def _replay(self, earlier: KnownBallot, digest: str, box: BoxRow, seat: SeatRow) -> Answer | _Accepted:
        if earlier.digest != digest:
            return Answer("KEY_REUSED")
        if earlier.refusal:
            return Answer(earlier.refusal, replayed=True)
        return _Accepted(box, seat.juror, earlier.written, earlier.number, replayed=True)

    def _refusal(self, box: BoxRow, seat: SeatRow) -> str | None:
        if self.known.excused.get((box.id, seat.juror_id)) == ExcusalKind.RECUSED:
            return "RECUSED"
        if box.state == BoxState.CLOSED:
            return "CLOSED"
        return None if box.state == BoxState.OPEN else "NOT_OPEN"

    def _refuse(
        self,
        submission: Submission,
        box: BoxRow,
        seat: SeatRow,
        actor: Actor,
        scores: Scores,
        digest: str,
        reason: str,
    ) -> None:
        refused = RefusedBallot(
            box_id=box.id,
            juror_id=seat.juror_id,
            scores=scores,
            key=submission.key,
            body_digest=digest,
            source=submission.source,
            reason=reason,
            at=self.at,
        )
        self.refused.append(refused)
        self.refused_by.append(actor)
        self.touched.add(box.stage)
        self.known.by_key[seat.juror_id, submission.key] = KnownBallot(None, 0, digest, refusal=reason)

    def write(self) -> None:
        Ballot.objects.bulk_create(self.ballots)
        RefusedBallot.objects.bulk_create(self.refused)
        lines = [
            audit.line(actor, "ballot.record", ballot, at=self.at, refs={"box": ballot.box_id})
            for actor, ballot in zip(self.actors, self.ballots, strict=True)
        ]
        lines += [
            audit.line(
                actor, "ballot.refuse", ballot, at=self.at, refs={"box": ballot.box_id, "why": ballot.reason}
            )
            for actor, ballot in zip(self.refused_by, self.refused, strict=True)
        ]
        audit.record_all(lines)
