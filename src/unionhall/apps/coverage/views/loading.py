"""Rows by the public id in an address; to whoever may not see one there is none (see `guard`)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from unionhall.apps.coverage.models import (
    Block,
    BlockPlan,
    Delivery,
    DrawnEnterprise,
    Enterprise,
    Founding,
    Lead,
    LinkageRun,
    ListSample,
    NamedWorker,
    RegisterSource,
    ReviewPair,
    Site,
    Touchpoint,
    VisitPhoto,
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
        Enterprise.objects.select_related("ground", "union", "employer", "contact", "block"), public_id
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
    found: Site = _one(Site.objects.select_related("ground", "enterprise", "contact", "block"), public_id)
    return found


def worker(public_id: str) -> NamedWorker:
    """Somebody who agreed to be named."""
    found: NamedWorker = _one(NamedWorker.objects.select_related("site"), public_id)
    return found


def union(public_id: str) -> Union:
    """A union."""
    found: Union = _one(Union.objects.all(), public_id)
    return found


def block(public_id: str) -> Block:
    """A block."""
    found: Block = _one(Block.objects.select_related("ground"), public_id)
    return found


def plan(public_id: str) -> BlockPlan:
    """A plan of blocks."""
    found: BlockPlan = _one(
        BlockPlan.objects.select_related("ground", "asked_by__person", "ended_by__person"), public_id
    )
    return found


def touchpoint(public_id: str) -> Touchpoint:
    """A channel of a block."""
    found: Touchpoint = _one(Touchpoint.objects.select_related("block"), public_id)
    return found


def lead(public_id: str) -> Lead:
    """A shop that a steward found."""
    found: Lead = _one(
        Lead.objects.select_related("block__ground", "account__person", "enterprise"), public_id
    )
    return found


def photo(public_id: str) -> VisitPhoto:
    """The picture of a visit."""
    found: VisitPhoto = _one(VisitPhoto.objects.select_related("entry__enterprise", "entry__site"), public_id)
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


def sample(public_id: str) -> ListSample:
    """A sample of the list of enterprises without a union."""
    found: ListSample = _one(
        ListSample.objects.select_related("union", "account__person", "closed_by__person"), public_id
    )
    return found


def drawn(public_id: str) -> DrawnEnterprise:
    """One enterprise of a sample."""
    found: DrawnEnterprise = _one(
        DrawnEnterprise.objects.select_related("sample__union", "enterprise__ground", "enterprise__block"),
        public_id,
    )
    return found
