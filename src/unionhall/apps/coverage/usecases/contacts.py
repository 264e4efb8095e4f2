"""Contacts with enterprises and sites, and whom one asks for there."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from unionhall.apps.coverage import rules
from unionhall.apps.coverage.codes import COVERED, ContactKind, Gone, Outcome, Source, UnionState
from unionhall.apps.coverage.models import (
    ContactEntry,
    Enterprise,
    NamedWorker,
    Site,
    VisitContact,
    VisitPhoto,
    WholeName,
)
from unionhall.apps.people.codes import RevealReason
from unionhall.engines.identifiers import IdentifierError, read_mobile
from unionhall.engines.identifiers.typed import plain
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.sealed import UnsealError, seal, unseal

# Whom to visit is noted anew with each contact; without one for so long nobody needs it any more.
KEPT = timedelta(days=365)
# Where there is a union nobody goes to found one, and whom to ask for is not kept.
NOBODY_GOES = COVERED
GONE = {Outcome.CLOSED: Gone.CLOSED, Outcome.MOVED: Gone.MOVED}


@transaction.atomic
def note_contact(
    *,
    by: Acting,
    at: datetime,
    enterprise: Enterprise | None = None,
    site: Site | None = None,
    kind: ContactKind,
    on: date,
    outcome: Outcome,
    note: str = "",
    next_step: str = "",
    next_due: date | None = None,
    opening_hours: str = "",
    key: str = "",
) -> ContactEntry:
    """Note a contact with an enterprise or a site, what came of it and what comes next.

    What was to be done next counts as done; what is said here takes its place. A refusal, a closure and a
    move show in the ledger at once, and opening hours that were seen are the row's. The same ``key`` again
    gives what it noted; with other content it is refused (KEY_REUSED).
    """
    from unionhall.apps.coverage.usecases import enterprises, sites

    assert (enterprise is None) != (site is None), "a contact is with an enterprise or at a site"
    here = (
        enterprises.locked(enterprise, by, rules.visits)
        if enterprise
        else sites.locked(_given(site), by, rules.visits)
    )
    enterprises.not_in_future(on, at)
    if next_due is not None and not next_step.strip():
        raise Refusal("STEP_MISSING")
    content = {
        "enterprise": here if isinstance(here, Enterprise) else None,
        "site": here if isinstance(here, Site) else None,
        "kind": kind,
        "on": on,
        "outcome": outcome,
        "note": note.strip(),
        "opening_hours": enterprises.hours_of(opening_hours),
        "next_step": next_step.strip(),
        "next_due": next_due,
    }
    account = enterprises.account_of(by)
    entry, new = ContactEntry.objects.get_or_create(
        key=key or secrets.token_hex(16), defaults={**content, "account": account, "at": at}
    )
    if not new:
        if any(getattr(entry, name) != value for name, value in content.items()):
            raise Refusal("KEY_REUSED")
        return entry
    if here.last_contact_on is None or on >= here.last_contact_on:
        here.last_contact_on, here.next_step, here.next_due = on, entry.next_step, next_due
        here.opening_hours = entry.opening_hours or here.opening_hours
    fields = ["last_contact_on", "next_step", "next_due", "opening_hours"]
    refs = {"entry": entry.public_id, "outcome": str(outcome)}
    if isinstance(here, Site):
        here.save(update_fields=fields)
        audit.record(by.actor, "site.contact", here, at=at, refs=refs)
        return entry
    enterprises.save(here, [*fields, *_consequences(here, entry, by, at)], at)
    audit.record(by.actor, "enterprise.contact", here, at=at, refs=refs)
    return entry


def _given(site: Site | None) -> Site:
    assert site is not None, "asked for above"
    return site


def _consequences(here: Enterprise, entry: ContactEntry, by: Acting, at: datetime) -> list[str]:
    """What the outcome changes in the row at once; the fields."""
    from unionhall.apps.coverage.usecases import enterprises, states

    # Whoever was met there on a later day was there: a note of an earlier one closes nothing.
    newest = here.last_contact_on is None or entry.on >= here.last_contact_on
    if entry.outcome in GONE and newest and here.state != UnionState.BEING_FOUNDED:
        enterprises.put_gone(here, GONE[Outcome(entry.outcome)], entry.on, at)
        return ["gone", "gone_on", "next_step", "next_due"]
    refusing = entry.outcome == Outcome.REFUSED and here.state in (UnionState.NONE, UnionState.UNKNOWN)
    if refusing and (here.state_on is None or entry.on >= here.state_on):
        return states.put_state(
            here, UnionState.REFUSED, entry.on, at, by=by, source=Source.VISIT, reason=entry.note[:200]
        )
    return []


@transaction.atomic
def note_visit_contact(
    *,
    by: Acting,
    at: datetime,
    enterprise: Enterprise | None = None,
    site: Site | None = None,
    name: str,
    phone: str = "",
    post: str = "",
) -> VisitContact:
    """Note whom to ask for, in place of whoever was noted before.

    Refused with PHONE_WRONG, NAME_MISSING, and with NOBODY_GOES where nobody is visited any more.
    """
    here = enterprise or site
    assert here is not None, "a contact is of an enterprise or of a site"
    require(rules.keeps, by, here)
    if not visited(here):
        raise Refusal("NOBODY_GOES")
    contact = put_visit_contact(here, name, phone, post, at)
    audit.record(by.actor, "visit_contact.note", here, at=at, fields=["contact"])
    return contact


def visited(here: Enterprise | Site) -> bool:
    """Whether somebody goes there: it is there, and no union is there yet."""
    if isinstance(here, Site):
        return here.closed_on is None
    return not here.gone and here.state not in NOBODY_GOES


def put_visit_contact(
    here: Enterprise | Site, name: str, phone: str, post: str, at: datetime
) -> VisitContact:
    """Put a contact person in place of the present one."""
    if not name.strip():
        raise Refusal("NAME_MISSING")
    number = phone_of(phone)
    public_id = new_public_id()
    VisitContact.objects.filter(**_of(here)).delete()
    return VisitContact.objects.create(
        public_id=public_id,
        enterprise=here if isinstance(here, Enterprise) else None,
        site=here if isinstance(here, Site) else None,
        name_sealed=seal(name.strip(), row=public_id, column="visit_contact.name"),
        phone_sealed=seal(number, row=public_id, column="visit_contact.phone") if number else None,
        post=post.strip(),
        noted_at=at,
        keep_until=(at + KEPT).astimezone(CITY).date(),
    )


def phone_of(phone: str) -> str:
    """A mobile number, or an office's with its area code; refused with PHONE_WRONG."""
    typed = plain(phone)
    if not typed:
        return ""
    try:
        return read_mobile(phone)
    except IdentifierError:
        digits = typed.replace("-", "")
        if digits.isdigit() and 7 <= len(digits) <= 16:
            return typed
        raise Refusal("PHONE_WRONG") from None


def _of(here: Enterprise | Site) -> dict[str, Enterprise | Site]:
    return {"enterprise": here} if isinstance(here, Enterprise) else {"site": here}


def forget_contact(here: Enterprise | Site) -> None:
    """Delete whom to ask for, and a trader's whole name: nobody goes there any more."""
    VisitContact.objects.filter(**_of(here)).delete()
    if isinstance(here, Enterprise):
        WholeName.objects.filter(of__enterprise=here).delete()


@transaction.atomic
def delete_visit_contact(*, by: Acting, at: datetime, contact: VisitContact) -> None:
    """Delete whom to ask for."""
    require(rules.keeps_contact, by, contact)
    here = contact.enterprise or contact.site
    assert here is not None, "a contact is of an enterprise or of a site"
    contact.delete()
    audit.record(by.actor, "visit_contact.delete", here, at=at, fields=["contact"])


@transaction.atomic
def show_phone(*, by: Acting, at: datetime, contact: VisitContact, reason: RevealReason) -> str:
    """The number of whoever is to be asked for, whole; who opened it and why stays in the history."""
    require(rules.keeps_contact, by, contact)
    if not contact.phone_sealed:
        raise Refusal("PHONE_NOTHING")
    try:
        plain_number = unseal(
            bytes(contact.phone_sealed), row=contact.public_id, column="visit_contact.phone"
        )
    except UnsealError as error:
        raise Refusal(f"PHONE_{error.code}") from error
    here = contact.enterprise or contact.site
    assert here is not None, "a contact is of an enterprise or of a site"
    audit.record(by.actor, "visit_contact.show", here, at=at, fields=["phone"], refs={"reason": str(reason)})
    return plain_number


def purge(*, at: datetime) -> int:
    """Delete contact persons, traders' names, named workers and photos whose time is over; how many."""
    today = at.astimezone(CITY).date()
    over = ~Q(enterprise__gone="") & Q(site=None) | Q(enterprise__state__in=NOBODY_GOES)
    over |= Q(keep_until__lt=today) | Q(site__closed_on__isnull=False)
    contacts, _by_table = VisitContact.objects.filter(over).delete()
    workers, _by_table = NamedWorker.objects.filter(keep_until__lt=today).delete()
    nobody_goes = ~Q(of__enterprise__gone="") | Q(of__enterprise__state__in=NOBODY_GOES)
    names, _by_table = WholeName.objects.filter(Q(keep_until__lt=today) | nobody_goes).delete()
    photos, _by_table = VisitPhoto.objects.filter(entry__at__lt=at - KEPT).delete()
    return contacts + workers + names + photos
