"""Paper sheets, when a phone fails: two persons enter each, and it counts only when both entered the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import BallotSource, BoxState, StageState
from unionhall.apps.contests.models import Entry, Juror, KeyedSheet
from unionhall.apps.contests.usecases.ballots import Answer, PaperProof, Submission, record_ballots
from unionhall.apps.contests.usecases.desk import locked_box
from unionhall.apps.contests.usecases.stages import locked_stage
from unionhall.apps.people.models import Account
from unionhall.engines.scoring import read_scores
from unionhall.kernel import audit
from unionhall.kernel.live import announce
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal


class Keyed(NamedTuple):
    """What became of an entry: kept as the first, or compared with it.

    ``answer`` is that of the ballot when both agree; ``differs`` names the criteria in which they do not.
    """

    answer: Answer | None = None
    differs: tuple[str, ...] = ()

    @property
    def first(self) -> bool:
        """Whether a second person must still enter the sheet."""
        return self.answer is None and not self.differs


@transaction.atomic
def key_sheet(
    *,
    by: Account,
    at: datetime,
    entry: Entry,
    juror: Juror,
    scores: Mapping[str, str | None],
    base: int | None,
) -> Keyed:
    """Enter a juror's paper sheet for a speech that is being scored.

    The first entry is kept apart; entering again as the same person replaces it. ``base`` is the number of
    the juror's last ballot that the person saw. Raises ScoringError when the scores break the rule book.
    """
    require(rules.runs, by, entry.stage)
    stage = locked_stage(entry.stage, StageState.OPEN)
    box = locked_box(entry)
    if box.state != BoxState.OPEN:
        raise Refusal("BOX_STATE", state=box.state)
    if juror.jury.stage_id != stage.pk:
        raise Refusal("OTHER_STAGE")
    rulebook = queries.rulebooks.in_force(stage)
    assert rulebook is not None, "an open box has frozen rules"
    read = list(read_scores(rulebook, scores))
    first = KeyedSheet.objects.filter(box=box, juror=juror).first()
    refs = {"juror": juror.public_id}
    if first is None or first.keyed_by_id == by.pk:
        KeyedSheet.objects.update_or_create(
            box=box, juror=juror, defaults={"scores": read, "keyed_by": by, "at": at}
        )
        audit.record(by.actor, "paper.key", box, at=at, refs=refs)
        announce(f"stage:{stage.public_id}")
        return Keyed()
    pairs = zip(rulebook.criteria, first.scores, read, strict=True)
    if differs := tuple(criterion.name for criterion, one, two in pairs if one != two):
        audit.record(by.actor, "paper.differ", box, at=at, refs=refs)
        return Keyed(differs=differs)
    proof = PaperProof(juror.public_id, by.public_id)
    submission = Submission(proof, box.public_id, f"paper-{first.pk:08}", base, scores, BallotSource.PAPER)
    answer = record_ballots([submission], at=at)[0]
    if answer.code == "ACCEPTED":
        first.delete()
    return Keyed(answer)


@transaction.atomic
def drop_keyed_sheet(*, by: Account, at: datetime, entry: Entry, juror: Juror) -> None:
    """Throw a first entry away, so that the sheet can be entered anew or the box be closed."""
    require(rules.runs, by, entry.stage)
    stage = locked_stage(entry.stage, StageState.OPEN)
    dropped, _ = KeyedSheet.objects.filter(box__entry=entry, juror=juror).delete()
    if dropped:
        audit.record(by.actor, "paper.drop", locked_box(entry), at=at, refs={"juror": juror.public_id})
        announce(f"stage:{stage.public_id}")
