"""What the engine says of a plan, in words, with names in place of ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from unionhall.apps.coverage.models import BlockPlan


def of_problems(plan: BlockPlan, problems: Sequence[Mapping[str, Any]]) -> list[str]:
    """Why no plan could be made, or what to look at in one that was."""
    names = dict(plan.stewards.values_list("person__public_id", "person__name"))
    blocks = dict(plan.rows.values_list("block__public_id", "block__name"))
    words = _words()
    told = []
    for one in problems:
        data = dict(one["data"])
        for key in ("steward",):
            data[key] = names.get(str(data.get(key, "")), str(data.get(key, "")))
        data["block"] = blocks.get(str(data.get("block", "")), str(data.get("block", "")))
        for key in ("workload", "limits", "limit", "load", "share"):
            if key in data:
                data[key] = f"{float(data[key]):,.0f}"
        if "deviation" in data:
            data["deviation"] = f"{float(data['deviation']):+.1%}"
        said = words.get(str(one["code"]))
        told.append(said % data if said else _("The engine says %(code)s.") % {"code": one["code"]})
    return told


def _words() -> dict[str, str]:
    return {
        "BEYOND_TOLERANCE": _(
            "%(steward)s has %(load)s, %(deviation)s against an even share of %(share)s; nothing nearer "
            "was found."
        ),
        "CAPACITY_NOT_POSITIVE": _("The capacity of %(steward)s has to be above 0."),
        "ISLAND": _(
            "%(block)s and what hangs on it (%(blocks)s blocks) touch no other block, and there is too "
            "little for a steward of their own. Hand in a table that names a neighbour across."
        ),
        "LIMITS_SHORT": _(
            "All limits together are %(limits)s, and there is %(workload)s to be done. Raise limits or "
            "add a steward."
        ),
        "LIMIT_EXCEEDED": _(
            "No plan was found that keeps %(steward)s within %(limit)s. Raise the limit, or unlock blocks."
        ),
        "LOCKS_APART": _(
            "%(block)s is locked for %(steward)s and cannot be joined to the rest of that ground. Unlock it."
        ),
        "LOCKS_LEAVE_NO_ROOM": _("Locked blocks leave none for %(steward)s. Unlock some."),
        "LOCK_OF_LEAVER": _("%(block)s is locked for %(steward)s, who leaves. Unlock it."),
        "LOCK_UNKNOWN_STEWARD": _("%(block)s is locked for somebody who is not in the plan. Unlock it."),
        "LOCK_WITHOUT_STEWARD": _("%(block)s is locked and lies with nobody. Unlock it."),
        "MORE_STEWARDS_THAN_BLOCKS": _(
            "%(stewards)s stewards for %(blocks)s blocks: everybody needs at least one. Take stewards out."
        ),
        "NOBODY_HOLDS": _("No block lies with any of these stewards. Ask for a first cut."),
        "NO_BLOCKS": _("There are no blocks."),
        "NO_ROOM": _("No block can be freed for %(steward)s. Unlock some."),
        "NO_STEWARDS": _("Nobody is left among whom the ground could be divided."),
        "NO_WORKLOAD": _(
            "No enterprise and no site stands in these blocks: there is no work to divide. Put them in "
            "blocks first."
        ),
        "SEPARATE_GROUND": _(
            "%(block)s and what hangs on it (%(blocks)s blocks) touch no other block and were divided by "
            "themselves."
        ),
    }
