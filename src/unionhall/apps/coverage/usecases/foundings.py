"""Founding a union: preparatory group, members' meeting, approval by the upper union, registration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from rules.predicates import Predicate

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import (
    OPEN_TO_FOUND,
    DocumentKind,
    FoundingAct,
    FoundingKind,
    Source,
    Stage,
    UnionState,
)
from unionhall.apps.coverage.models import (
    Enterprise,
    Founding,
    FoundingDocument,
    FoundingEnterprise,
    FoundingStep,
    StateEntry,
)
from unionhall.apps.coverage.usecases.enterprises import account_of, save
from unionhall.apps.coverage.usecases.states import put_state
from unionhall.apps.meetings.codes import MeetingKind, MeetingState
from unionhall.apps.meetings.evidence import made_safe
from unionhall.apps.meetings.models import Meeting
from unionhall.apps.meetings.usecases import plan_meeting
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import line_of_command
from unionhall.apps.people.models import Person
from unionhall.kernel import audit, keyring
from unionhall.kernel.clock import CITY
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

ENDED = (Stage.FOUNDED, Stage.GIVEN_UP)


@transaction.atomic
def open_founding(
    *,
    by: Acting,
    at: datetime,
    ground: Union,
    upper: Union,
    kind: FoundingKind,
    name: str,
    short_name: str,
    enterprises: Sequence[Enterprise],
    due: date,
    owner: Person | None = None,
) -> Founding:
    """Begin to found a union for one enterprise, or a joint one; the preparatory group comes first.

    Refused with FOUNDING_ONE, FOUNDING_FEW, NOT_OPEN_TO_FOUND, UPPER_WRONG, UNION_EXISTS, DUE_PAST.
    """
    require(rules.keeps_ground, by, ground)
    today = at.astimezone(CITY).date()
    if kind == FoundingKind.SINGLE and len(enterprises) != 1:
        raise Refusal("FOUNDING_ONE")
    if kind == FoundingKind.JOINT and len(enterprises) < 2:
        raise Refusal("FOUNDING_FEW")
    if upper != ground and upper not in line_of_command(ground, today):
        raise Refusal("UPPER_WRONG", union=upper.short_name)
    under_way = Founding.objects.filter(name=name.strip()).exclude(stage__in=ENDED)
    if Union.objects.filter(name=name.strip()).exists() or under_way.exists():
        raise Refusal("UNION_EXISTS", name=name.strip())
    must_lie_ahead(due, at)
    founding = Founding.objects.create(
        ground=ground,
        upper=upper,
        kind=kind,
        name=name.strip(),
        short_name=short_name.strip(),
        due=due,
        owner=owner,
        opened_at=at,
    )
    step(founding, FoundingAct.OPENED, by, at, due=due)
    for enterprise in sorted(enterprises, key=lambda one: one.pk):
        _take_in(founding, enterprise, by, at, today)
    audit.record(by.actor, "founding.open", founding, at=at, refs={"union": ground.public_id})
    return founding


def _take_in(founding: Founding, enterprise: Enterprise, by: Acting, at: datetime, today: date) -> None:
    fresh = open_row(enterprise, by)
    FoundingEnterprise.objects.create(founding=founding, enterprise=fresh, starts=today)
    fields = put_state(fresh, UnionState.BEING_FOUNDED, today, at, by=by, source=Source.UNION)
    save(fresh, fields, at)


def open_row(enterprise: Enterprise, by: Acting) -> Enterprise:
    """A row for which a union may be founded, or which may join one; held until the transaction ends."""
    fresh = Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
    require(rules.keeps, by, fresh)
    if fresh.gone or fresh.state not in OPEN_TO_FOUND:
        raise Refusal("NOT_OPEN_TO_FOUND", name=fresh.name, state=fresh.state)
    return fresh


def must_lie_ahead(due: date, at: datetime) -> None:
    if due < at.astimezone(CITY).date():
        raise Refusal("DUE_PAST")


def locked(founding: Founding, rule: Predicate, by: Acting, *stages: Stage) -> Founding:
    """The founding as it is now, held; refused with STAGE unless it is in one of ``stages``."""
    fresh = (
        Founding.objects.select_for_update(of=("self",)).select_related("ground", "upper").get(pk=founding.pk)
    )
    require(rule, by, fresh)
    if stages and fresh.stage not in stages:
        raise Refusal("STAGE", stage=fresh.stage)
    return fresh


def step(
    founding: Founding, act: FoundingAct, by: Acting, at: datetime, *, text: str = "", due: date | None = None
) -> FoundingStep:
    """Add a step, in the transaction of what it tells of."""
    return FoundingStep.objects.create(
        founding=founding,
        act=act,
        stage=founding.stage,
        account=account_of(by),
        at=at,
        text=text.strip(),
        due=due,
    )


@transaction.atomic
def file_document(
    *, by: Acting, at: datetime, founding: Founding, kind: DocumentKind, file: bytes
) -> FoundingDocument:
    """File a document, a picture or a PDF; refused with FILE_TOO_LARGE or FILE_UNKNOWN."""
    under_way = [stage for stage in Stage if stage not in ENDED]
    fresh = locked(founding, rules.sees_founding, by, *under_way)
    kept = made_safe(file)
    public_id = new_public_id()
    document = FoundingDocument.objects.create(
        public_id=public_id,
        founding=fresh,
        step=step(fresh, FoundingAct.FILED, by, at),
        kind=kind,
        content_type=kept.content_type,
        sealed=keyring.encrypt(kept.content, public_id),
    )
    audit.record(by.actor, "founding.file", fresh, at=at, refs={"document": public_id, "kind": str(kind)})
    return document


@transaction.atomic
def plan_assembly(
    *, by: Acting, at: datetime, founding: Founding, starts_at: datetime, place: str, chair: Person
) -> Meeting:
    """Plan the members' meeting that elects the committee; it is held and recorded among the meetings."""
    fresh = locked(founding, rules.keeps, by, Stage.PREPARING, Stage.ASSEMBLY)
    meeting = plan_meeting(
        by=by,
        at=at,
        union=fresh.ground,
        kind=MeetingKind.FOUNDING,
        title=fresh.name,
        starts_at=starts_at,
        place=place,
        chair=chair,
    )
    fresh.meeting = meeting
    fresh.save(update_fields=["meeting"])
    return meeting


@transaction.atomic
def link_meeting(*, by: Acting, at: datetime, founding: Founding, meeting: Meeting) -> None:
    """Say which meeting was the members' meeting: a founding meeting of the ground's or the upper union.

    Refused with MEETING_ELSEWHERE, and with MEETING_OTHER where it is none or founded something else.
    """
    fresh = locked(founding, rules.keeps, by, Stage.PREPARING, Stage.ASSEMBLY)
    if meeting.union_id not in (fresh.ground_id, fresh.upper_id):
        raise Refusal("MEETING_ELSEWHERE")
    if not queries.foundings.meetings_for(fresh).filter(pk=meeting.pk).exists():
        raise Refusal("MEETING_OTHER")
    fresh.meeting = meeting
    fresh.save(update_fields=["meeting"])
    refs = {"meeting": meeting.public_id}
    audit.record(by.actor, "founding.link", fresh, at=at, fields=["meeting"], refs=refs)


@transaction.atomic
def pass_stage(
    *,
    by: Acting,
    at: datetime,
    founding: Founding,
    due: date,
    text: str = "",
    seen: Stage | None = None,
) -> Founding:
    """The preparatory group stands, or the members have elected: on to the next stage until a day.

    ``seen`` is the stage that whoever decides had before them: a second click, or a second officer, does not
    pass the next one as well. Refused with STAGE, DOCUMENTS_MISSING, and with MEETING_MISSING unless the
    members' meeting was recorded.
    """
    fresh = locked(founding, rules.keeps, by, Stage.PREPARING, Stage.ASSEMBLY)
    if seen and fresh.stage != seen:
        raise Refusal("STAGE", stage=fresh.stage)
    must_lie_ahead(due, at)
    _must_have_documents(fresh)
    if fresh.stage == Stage.PREPARING:
        fresh.stage = Stage.ASSEMBLY
    else:
        meeting = fresh.meeting
        if meeting is None or meeting.state != MeetingState.HELD:
            raise Refusal("MEETING_MISSING")
        fresh.stage, fresh.submitted_by = Stage.APPROVAL, account_of(by)
    _go_on(fresh, by, at, due, text)
    return fresh


@transaction.atomic
def approve(*, by: Acting, at: datetime, founding: Founding, due: date, text: str = "") -> Founding:
    """The upper union approves. Refused with SECOND_PERSON to whoever handed it in, DOCUMENTS_MISSING."""
    fresh = locked(founding, rules.approves, by, Stage.APPROVAL)
    if fresh.submitted_by_id is not None and fresh.submitted_by == account_of(by):
        raise Refusal("SECOND_PERSON")
    must_lie_ahead(due, at)
    _must_have_documents(fresh)
    fresh.stage = Stage.REGISTRATION
    _go_on(fresh, by, at, due, text)
    return fresh


def _must_have_documents(founding: Founding) -> None:
    missing = queries.foundings.missing_documents(founding)
    if missing:
        raise Refusal("DOCUMENTS_MISSING", kinds=",".join(missing))


def _go_on(fresh: Founding, by: Acting, at: datetime, due: date, text: str) -> None:
    fresh.due = due
    fresh.save(update_fields=["stage", "due", "submitted_by"])
    step(fresh, FoundingAct.PASSED, by, at, text=text, due=due)
    audit.record(by.actor, "founding.pass", fresh, at=at, refs={"stage": str(fresh.stage)})


@transaction.atomic
def send_back(*, by: Acting, at: datetime, founding: Founding, to: Stage, due: date, reason: str) -> Founding:
    """The upper union sends it back to the members' meeting or the preparatory group, with a reason."""
    fresh = locked(founding, rules.approves, by, Stage.APPROVAL)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    if to not in (Stage.PREPARING, Stage.ASSEMBLY):
        raise Refusal("STAGE", stage=to)
    must_lie_ahead(due, at)
    fresh.stage, fresh.due, fresh.submitted_by = to, due, None
    fresh.save(update_fields=["stage", "due", "submitted_by"])
    step(fresh, FoundingAct.RETURNED, by, at, text=reason, due=due)
    audit.record(by.actor, "founding.return", fresh, at=at, refs={"stage": str(to)})
    return fresh


@transaction.atomic
def move_due(*, by: Acting, at: datetime, founding: Founding, due: date, reason: str) -> Founding:
    """Set another day, with a reason."""
    under_way = [stage for stage in Stage if stage not in ENDED]
    fresh = locked(founding, rules.sees_founding, by, *under_way)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    must_lie_ahead(due, at)
    fresh.due = due
    fresh.save(update_fields=["due"])
    step(fresh, FoundingAct.DUE_MOVED, by, at, text=reason, due=due)
    audit.record(by.actor, "founding.move_due", fresh, at=at, fields=["due"])
    return fresh


@transaction.atomic
def give_up(*, by: Acting, at: datetime, founding: Founding, reason: str) -> Founding:
    """Give a founding up, with a reason; its enterprises are again what they were before it."""
    under_way = [stage for stage in Stage if stage not in ENDED]
    fresh = locked(founding, rules.keeps, by, *under_way)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    today = at.astimezone(CITY).date()
    for enterprise in rows_of(fresh, today):
        former = (
            StateEntry.objects.filter(enterprise=enterprise)
            .exclude(state=UnionState.BEING_FOUNDED)
            .order_by("-pk")
            .first()
        )
        state = UnionState(former.state) if former else UnionState.NONE
        fields = put_state(
            enterprise, state, today, at, by=by, source=Source.UNION, reason=reason[:200],
            union=former.union if former else None,
        )  # fmt: skip
        save(enterprise, fields, at)
    fresh.stage, fresh.due, fresh.ended_at = Stage.GIVEN_UP, None, at
    fresh.save(update_fields=["stage", "due", "ended_at"])
    step(fresh, FoundingAct.GIVEN_UP, by, at, text=reason)
    audit.record(by.actor, "founding.give_up", fresh, at=at)
    return fresh


def rows_of(founding: Founding, today: date) -> list[Enterprise]:
    """The enterprises of a founding that ends, held; each is free for another then."""
    parts = founding.parts.filter(ends=None)
    keys = list(parts.values_list("enterprise_id", flat=True))
    parts.update(ends=today)
    rows = Enterprise.objects.select_for_update(of=("self",)).select_related("ground", "employer")
    return list(rows.filter(pk__in=keys).order_by("pk"))
