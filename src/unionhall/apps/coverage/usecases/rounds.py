"""What a steward does on a round: visits noted with a photo, shops reported that the ledger does not know."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import ContactKind, LeadState, Outcome, Source
from unionhall.apps.coverage.models import Block, ContactEntry, Enterprise, Lead, Site, VisitPhoto
from unionhall.apps.coverage.queries.names import LEAD
from unionhall.apps.coverage.usecases import contacts, enterprises
from unionhall.apps.meetings.evidence import JPEG, made_safe
from unionhall.kernel import audit, keyring
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.sealed import seal


@transaction.atomic
def note_visit(
    *,
    by: Acting,
    at: datetime,
    here: Enterprise | Site,
    on: date,
    outcome: Outcome,
    note: str,
    key: str,
    next_step: str = "",
    next_due: date | None = None,
    opening_hours: str = "",
    photo: bytes | None = None,
) -> ContactEntry:
    """Note a visit, with a photo where one was taken: made anew without place and device, and encrypted.

    The same ``key`` again gives what it noted. Refused as `contacts.note_contact`, and with FILE_TOO_LARGE,
    FILE_UNKNOWN.
    """
    of = {"enterprise": here} if isinstance(here, Enterprise) else {"site": here}
    safe = made_safe(photo) if photo else None
    if safe is not None and safe.content_type != JPEG:
        raise Refusal("FILE_UNKNOWN")
    entry = contacts.note_contact(
        by=by, at=at, kind=ContactKind.VISIT, on=on, outcome=outcome, note=note, next_step=next_step,
        next_due=next_due, opening_hours=opening_hours, key=key, **of,
    )  # fmt: skip
    digest = hashlib.sha256(photo).hexdigest() if photo else ""
    held = VisitPhoto.objects.filter(entry=entry).values_list("digest", flat=True).first()
    if held is not None:
        if held != digest:
            raise Refusal("KEY_REUSED")
    elif safe is not None:
        if entry.at != at:
            # The visit was noted before, without this picture.
            raise Refusal("KEY_REUSED")
        public_id = new_public_id()
        VisitPhoto.objects.create(
            public_id=public_id,
            entry=entry,
            content_type=safe.content_type,
            sealed=keyring.encrypt(safe.content, public_id),
            digest=digest,
        )
    return entry


def open_photo(*, by: Acting, photo: VisitPhoto) -> bytes:
    """The picture of a visit."""
    require(rules.keeps_photo, by, photo)
    return keyring.decrypt(bytes(photo.sealed), photo.public_id)


@transaction.atomic
def report_lead(
    *,
    by: Acting,
    at: datetime,
    block: Block,
    name: str,
    key: str,
    code: str = "",
    address: str = "",
    headcount: int | None = None,
    note: str = "",
) -> Lead:
    """Report a shop that the ledger does not know. The same ``key`` again gives what it reported.

    Refused with CODE_WRONG, NAME_MISSING, ENTERPRISE_EXISTS, KEY_REUSED.
    """
    require(rules.sees_block, by, block)
    if not name.strip():
        raise Refusal("NAME_MISSING")
    read = queries.rounds.code_in(code)
    if code.strip() and not read:
        raise Refusal("CODE_WRONG", problem="CHECK_CHARACTER" if len(code.strip()) == 18 else "LENGTH")
    content = {
        "block": block,
        "name": enterprises.written(name).name,
        "credit_code": read,
        "address": address.strip(),
        "headcount": headcount,
        "note": note.strip(),
    }
    known = Lead.objects.filter(key=key).first()
    if known is None:
        found = Enterprise.objects.filter(credit_code=read).select_related("ground").first() if read else None
        if found is not None:
            raise enterprises.exists(found)
        public_id = new_public_id()
        sealed = seal(name.strip(), row=public_id, column=LEAD) if content["name"] != name.strip() else None
        only_new = {"public_id": public_id, "name_sealed": sealed, "account": enterprises.account_of(by)}
        lead, new = Lead.objects.get_or_create(key=key, defaults={**content, **only_new, "at": at})
    else:
        lead, new = known, False
    if new:
        audit.record(by.actor, "lead.report", lead, at=at, refs={"block": block.public_id})
    elif any(getattr(lead, field) != value for field, value in content.items()):
        raise Refusal("KEY_REUSED")
    return lead


@transaction.atomic
def enter_lead(*, by: Acting, at: datetime, lead: Lead) -> Enterprise:
    """Enter a shop that was reported in the ledger, in the block in which it was found."""
    fresh = _open(lead, by)
    told = enterprises.Told(
        name=queries.names.of_lead(fresh),
        codes=(fresh.credit_code,) if fresh.credit_code else (),
        address=fresh.address,
        headcount=fresh.headcount,
    )
    entered = enterprises.add_enterprise(
        by=by, at=at, ground=fresh.block.ground, told=told, source=Source.VISIT
    )
    entered.block, entered.block_by_hand = fresh.block, True
    entered.save(update_fields=["block", "block_by_hand"])
    fresh.enterprise = entered
    _end(fresh, LeadState.ENTERED, at)
    audit.record(by.actor, "lead.enter", fresh, at=at, refs={"enterprise": entered.public_id})
    return entered


@transaction.atomic
def dismiss_lead(*, by: Acting, at: datetime, lead: Lead, reason: str) -> None:
    """Say why a shop that was reported is not entered."""
    fresh = _open(lead, by)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    fresh.reason = reason.strip()
    _end(fresh, LeadState.DISMISSED, at)
    audit.record(by.actor, "lead.dismiss", fresh, at=at)


def _open(lead: Lead, by: Acting) -> Lead:
    fresh = Lead.objects.select_for_update(of=("self",)).select_related("block__ground").get(pk=lead.pk)
    require(rules.keeps_block, by, fresh)
    if fresh.state != LeadState.OPEN:
        raise Refusal("LEAD_ENDED")
    return fresh


def _end(lead: Lead, state: LeadState, at: datetime) -> None:
    lead.state, lead.ended_at, lead.name_sealed = state, at, None
    lead.save(update_fields=["state", "ended_at", "name_sealed", "enterprise", "reason"])
