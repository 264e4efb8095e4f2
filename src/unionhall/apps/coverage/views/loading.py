"""Rows by the public id in an address; to whoever may not see one there is none (see `guard`)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from unionhall.apps.coverage.models import (
    Delivery,
    Enterprise,
    Founding,
    LinkageRun,
    NamedWorker,
    RegisterSource,
    ReviewPair,
    Site,
)
from unionhall.apps.orgs.models import Agreement, Union


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


def agreement(public_id: str) -> Agreement:
    """An agreement by which an office gives a register."""
    found: Agreement = _one(Agreement.objects.select_related("ground"), public_id)
    return found


def source(public_id: str) -> RegisterSource:
    """A register."""
    found: RegisterSource = _one(RegisterSource.objects.select_related("agreement__ground"), public_id)
    return found


def delivery(public_id: str) -> Delivery:
    """A file of a register."""
    found: Delivery = _one(Delivery.objects.select_related("source__agreement__ground", "account"), public_id)
    return found


def run(public_id: str) -> LinkageRun:
    """A run."""
    parts = [f"{name}__source__agreement" for name in ("market", "union", "tax", "insurance")]
    found: LinkageRun = _one(LinkageRun.objects.select_related("ground", *parts), public_id)
    return found


def pair(public_id: str) -> ReviewPair:
    """A pair that is, or was, to be decided."""
    found: ReviewPair = _one(ReviewPair.objects.select_related("run__ground", "enterprise"), public_id)
    return found
