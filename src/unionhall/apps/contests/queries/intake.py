"""What the ballot path must know, in three statements however many ballots come at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from unionhall.apps.contests.models import (
    Ballot,
    BallotBox,
    Entry,
    Excusal,
    Juror,
    Pass,
    RefusedBallot,
    Stage,
)


class BoxRow(NamedTuple):
    id: int
    state: str
    entry: str
    stage_id: int
    stage: str
    log_key: str


class SeatRow(NamedTuple):
    juror_id: int
    juror: str
    stage_id: int
    device_hash: str


@dataclass(slots=True)
class KnownBallot:
    """A ballot or refusal that exists already, or that this batch is about to write."""

    number: int | None
    revision: int
    digest: str
    refusal: str = ""
    written: Ballot | None = None


@dataclass(slots=True)
class Known:
    by_key: dict[tuple[int, str], KnownBallot] = field(default_factory=dict)
    latest: dict[tuple[int, int], KnownBallot] = field(default_factory=dict)
    excused: dict[tuple[int, int], str] = field(default_factory=dict)


def _marks(values: Collection[object]) -> str:
    return ",".join(["%s"] * len(values))


def boxes_held_open(public_ids: Collection[str]) -> dict[str, BoxRow]:
    """The boxes, locked so that none closes before this transaction ends; jurors do not wait for jurors."""
    # FOR SHARE is not in Django's vocabulary; on SQLite the transaction itself is the only writer.
    lock = " FOR SHARE OF b" if connection.vendor == "postgresql" else ""
    sql = (
        f"SELECT b.public_id, b.id, b.state, e.public_id, e.stage_id, s.public_id, s.log_key"  # noqa: S608 - table names only
        f" FROM {BallotBox._meta.db_table} b"
        f" JOIN {Entry._meta.db_table} e ON e.id = b.entry_id"
        f" JOIN {Stage._meta.db_table} s ON s.id = e.stage_id"
        f" WHERE b.public_id IN ({_marks(public_ids)}){lock}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, list(public_ids))
        return {row[0]: BoxRow(*row[1:]) for row in cursor.fetchall()}


def seats(*, passes: Collection[str], jurors: Collection[str]) -> dict[str, SeatRow]:
    """Seats by the public id of their valid pass (phones) or of the juror (paper)."""
    found: dict[str, SeatRow] = {}
    if passes:
        rows = Pass.objects.filter(public_id__in=passes, revoked_at=None, bound_at__isnull=False)
        for pass_id, juror_id, juror, stage_id, device_hash in rows.values_list(
            "public_id", "juror_id", "juror__public_id", "juror__jury__stage_id", "device_hash"
        ):
            found[pass_id] = SeatRow(juror_id, juror, stage_id, device_hash)
    if jurors:
        for public_id, juror_id, stage_id in Juror.objects.filter(public_id__in=jurors).values_list(
            "public_id", "id", "jury__stage_id"
        ):
            found[public_id] = SeatRow(juror_id, public_id, stage_id, "")
    return found


def known(*, boxes: Collection[int], jurors: Collection[int], keys: Collection[str]) -> Known:
    """Ballots of these jurors in these boxes or under these keys, refusals, and who is excused."""
    result = Known()
    if not jurors:
        return result
    of_jurors = f"juror_id IN ({_marks(jurors)})"
    in_boxes = f"box_id IN ({_marks(boxes)})" if boxes else "1 = 0"
    by_key = f"key IN ({_marks(keys)})"
    sql = (
        f"SELECT 'B', box_id, juror_id, id, revision, key, body_digest"  # noqa: S608 - table names only
        f" FROM {Ballot._meta.db_table} WHERE {of_jurors} AND ({in_boxes} OR {by_key})"
        f" UNION ALL SELECT reason, box_id, juror_id, NULL, 0, key, body_digest"
        f" FROM {RefusedBallot._meta.db_table} WHERE {of_jurors} AND {by_key}"
        f" UNION ALL SELECT kind, box_id, juror_id, NULL, 0, '', ''"
        f" FROM {Excusal._meta.db_table} WHERE {of_jurors} AND {in_boxes}"
    )
    who: list[int | str] = list(jurors)
    where, which = list(boxes), list(keys)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*who, *where, *which, *who, *which, *who, *where])
        for what, box, juror, number, revision, key, digest in cursor.fetchall():
            if what == "B":
                ballot = KnownBallot(number, revision, digest)
                result.by_key[juror, key] = ballot
                latest = result.latest.get((box, juror))
                if latest is None or latest.revision < revision:
                    result.latest[box, juror] = ballot
            elif key:
                result.by_key[juror, key] = KnownBallot(None, 0, digest, refusal=what)
            else:
                result.excused[box, juror] = what
    return result
