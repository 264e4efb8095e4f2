"""Writing a stage's log: use cases append what they did, and every closing signs the root over all of it.

Ballots join the log when their box closes, so that none waits for another on its way in; until then a
juror's receipt commits to the ballot. Whoever appends holds the stage's lock. A stage that was frozen before
there were logs has none, and nothing is appended for it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Max

from unionhall.apps.contests import queries
from unionhall.apps.contests.codes import EntryState
from unionhall.apps.contests.models import (
    Adjustment,
    Ballot,
    BallotBox,
    Correction,
    Entry,
    LogCheckpoint,
    LogLeaf,
    RefusedBallot,
    SpecialPrize,
    Stage,
)
from unionhall.apps.contests.models.log import new_salt
from unionhall.engines import proof, scoring
from unionhall.engines.proof import Checkpoint, Frontier
from unionhall.kernel import keyring

BATCH = 2000
JURY_FIGURES = ("jury", "present", "score", "exact")


class Noted(NamedTuple):
    """An event to be appended; of a ballot, its row and the salt that its receipt was made with."""

    event: dict[str, Any]
    row: int | None = None
    salt: bytes = b""


def append(stage: Stage, kind: str, at: datetime, **fields: Any) -> None:
    """Append one event."""
    append_all(stage, [_noted(kind, at, **fields)])


def append_all(stage: Stage, noted: Iterable[Noted]) -> None:
    """Append events in order."""
    last = LogLeaf.objects.filter(stage=stage).aggregate(Max("position"))["position__max"]
    if last is not None:
        _write(stage, last + 1, noted)


def _noted(kind: str, at: datetime, **fields: Any) -> Noted:
    return Noted(proof.event(kind, at, **_nfc(fields)))


def _write(stage: Stage, position: int, noted: Iterable[Noted]) -> None:
    leaves = []
    for place, (event, row, salt) in enumerate(noted, position):
        own = salt or new_salt()
        data = proof.canonical(event)
        leaves.append(
            LogLeaf(
                stage=stage,
                position=place,
                kind=event["kind"],
                row=row,
                salt=own,
                event=data.decode(),
                commitment=proof.commitment(own, data),
            )
        )
    LogLeaf.objects.bulk_create(leaves, batch_size=BATCH)


def seal(stage: Stage, at: datetime) -> None:
    """Sign the root over the log as it stands."""
    former = LogCheckpoint.objects.filter(stage=stage).order_by("-size").first()
    tree = Frontier(former.size, [bytes.fromhex(one) for one in former.frontier]) if former else Frontier()
    new = LogLeaf.objects.filter(stage=stage, position__gte=tree.size).order_by("position")
    for commitment in new.values_list("commitment", flat=True).iterator(chunk_size=BATCH):
        tree.append(proof.leaf_hash(bytes(commitment)))
    if not tree.size:
        return
    checkpoint = Checkpoint(proof.origin_of(stage.public_id), tree.size, tree.root())
    LogCheckpoint.objects.create(
        stage=stage,
        size=tree.size,
        root=checkpoint.root.hex(),
        frontier=[one.hex() for one in tree.roots],
        note=queries.log.signer(stage).sign(checkpoint.text),
        at=at,
    )


def begin_log(stage: Stage, at: datetime) -> None:
    """The log of a stage that has just been frozen, under its first root.

    From here on it is signed by the key that is the newest now. It holds the rules, all entries that were
    drawn, the juries, and what was decided of an entry before.
    """
    assert stage.rulebook is not None, "a frozen stage has rules"
    stage.log_key = keyring.signing_key()
    stage.save(update_fields=["log_key"])
    entries = list(stage.entries.exclude(number=None).select_related("person").order_by("number"))
    rules = _noted(
        "rules",
        at,
        stage=stage.public_id,
        contest=stage.contest.name,
        name=stage.name,
        rulebook=stage.rulebook.document,
    )
    told = [
        {
            "entry": entry.public_id,
            "number": entry.number,
            "name": entry.person.name,
            "title": entry.title,
            "unit": entry.unit,
        }
        for entry in entries
    ]
    _write(stage, 0, [rules, _noted("entries", at, entries=told)])
    append_juries(stage, at)
    withdrawn = [entry for entry in entries if entry.state == EntryState.WITHDRAWN]
    append_all(stage, (_noted("withdrawal", at, entry=entry.public_id) for entry in withdrawn))
    given = Adjustment.objects.filter(entry__in=entries, withdrawn_at=None).select_related("entry")
    append_all(stage, (points(adjustment) for adjustment in given.order_by("pk")))
    special = SpecialPrize.objects.filter(entry__in=entries).select_related("entry").order_by("pk")
    append_all(stage, (special_prize(prize) for prize in special))
    append(stage, "freeze", at)
    seal(stage, at)


def append_juries(stage: Stage, at: datetime) -> None:
    """Append the list of every jury that has more seats than when it was last logged."""
    logged: dict[str, int] = {}
    for text in LogLeaf.objects.filter(stage=stage, kind="jury").order_by("position").values_list("event"):
        event = json.loads(text[0])
        logged[event["jury"]] = len(event["jurors"])
    in_rules = {jury["code"] for jury in stage.rulebook.document["juries"]} if stage.rulebook else set()
    for jury in stage.juries.filter(code__in=in_rules).order_by("position"):
        seats = jury.jurors.count()
        if seats > logged.get(jury.code, 0):
            jurors = list(jury.jurors.order_by("seat").values_list("public_id", flat=True))
            append(stage, "jury", at, jury=jury.code, jurors=jurors)


def append_box(box: BallotBox, entry: Entry, stage: Stage, at: datetime) -> None:
    """Append what a box holds as it closes: its ballots, what was refused so far, the closing; then sign."""
    # Read before the seats are: then the seat of everybody who was refused is among them.
    refused = _refused(stage)
    append_juries(stage, at)
    ballots = list(box.ballots.select_related("juror").order_by("pk"))
    append_all(stage, (ballot_of(ballot, entry) for ballot in ballots))
    append_all(stage, refused)
    append(stage, "closing", at, entry=entry.public_id, ballots=len(ballots))
    seal(stage, at)


def append_end(stage: Stage, at: datetime) -> None:
    """Append the end of the scoring, and before it what was refused since the last closing; then sign."""
    append_refusals(stage, at)
    append(stage, "end", at)
    seal(stage, at)


def append_reopening(stage: Stage, correction: Correction, at: datetime) -> None:
    """Append that a reviewed result falls, since a late change was confirmed."""
    append(stage, "reopening", at, revision=stage.revision, **_signed(correction))


def append_correction(stage: Stage, correction: Correction, at: datetime) -> None:
    """Append a confirmed late change, with the ballot or the points that it made."""
    if correction.juror is not None:
        # A juror who took a seat after the end is in no list of the log yet.
        append_juries(stage, at)
        juror = correction.juror.public_id
        append(stage, "juror-withdrawn", at, juror=juror, reason=correction.reason, **_signed(correction))
    elif correction.adjustment is not None:
        given, why = correction.adjustment, correction.reason
        told = _noted("late-points", at, number=given.pk, reason=why, **_signed(correction))
        append_all(stage, [told, points(given)])
    elif correction.ballot is not None:
        ballot = correction.ballot
        told = _noted(
            "correction",
            at,
            number=ballot.pk,
            replaces=correction.replaces_id,
            reason=correction.reason,
            **_signed(correction),
        )
        append_all(stage, [told, ballot_of(ballot, ballot.box.entry)])


def _signed(correction: Correction) -> dict[str, str]:
    assert correction.decided_by is not None, "a confirmed change was decided"
    return {
        "proposed_by": correction.proposed_by.public_id,
        "confirmed_by": correction.decided_by.public_id,
    }


def append_review(stage: Stage, revision: int, result: dict[str, Any], at: datetime) -> None:
    """Append the result of a board that was frozen for review (the engine's document of it); then sign.

    Before it stands what came too late since the end.
    """
    append_refusals(stage, at)
    append(stage, "review", at, revision=revision, result=result_of(result))
    seal(stage, at)


def result_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The engine's document of a result as the log states it."""
    return [
        {name: entry[name] for name in ("entry", "rank", "joint", "prize", "composite", "exact")}
        | {"juries": [{name: jury[name] for name in JURY_FIGURES} for jury in entry["juries"]]}
        for entry in result["entries"]
    ]


def append_publication(stage: Stage, revision: int, at: datetime) -> None:
    """Append the publication of a reviewed result, with the number of leaves the public cannot open; sign."""
    assert stage.rulebook is not None, "a reviewed stage has rules"
    public_sheets = stage.rulebook.document.get("disclosure") == proof.BALLOTS
    private = proof.PRIVATE if public_sheets else proof.PRIVATE | proof.SHEETS
    closed = LogLeaf.objects.filter(stage=stage, kind__in=private).count()
    append(stage, "publication", at, revision=revision, private=closed)
    seal(stage, at)


def points(adjustment: Adjustment) -> Noted:
    """Points given, as the log tells of them; the reason stays in the house."""
    return _noted(
        "points",
        adjustment.at,
        number=adjustment.pk,
        entry=adjustment.entry.public_id,
        type=adjustment.kind,
        points=scoring.decimal_string(Fraction(adjustment.points)),
    )


def special_prize(prize: SpecialPrize) -> Noted:
    """A special prize as the log tells of it; the evidence stays in the house."""
    return _noted("special", prize.at, entry=prize.entry.public_id, name=prize.name, ground=prize.ground)


def ballot_of(ballot: Ballot, entry: Entry) -> Noted:
    """A ballot as the log holds it; of its juror only the public id."""
    event = queries.log.ballot_event(ballot, entry.public_id, ballot.juror.public_id)
    return Noted(event, ballot.pk, bytes(ballot.salt))


def append_refusals(stage: Stage, at: datetime) -> None:
    """Append the refused ballots that the log does not hold yet, after the seats of who sent them."""
    refused = _refused(stage)
    append_juries(stage, at)
    append_all(stage, refused)


def _refused(stage: Stage) -> list[Noted]:
    """The refused ballots that the log does not hold yet."""
    logged = LogLeaf.objects.filter(stage=stage, kind="refusal").values("row")
    refused = (
        RefusedBallot.objects.filter(box__entry__stage=stage, box__entry__number__isnull=False)
        .exclude(pk__in=logged)
        .select_related("juror", "box__entry")
        .order_by("pk")
    )
    return [
        Noted(
            proof.event(
                "refusal",
                one.at,
                entry=one.box.entry.public_id,
                juror=one.juror.public_id,
                scores=list(one.scores),
                source=one.source,
                reason=one.reason,
            ),
            one.pk,
        )
        for one in refused
    ]


def _nfc(value: Any) -> Any:
    """The same with all texts in NFC, as the log asks; names may have been typed in another form."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_nfc(one) for one in value]
    if isinstance(value, dict):
        return {_nfc(name): _nfc(one) for name, one in value.items()}
    return value
