"""From stored ballots to a result: the one way to a score, for desk, screen, board and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from unionhall.apps.contests.codes import BoxState, EntryState
from unionhall.apps.contests.models import Adjustment, Ballot, Entry, Excusal, Juror, SpecialPrize, Stage
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


def _sheets(stage: Stage, entries: Sequence[Entry]) -> Iterator[Sheet]:
    """The latest revision of every ballot, and a sheet without scores for each excused juror."""
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
    for (box, juror), scores in latest.items():
        jury, public_id = of_juror[juror]
        yield Sheet(of_entry[box], jury, public_id, tuple(scores) if scores is not None else None)


def _adjustments(rulebook: RuleBook, entries: Sequence[Entry]) -> Iterator[scoring.Adjustment]:
    of_entry = {entry.pk: entry.public_id for entry in entries}
    for entry, kind, points in Adjustment.objects.filter(entry__in=of_entry, withdrawn_at=None).values_list(
        "entry_id", "kind", "points"
    ):
        yield scoring.Adjustment(of_entry[entry], kind, Fraction(points))
    for item in entries:
        if item.box.seconds is not None and (penalty := scoring.timing_penalty(rulebook, item.box.seconds)):
            yield scoring.Adjustment(item.public_id, "TIMING", penalty)


def result(stage: Stage, entries: Sequence[Entry] | None = None) -> Result:
    """Count the closed speeches of a stage (or ``entries`` of them) by its frozen rule book."""
    rulebook = rulebooks.in_force(stage)
    assert rulebook is not None, "only a frozen stage has closed boxes"
    counted = counted_entries(stage) if entries is None else list(entries)
    special = SpecialPrize.objects.filter(entry__in=[e.pk for e in counted]).values_list(
        "entry__public_id", flat=True
    )
    return scoring.count(
        rulebook,
        [entry.public_id for entry in counted],
        _sheets(stage, counted),
        _adjustments(rulebook, counted),
        special=frozenset(special),
    )
