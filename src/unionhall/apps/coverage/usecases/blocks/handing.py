"""Handover sheets: what whoever takes blocks over has to know, and the line that says it was printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.models import Block, BlockPlan
from unionhall.apps.people.models import Person
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting, require


@transaction.atomic
def sheet_of_block(*, by: Acting, at: datetime, block: Block) -> dict[str, Any]:
    """One block: from whoever had it last to whoever has it now."""
    require(rules.keeps, by, block)
    held = list(queries.blocks.history(block)[:2])
    taker = held[0].person if held else None
    giver = held[1].person if len(held) > 1 else None
    audit.record(by.actor, "handover.print", block, at=at)
    return _sheet([block], giver.name if giver else "", taker.name if taker else "", at)


@transaction.atomic
def sheet_of_plan(*, by: Acting, at: datetime, plan: BlockPlan, taker: Person) -> dict[str, Any]:
    """All blocks that a steward gets by a plan."""
    require(rules.keeps, by, plan)
    rows = [row for row in queries.blocks.moves(plan) if row.after_id == taker.pk]
    givers = dict.fromkeys(row.before.name for row in rows if row.before)
    audit.record(by.actor, "handover.print", plan, at=at, refs={"person": taker.public_id})
    return _sheet([row.block for row in rows], "、".join(givers), taker.name, at)


def _sheet(blocks: Sequence[Block], giver: str, taker: str, at: datetime) -> dict[str, Any]:
    return queries.handover.sheet(blocks, giver, taker, at.astimezone(CITY).date())
