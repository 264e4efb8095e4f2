"""Workers' sites as they are listed, and what one site's page shows."""

from __future__ import annotations

from django.db.models import QuerySet

from unionhall.apps.coverage.models import ContactEntry, NamedWorker, Site, SiteCount
from unionhall.apps.orgs.queries import of_unions


def sites_within(unions: frozenset[int]) -> QuerySet[Site]:
    """The sites of some grounds; where the most have not joined yet comes first."""
    rows = Site.objects.filter(of_unions("ground", unions)).select_related("ground")
    return rows.order_by("closed_on", "-headcount", "pk")


def contacts(site: Site) -> QuerySet[ContactEntry]:
    """What was done at a site, the latest first."""
    return (
        site.contacts.select_related("account__person", "photo").defer("photo__sealed").order_by("-on", "-pk")
    )


def counts(site: Site) -> QuerySet[SiteCount]:
    """How many were counted when, the latest first."""
    return site.counts.select_related("account__person").order_by("-on", "-pk")


def named(site: Site) -> QuerySet[NamedWorker]:
    """Who agreed to be named."""
    return site.named.order_by("pk")
