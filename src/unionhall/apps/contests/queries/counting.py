"""From stored ballots to a result: the one way to a score, for desk, screen, board and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from unionhall.apps.contests.codes import BoxState, CorrectionKind, CorrectionState, EntryState
from unionhall.apps.contests.models import (
    Adjustment,
    Ballot,
    Correction,
    Entry,
    Excusal,
    Juror,
    SpecialPrize,
    Stage,
)
from unionhall.apps.contests.queries import rulebooks
from unionhall.engines import scoring
from unionhall.engines.scoring import Result, RuleBook, Sheet


def counted_entries(stage: Stage) -> list[Entry]:
    """Entries whose scoring is closed, in the order of their numbers."""
    return list(
        stage.entries.filter(state=EntryState.REGISTERED, box__state=BoxState.CLOSED)
        .select_related("person", "box", "sent_by")
        .order_by("number")
    )


def _sheets(stage: Stage, entries: Sequence[Entry], supposed: Correction | None) -> Iterator[Sheet]:
    """The latest revision of every ballot, and a sheet without scores for each excused juror.

    Ballots of withdrawn jurors are left out.
    """
    of_entry = {entry.box.pk: entry.public_id for entry in entries}
    of_juror = {
        pk: (jury, public_id)
        for pk, jury, public_id in Juror.objects.filter(jury__stage=stage).values_list(
            "pk", "jury__code", "public_id"
        )
    }
    latest: dict[tuple[int, int], list[int] | None] = dict.fromkeys(
        Excusal.objects.filter(box__in=of_entry).values_list("box_id", "juror_id")
    )
    ballots = Ballot.objects.filter(box__in=of_entry).order_by("pk")
    for box, juror, scores in ballots.values_list("box_id", "juror_id", "scores").iterator(chunk_size=5000):
        latest[box, juror] = scores
    if supposed and supposed.replaces:
        latest[supposed.replaces.box_id, supposed.replaces.juror_id] = supposed.scores
    out = _withdrawn_jurors(stage) | ({supposed.juror_id} if supposed else set())
    for (box, juror), scores in latest.items():
        if juror in out:
            continue
        jury, public_id = of_juror[juror]
        yield Sheet(of_entry[box], jury, public_id, tuple(scores) if scores is not None else None)


def _withdrawn_jurors(stage: Stage) -> set[int | None]:
    confirmed = Correction.objects.filter(
        stage=stage, kind=CorrectionKind.JUROR, state=CorrectionState.CONFIRMED
    )
    return set(confirmed.values_list("juror_id", flat=True))


def _adjustments(
    rulebook: RuleBook, entries: Sequence[Entry], supposed: Correction | None
) -> Iterator[scoring.Adjustment]:
    of_entry = {entry.pk: entry.public_id for entry in entries}
    for entry, kind, points in Adjustment.objects.filter(entry__in=of_entry, withdrawn_at=None).values_list(
        "entry_id", "kind", "points"
    ):
        yield scoring.Adjustment(of_entry[entry], kind, Fraction(points))
    if supposed and supposed.entry and supposed.points is not None:
        yield scoring.Adjustment(of_entry[supposed.entry.pk], supposed.points_kind, Fraction(supposed.points))
    for item in entries:
        if item.box.seconds is not None and (penalty := scoring.timing_penalty(rulebook, item.box.seconds)):
            yield scoring.Adjustment(item.public_id, "TIMING", penalty)


def result(
    stage: Stage, entries: Sequence[Entry] | None = None, *, supposed: Correction | None = None
) -> Result:
    """Count the closed speeches of a stage (or ``entries`` of them) by its frozen rule book.

    ``supposed`` is a change that is not in force yet: the result is what it would be with it.
    """
    counted = counted_entries(stage) if entries is None else list(entries)
    return scoring.count(**material(stage, counted, supposed=supposed))


def material(stage: Stage, entries: Sequence[Entry], *, supposed: Correction | None = None) -> dict[str, Any]:
    """What the engine counts, as the arguments of `scoring.count`."""
    rulebook = rulebooks.in_force(stage)
    assert rulebook is not None, "only a frozen stage has closed boxes"
    special = SpecialPrize.objects.filter(entry__in=[e.pk for e in entries])
    return {
        "rulebook": rulebook,
        "entries": [entry.public_id for entry in entries],
        "sheets": list(_sheets(stage, entries, supposed)),
        "adjustments": list(_adjustments(rulebook, entries, supposed)),
        "special": frozenset(special.values_list("entry__public_id", flat=True)),
    }


def left_silent_by(change: Correction) -> Entry | None:
    """An entry that a supposed change would leave without a composite score, if any."""
    entries = counted_entries(change.stage)
    lost = {
        line.entry
        for line in result(change.stage, entries, supposed=change).entries
        if line.composite is None
    } - {line.entry for line in result(change.stage, entries).entries if line.composite is None}
    return next((entry for entry in entries if entry.public_id in lost), None)
