"""What a handover sheet holds, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from unionhall.apps.coverage.models import Block, Enterprise, Site
from unionhall.apps.coverage.queries import blocks as of_blocks
from unionhall.apps.coverage.queries.workload import TO_BE_WON

# So many of a block's enterprises stand on the sheet, the most pressing; the ledger has them all.
MOST = 40


def sheet(blocks: Sequence[Block], giver: str, taker: str, on: date) -> dict[str, Any]:
    """The sheet for some blocks that change hands."""
    ground = blocks[0].ground.name if blocks else ""
    return {
        "title": _("Handover of blocks"),
        "ground": ground,
        "said": _("From %(giver)s to %(taker)s, as of %(day)s")
        % {"giver": giver or "—", "taker": taker or "—", "day": on.isoformat()},
        "blocks": [_block(one) for one in blocks],
        "words": {
            "enterprises": _("Enterprises to be won, the most pressing first"),
            "sites": _("Workers' sites"),
            "channels": _("Channels"),
            "nothing": _("None"),
            "columns": [_("enterprise"), _("address"), _("union"), _("last contact"), _("next step")],
            "site_columns": [
                _("site"),
                _("address"),
                _("Joined / workers"),
                _("last contact"),
                _("next step"),
            ],
            "signatures": [_("Handed over by"), _("Taken over by"), _("Witnessed by")],
            "foot": _(
                "Numbers of contact persons are not on this sheet; the ledger opens them for a reason."
            ),
        },
    }


def _block(block: Any) -> dict[str, Any]:
    told: Any = of_blocks.blocks_of(block.ground).filter(pk=block.pk).first()
    rows = of_blocks.enterprises(block).filter(state__in=TO_BE_WON)
    left = max(0, rows.count() - MOST)
    return {
        "name": f"{block.code} {block.name}" if block.code != block.name else block.name,
        "town": block.town,
        "figures": _("Workload %(work)s: %(won)s of %(all)s enterprises to be won, %(sites)s sites")
        % {
            "work": told.workload if told else 0,
            "won": told.to_be_won if told else 0,
            "all": told.enterprises_here if told else 0,
            "sites": told.sites_here if told else 0,
        },
        "enterprises": [
            [one.name, one.address, one.get_state_display(), _day(one.last_contact_on), _next(one)]
            for one in rows[:MOST]
        ],
        "left": _("and %(n)s more in the ledger") % {"n": left} if left else "",
        "sites": [
            [
                one.name,
                one.address,
                f"{one.joined} / {'?' if one.headcount is None else one.headcount}",
                _day(one.last_contact_on),
                _next(one),
            ]
            for one in of_blocks.sites(block)
        ],
        "channels": [
            f"{one.get_kind_display()} {one.handle} · {one.reach}" for one in of_blocks.touchpoints(block)
        ],
    }


def _day(on: date | None) -> str:
    return on.isoformat() if on else "—"


def _next(one: Enterprise | Site) -> str:
    return " · ".join(filter(None, (one.next_step, one.next_due.isoformat() if one.next_due else ""))) or "—"
