"""Dress rehearsals: a copy of a stage, played with invented jurors, that never touches the real one."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import Admission, DutyRole, EntryState, StageState
from unionhall.apps.contests.models import (
    BallotBox,
    Cue,
    Duty,
    Entry,
    Juror,
    Jury,
    RuleBookVersion,
    SpecialPrize,
    Stage,
)
from unionhall.apps.contests.usecases import log
from unionhall.apps.people.models import Account
from unionhall.kernel import audit
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal


@transaction.atomic
def prepare_rehearsal(
    *, by: Account, at: datetime, stage: Stage, jurors: int | None = None, mass: int = 0
) -> Stage:
    """Copy a drawn stage with its programme, rules and special prizes into a frozen rehearsal.

    ``jurors`` is the number of all named seats, shared out among the juries as they are in the real
    stage; None keeps the real numbers. ``mass`` unnamed seats join the last jury that weighs. Whoever
    prepares it may do everything there, beside those who hold the duties.
    """
    require(rules.runs, by, stage)
    source = Stage.objects.select_related("contest").get(pk=stage.pk)
    version = source.rulebook or queries.rulebooks.latest_version(source)
    if version is None:
        raise Refusal("NO_RULEBOOK")
    if source.drawn_at is None:
        raise Refusal("NOT_DRAWN")
    copy = Stage.objects.create(
        contest=source.contest,
        name=_("%(stage)s (rehearsal)") % {"stage": source.name},
        starts_at=at,
        venue=source.venue,
        draw_seed=source.draw_seed,
        draw_witness=source.draw_witness,
        drawn_at=source.drawn_at,
        rehearsal_of=source,
    )
    copy.rulebook = RuleBookVersion.objects.create(
        stage=copy, version=1, document=version.document, digest=version.digest, at=at
    )
    copy.state = StageState.FROZEN
    copy.save(update_fields=["rulebook", "state"])
    _copy_programme(source, copy, at)
    _copy_juries(source, copy, jurors, mass)
    _copy_duties(source, copy, by)
    log.begin_log(copy, at)
    audit.record(by.actor, "rehearsal.prepare", copy, at=at, refs={"stage": source.public_id})
    return copy


def _copy_programme(source: Stage, copy: Stage, at: datetime) -> None:
    fields = ("person_id", "sent_by_id", "title", "unit", "trade", "number")
    originals = list(source.entries.filter(state=EntryState.REGISTERED).order_by("number"))
    entries = Entry.objects.bulk_create(
        Entry(stage=copy, **{name: getattr(entry, name) for name in fields}) for entry in originals
    )
    BallotBox.objects.bulk_create(BallotBox(entry=entry) for entry in entries)
    copied = {old.pk: new for old, new in zip(originals, entries, strict=True)}
    Cue.objects.bulk_create(
        Cue(
            stage=copy,
            position=cue.position,
            kind=cue.kind,
            title=cue.title,
            performers=cue.performers,
            entry=copied[cue.entry_id] if cue.entry_id else None,
        )
        for cue in source.cues.order_by("position")
        if cue.entry_id is None or cue.entry_id in copied
    )
    SpecialPrize.objects.bulk_create(
        SpecialPrize(
            entry=copied[prize.entry_id],
            name=prize.name,
            ground=prize.ground,
            evidence=prize.evidence,
            at=at,
        )
        for prize in SpecialPrize.objects.filter(entry__in=copied)
    )


def _copy_juries(source: Stage, copy: Stage, jurors: int | None, mass: int) -> None:
    rulebook = queries.rulebooks.in_force(copy)
    assert rulebook is not None, "a rehearsal is frozen"
    weights = {jury.code: jury.weight for jury in rulebook.juries}
    juries = list(source.juries.filter(admission=Admission.LISTED).order_by("position"))
    seats = [jury.jurors.count() for jury in juries]
    shares = seats if jurors is None else shared_out(jurors, seats)
    weighing = [jury for jury in juries if weights.get(jury.code, Fraction(0)) > 0]
    for jury, share in zip(juries, shares, strict=True):
        new = Jury.objects.create(stage=copy, code=jury.code, name=jury.name, position=jury.position)
        extra = mass if weighing and jury.pk == weighing[-1].pk else 0
        Juror.objects.bulk_create(
            Juror(jury=new, seat=seat, label=f"{jury.name} {seat}") for seat in range(1, share + extra + 1)
        )


def shared_out(total: int, parts: list[int]) -> list[int]:
    """Share ``total`` seats out in the proportion of ``parts`` (largest remainders), at least one each."""
    if total < len(parts):
        raise Refusal("TOO_FEW_JURORS", least=len(parts))
    whole = sum(parts) or 1
    exact = [Fraction(total * part, whole) for part in parts]
    shares = [max(1, int(share)) for share in exact]
    while sum(shares) < total:
        most = max(range(len(parts)), key=lambda i: exact[i] - shares[i])
        shares[most] += 1
    while sum(shares) > total:
        most = max(range(len(parts)), key=lambda i: shares[i] - exact[i] if shares[i] > 1 else -1)
        shares[most] -= 1
    return shares


def _copy_duties(source: Stage, copy: Stage, by: Account) -> None:
    # In a rehearsal one person may do everything; nothing of it is official.
    held = {(duty.account_id, duty.role) for duty in source.duties.all()}
    held |= {(by.pk, role) for role in DutyRole.values}
    Duty.objects.bulk_create(
        Duty(stage=copy, account_id=account, role=role) for account, role in sorted(held)
    )
