"""Rows by the public id in an address; to whoever may not see one there is none (see `guard`)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from unionhall.apps.coverage.models import Enterprise, Founding, NamedWorker, Site
from unionhall.apps.orgs.models import Union


def _one(rows: QuerySet[Any], public_id: str) -> Any:
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def enterprise(public_id: str) -> Enterprise:
    """An enterprise of the ledger."""
    found: Enterprise = _one(
        Enterprise.objects.select_related("ground", "union", "employer", "contact"), public_id
    )
    return found


def founding(public_id: str) -> Founding:
    """A founding."""
    found: Founding = _one(
        Founding.objects.select_related("ground", "upper", "owner", "meeting", "union", "submitted_by"),
        public_id,
    )
    return found


def site(public_id: str) -> Site:
    """A workers' site."""
    found: Site = _one(Site.objects.select_related("ground", "enterprise", "contact"), public_id)
    return found


def worker(public_id: str) -> NamedWorker:
    """Somebody who agreed to be named."""
    found: NamedWorker = _one(NamedWorker.objects.select_related("site"), public_id)
    return found


def union(public_id: str) -> Union:
    """A union."""
    found: Union = _one(Union.objects.all(), public_id)
    return found
