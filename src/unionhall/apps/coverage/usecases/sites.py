"""Workers' sites: where they are, how many work there, who agreed to be named."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from rules.predicates import Predicate

from unionhall.apps.coverage import rules
from unionhall.apps.coverage.codes import SiteKind
from unionhall.apps.coverage.models import Enterprise, NamedWorker, Site, SiteCount
from unionhall.apps.coverage.usecases.contacts import forget_contact, phone_of
from unionhall.apps.coverage.usecases.enterprises import account_of, hours_of, not_in_future, place_of
from unionhall.apps.coverage.usecases.placing import put_by_coordinates
from unionhall.apps.orgs.models import Union
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.sealed import seal

NAMED = timedelta(days=365)


def locked(site: Site, by: Acting, rule: Predicate = rules.keeps) -> Site:
    """The row as it is now, held until the transaction ends; refused unless the account keeps its ground."""
    fresh = Site.objects.select_for_update(of=("self",)).select_related("ground").get(pk=site.pk)
    require(rule, by, fresh)
    return fresh


@transaction.atomic
def add_site(
    *,
    by: Acting,
    at: datetime,
    ground: Union,
    kind: SiteKind,
    name: str,
    platform: str = "",
    enterprise: Enterprise | None = None,
    address: str = "",
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    headcount: int | None = None,
    joined: int = 0,
    opening_hours: str = "",
) -> Site:
    """Enter a site in the ground of a union; refused with SITE_EXISTS, JOINED_TOO_MANY, HOURS_WRONG."""
    require(rules.keeps_ground, by, ground)
    if Site.objects.filter(ground=ground, name=name.strip()).exists():
        raise Refusal("SITE_EXISTS", name=name.strip())
    _must_fit(headcount, joined)
    today = at.astimezone(CITY).date()
    site = Site(
        ground=ground,
        kind=kind,
        name=name.strip(),
        platform=platform.strip(),
        enterprise=enterprise,
        headcount=headcount,
        joined=joined,
        counted_on=today if headcount is not None or joined else None,
        opening_hours=hours_of(opening_hours),
        created_at=at,
        **place_of(address, latitude, longitude),
    )
    put_by_coordinates([site])
    site.save()
    if site.counted_on:
        _count(site, today, at, by)
    audit.record(by.actor, "site.add", site, at=at, refs={"union": ground.public_id})
    return site


def _must_fit(headcount: int | None, joined: int) -> None:
    if headcount is not None and joined > headcount:
        raise Refusal("JOINED_TOO_MANY", joined=joined, headcount=headcount)


def _count(site: Site, on: date, at: datetime, by: Acting) -> None:
    SiteCount.objects.create(
        site=site, headcount=site.headcount, joined=site.joined, on=on, at=at, account=account_of(by)
    )


@transaction.atomic
def change_site(
    *,
    by: Acting,
    at: datetime,
    site: Site,
    kind: SiteKind,
    name: str,
    platform: str,
    address: str,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    closed_on: date | None = None,
    opening_hours: str = "",
) -> Site:
    """Put right what is known of a site; a closed one keeps nobody to be asked for."""
    fresh = locked(site, by)
    if Site.objects.filter(ground=fresh.ground_id, name=name.strip()).exclude(pk=fresh.pk).exists():
        raise Refusal("SITE_EXISTS", name=name.strip())
    not_in_future(closed_on, at)
    values = {
        "kind": kind,
        "name": name.strip(),
        "platform": platform.strip(),
        "closed_on": closed_on,
        "opening_hours": hours_of(opening_hours),
        **place_of(address, latitude, longitude),
    }
    changed = [field for field, value in values.items() if getattr(fresh, field) != value]
    if not changed:
        return fresh
    for field in changed:
        setattr(fresh, field, values[field])
    put_by_coordinates([fresh])
    fresh.save(update_fields=[*changed, "block"])
    if closed_on is not None:
        forget_contact(fresh)
    audit.record(by.actor, "site.change", fresh, at=at, fields=changed)
    return fresh


@transaction.atomic
def count_workers(
    *, by: Acting, at: datetime, site: Site, headcount: int | None, joined: int, on: date
) -> Site:
    """Note how many work at a site, as estimated, and how many of them have joined; the latest day shows."""
    fresh = locked(site, by)
    not_in_future(on, at)
    _must_fit(headcount, joined)
    SiteCount.objects.create(
        site=fresh, headcount=headcount, joined=joined, on=on, at=at, account=account_of(by)
    )
    if fresh.counted_on is None or on >= fresh.counted_on:
        fresh.headcount, fresh.joined, fresh.counted_on = headcount, joined, on
        fresh.save(update_fields=["headcount", "joined", "counted_on"])
    audit.record(by.actor, "site.count", fresh, at=at, fields=["headcount", "joined"])
    return fresh


@transaction.atomic
def name_worker(
    *, by: Acting, at: datetime, site: Site, name: str, phone: str, consent: str, consented_on: date
) -> NamedWorker:
    """Name somebody who has not joined and agreed to it; refused with CONSENT_MISSING, NAME_MISSING."""
    fresh = locked(site, by)
    if not consent.strip():
        raise Refusal("CONSENT_MISSING")
    if not name.strip():
        raise Refusal("NAME_MISSING")
    not_in_future(consented_on, at)
    public_id, number = new_public_id(), phone_of(phone)
    worker = NamedWorker.objects.create(
        public_id=public_id,
        site=fresh,
        name_sealed=seal(name.strip(), row=public_id, column="named_worker.name"),
        phone_sealed=seal(number, row=public_id, column="named_worker.phone") if number else None,
        consent=consent.strip(),
        consented_on=consented_on,
        keep_until=(at + NAMED).astimezone(CITY).date(),
        account=account_of(by),
        at=at,
    )
    audit.record(by.actor, "named_worker.add", fresh, at=at, refs={"worker": worker.public_id})
    return worker


@transaction.atomic
def withdraw_consent(*, by: Acting, at: datetime, worker: NamedWorker) -> None:
    """Delete somebody who no longer wants to be named; that it was done stays, who it was does not."""
    require(rules.keeps_worker, by, worker)
    site, public_id = worker.site, worker.public_id
    worker.delete()
    audit.record(by.actor, "named_worker.withdraw", site, at=at, refs={"worker": public_id})
