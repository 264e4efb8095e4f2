"""Setting up a stage, up to the moment its rules are frozen."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.codes import Admission, CueKind, DutyRole, EntryState, StageState
from unionhall.apps.contests.models import (
    BallotBox,
    Contest,
    Cue,
    Duty,
    Entry,
    Juror,
    Jury,
    RuleBookVersion,
    Stage,
)
from unionhall.apps.contests.usecases import log
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account, Person
from unionhall.engines.scoring import parse_rulebook, rulebook_digest
from unionhall.kernel import audit
from unionhall.kernel.live import announce
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal


def locked_stage(stage: Stage, *states: StageState) -> Stage:
    """The stage as it is now, locked until the transaction ends; refused unless in one of ``states``."""
    fresh = Stage.objects.select_for_update(of=("self",)).select_related("contest").get(pk=stage.pk)
    if fresh.state not in states:
        raise Refusal("STAGE_STATE", state=fresh.state)
    return fresh


@transaction.atomic
def create_contest(
    *,
    by: Account,
    at: datetime,
    name: str,
    theme: str,
    organiser: Union,
    co_organisers: Sequence[Union] = (),
) -> Contest:
    """Announce a contest held by ``organiser``."""
    contest = Contest(name=name, theme=theme, organiser=organiser)
    require(rules.organises, by, contest)
    if Contest.objects.filter(organiser=organiser, name=name).exists():
        raise Refusal("CONTEST_EXISTS", name=name)
    contest.save()
    contest.co_organisers.set(co_organisers)
    audit.record(by.actor, "contest.create", contest, at=at, fields=["name", "theme", "organiser"])
    return contest


@transaction.atomic
def add_stage(
    *,
    by: Account,
    at: datetime,
    contest: Contest,
    name: str,
    starts_at: datetime,
    venue: str,
    pin: bool = False,
) -> Stage:
    """Add a stage, such as the final, as a draft."""
    require(rules.organises, by, contest)
    stage = Stage.objects.create(
        contest=contest, name=name, starts_at=starts_at, venue=venue, pin_required=pin
    )
    audit.record(by.actor, "stage.create", stage, at=at, refs={"contest": contest.public_id})
    return stage


@transaction.atomic
def write_rulebook(
    *, by: Account, at: datetime, stage: Stage, document: Mapping[str, object]
) -> RuleBookVersion:
    """Add a version of the rule book to a draft stage.

    Raises ScoringError with every problem of the document; nothing is stored then.
    """
    require(rules.organises, by, stage)
    stage = locked_stage(stage, StageState.DRAFT)
    parse_rulebook(document)
    latest = queries.rulebooks.latest_version(stage)
    digest = rulebook_digest(document)
    if latest and latest.digest == digest:
        return latest
    version = RuleBookVersion.objects.create(
        stage=stage,
        version=latest.version + 1 if latest else 1,
        document=document,
        digest=digest,
        at=at,
    )
    audit.record(
        by.actor, "rulebook.write", stage, at=at, refs={"version": version.version, "sha256": digest}
    )
    return version


@transaction.atomic
def assign_duty(*, by: Account, at: datetime, stage: Stage, account: Account, role: DutyRole) -> Duty:
    """Make an account scrutineer or chief juror of a stage; nobody may be both."""
    require(rules.organises, by, stage)
    if Duty.objects.filter(stage=stage, account=account).exclude(role=role).exists():
        raise Refusal("TWO_DUTIES")
    duty, new = Duty.objects.get_or_create(stage=stage, account=account, role=role)
    if new:
        audit.record(by.actor, "duty.assign", stage, at=at, refs={"account": account.public_id, "role": role})
    return duty


@transaction.atomic
def register_entry(
    *,
    by: Account,
    at: datetime,
    stage: Stage,
    person: Person,
    sent_by: Union,
    title: str,
    unit: str,
    trade: str,
) -> Entry:
    """Enter a speaker with a speech; the speech joins the end of the running order."""
    require(rules.organises, by, stage)
    stage = locked_stage(stage, StageState.DRAFT)
    if stage.entries.filter(person=person).exists():
        raise Refusal("SPEAKER_ENTERED")
    entry = Entry.objects.create(
        stage=stage, person=person, sent_by=sent_by, title=title, unit=unit, trade=trade
    )
    BallotBox.objects.create(entry=entry)
    _append_cue(stage, CueKind.SPEECH, entry=entry)
    _undo_draw(stage)
    audit.record(by.actor, "entry.register", entry, at=at, refs={"stage": stage.public_id})
    return entry


@transaction.atomic
def change_entry(*, by: Account, at: datetime, entry: Entry, title: str, unit: str, trade: str) -> None:
    """Correct what the programme prints of an entry, while the stage is a draft."""
    require(rules.organises, by, entry)
    locked_stage(entry.stage, StageState.DRAFT)
    entry.title, entry.unit, entry.trade = title, unit, trade
    entry.save(update_fields=["title", "unit", "trade"])
    audit.record(by.actor, "entry.change", entry, at=at, fields=["title", "unit", "trade"])


def must_not_be_withdrawn(entry: Entry) -> None:
    """Refuse what is decided of an entry, read anew under the stage's lock, when it has been withdrawn.

    One that was withdrawn before the draw is not in the log, and whatever is said of it would spoil that.
    """
    if Entry.objects.filter(pk=entry.pk, state=EntryState.WITHDRAWN).exists():
        raise Refusal("ENTRY_WITHDRAWN")


@transaction.atomic
def withdraw_entry(*, by: Account, at: datetime, entry: Entry) -> None:
    """Take an entry out of a stage before or after freezing, as long as its scoring has not begun."""
    require(rules.organises, by, entry)
    stage = locked_stage(entry.stage, StageState.DRAFT, StageState.FROZEN, StageState.OPEN)
    entry = Entry.objects.select_related("box").get(pk=entry.pk)
    if entry.box.opened_at is not None:
        raise Refusal("SCORING_BEGUN")
    if entry.state == EntryState.WITHDRAWN:
        return
    entry.state = EntryState.WITHDRAWN
    entry.save(update_fields=["state"])
    log.append(stage, "withdrawal", at, entry=entry.public_id)
    audit.record(by.actor, "entry.withdraw", entry, at=at, refs={"stage": stage.public_id})
    announce(f"stage:{stage.public_id}")


@transaction.atomic
def form_jury(
    *,
    by: Account,
    at: datetime,
    stage: Stage,
    code: str,
    name: str,
    admission: Admission = Admission.LISTED,
) -> Jury:
    """Form a jury; its weight stands in the rule book under the same code."""
    require(rules.organises, by, stage)
    stage = locked_stage(stage, StageState.DRAFT)
    if stage.juries.filter(code=code).exists():
        raise Refusal("JURY_EXISTS", jury=code)
    jury = Jury.objects.create(
        stage=stage, code=code, name=name, admission=admission, position=stage.juries.count() + 1
    )
    audit.record(by.actor, "jury.form", jury, at=at, refs={"stage": stage.public_id})
    return jury


@transaction.atomic
def seat_jurors(
    *, by: Account, at: datetime, jury: Jury, labels: Sequence[str], persons: Sequence[Person | None] = ()
) -> list[Juror]:
    """Add seats to a jury: one for each label, with the person who sits there where one is named."""
    require(rules.organises, by, jury.stage)
    locked_stage(jury.stage, StageState.DRAFT, StageState.FROZEN)
    if jury.admission == Admission.OPEN:
        raise Refusal("JURY_OPEN", jury=jury.code)
    first = (jury.jurors.order_by("-seat").values_list("seat", flat=True).first() or 0) + 1
    jurors = Juror.objects.bulk_create(
        Juror(jury=jury, seat=first + i, label=label, person=persons[i] if persons else None)
        for i, label in enumerate(labels)
    )
    audit.record(by.actor, "jury.seat", jury, at=at, refs={"first": first, "seats": len(jurors)})
    return jurors


def _append_cue(stage: Stage, kind: CueKind, *, entry: Entry | None = None, **fields: str) -> Cue:
    last = stage.cues.order_by("-position").values_list("position", flat=True).first() or 0
    return Cue.objects.create(stage=stage, position=last + 1, kind=kind, entry=entry, **fields)


@transaction.atomic
def add_cue(*, by: Account, at: datetime, stage: Stage, kind: CueKind, title: str, performers: str) -> Cue:
    """Add an interlude or a ceremony at the end of the running order."""
    require(rules.organises, by, stage)
    stage = locked_stage(stage, StageState.DRAFT, StageState.FROZEN, StageState.OPEN)
    cue = _append_cue(stage, kind, title=title, performers=performers)
    audit.record(by.actor, "cue.add", cue, at=at, refs={"stage": stage.public_id})
    return cue


@transaction.atomic
def move_cue(*, by: Account, at: datetime, cue: Cue, steps: int) -> None:
    """Move a cue up (negative) or down the running order; speeches keep the order that was drawn."""
    require(rules.organises, by, cue.stage)
    stage = locked_stage(cue.stage, StageState.DRAFT, StageState.FROZEN, StageState.OPEN)
    order = list(stage.cues.order_by("position"))
    here = next(i for i, c in enumerate(order) if c.pk == cue.pk)
    there = max(0, min(len(order) - 1, here + steps))
    moved = order.pop(here)
    order.insert(there, moved)
    if stage.drawn_at:
        numbers = [c.entry.number for c in order if c.entry is not None and c.entry.number is not None]
        if numbers != sorted(numbers):
            raise Refusal("DRAWN_ORDER")
    _write_order(order)
    audit.record(by.actor, "cue.move", cue, at=at, refs={"to": there + 1})


@transaction.atomic
def remove_cue(*, by: Account, at: datetime, cue: Cue) -> None:
    """Take an interlude or ceremony off the running order."""
    require(rules.organises, by, cue.stage)
    stage = locked_stage(cue.stage, StageState.DRAFT, StageState.FROZEN, StageState.OPEN)
    if cue.kind == CueKind.SPEECH or stage.current_cue_id == cue.pk or cue.done_at:
        raise Refusal("CUE_STAYS")
    audit.record(by.actor, "cue.remove", cue, at=at, refs={"stage": stage.public_id})
    cue.delete()


def _write_order(order: Sequence[Cue]) -> None:
    # Two steps, since a position may be held by one cue only at any moment.
    for sign in (-1, 1):
        for position, cue in enumerate(order, start=1):
            cue.position = sign * position
        Cue.objects.bulk_update(order, ["position"])


def _undo_draw(stage: Stage) -> None:
    """A new entry makes an earlier draw void; it must be drawn again, with everyone in it."""
    stage.entries.update(number=None)
    Stage.objects.filter(pk=stage.pk).update(drawn_at=None, draw_seed="", draw_witness=None)


def drawn_order(entries: Sequence[str], seed: str) -> list[str]:
    """The order that a seed gives: the public ids sorted, then shuffled by Python's generator.

    Anyone with the seed and the list of entries can draw it again.
    """
    order = sorted(entries)
    random.Random(seed).shuffle(order)  # noqa: S311 - reproducible on purpose; the seed is what is secret
    return order


@transaction.atomic
def draw_order(*, by: Account, at: datetime, stage: Stage, witness: Person, seed: str = "") -> str:
    """Draw the speakers' order before a witness, and put the speeches into the running order by it.

    Without ``seed`` one is made. Drawing again replaces the order; each draw stays in the audit trail.
    Returns the seed, which is shown.
    """
    require(rules.organises, by, stage)
    stage = locked_stage(stage, StageState.DRAFT)
    entries = {e.public_id: e for e in stage.entries.filter(state=EntryState.REGISTERED)}
    if not entries:
        raise Refusal("NO_ENTRIES")
    if by.person_id == witness.pk:
        raise Refusal("WITNESS_IS_DRAWER")
    seed = seed or secrets.token_hex(8)
    stage.entries.update(number=None)
    order = [entries[public_id] for public_id in drawn_order(list(entries), seed)]
    for number, entry in enumerate(order, start=1):
        entry.number = number
    Entry.objects.bulk_update(order, ["number"])
    stage.draw_seed, stage.draw_witness, stage.drawn_at = seed, witness, at
    stage.save(update_fields=["draw_seed", "draw_witness", "drawn_at"])
    _speeches_in_drawn_order(stage)
    audit.record(by.actor, "stage.draw", stage, at=at, refs={"seed": seed, "witness": witness.public_id})
    return seed


def _speeches_in_drawn_order(stage: Stage) -> None:
    """Put the speeches, by number, into the places that speeches hold; interludes keep theirs."""
    cues = list(stage.cues.select_related("entry").order_by("position"))
    speeches = sorted(
        (c for c in cues if c.entry is not None), key=lambda c: (c.entry and c.entry.number) or len(cues) + 1
    )
    following = iter(speeches)
    _write_order([next(following) if c.entry is not None else c for c in cues])


@transaction.atomic
def freeze_stage(*, by: Account, at: datetime, stage: Stage) -> RuleBookVersion:
    """Freeze rules and order: nothing of them changes any more, and boxes can be opened."""
    require(rules.organises, by, stage)
    stage = locked_stage(stage, StageState.DRAFT)
    version = queries.rulebooks.latest_version(stage)
    problems = queries.readiness.obstacles(stage)
    if version is None or problems:
        raise Refusal(
            problems[0].code if problems else "NO_RULEBOOK", **(problems[0].data if problems else {})
        )
    stage.rulebook, stage.state = version, StageState.FROZEN
    stage.save(update_fields=["rulebook", "state"])
    log.begin_log(stage, at)
    audit.record(
        by.actor,
        "stage.freeze",
        stage,
        at=at,
        refs={"rulebook": version.version, "sha256": version.digest},
    )
    announce(f"stage:{stage.public_id}")
    return version
