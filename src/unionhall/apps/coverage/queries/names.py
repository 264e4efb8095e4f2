"""Names of enterprises that name a person: found by their keyed index, and opened for whoever goes there."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q

from unionhall.apps.coverage.models import Enterprise, EnterpriseName, Lead, WholeName
from unionhall.apps.orgs.models import Union
from unionhall.engines.linkage import plain_text
from unionhall.kernel.sealed import UnsealError, keyed_index, unseal

INDEX = "enterprise_name.name"
SEALED = "whole_name.name"
LEAD = "lead.name"
_PORTION = 500


def index_of(name: str) -> bytes:
    """What stands for a whole name, however it is written."""
    return keyed_index(plain_text(name), column=INDEX)


def borne(name: str) -> Q:
    """The enterprises that bear or bore a whole name which names a person."""
    return Q(pk__in=EnterpriseName.objects.filter(name_index=index_of(name)).values("enterprise_id"))


def bearers(ground: Union, names: Collection[str]) -> dict[str, Enterprise]:
    """Who of a ground, still there, bears which of some whole names now."""
    found: dict[str, Enterprise] = {}
    given = list(names)
    for start in range(0, len(given), _PORTION):
        portion = given[start : start + _PORTION]
        rows = Enterprise.objects.filter(ground=ground, gone="", name__in=portion).defer("extra_sealed")
        found |= {row.name: row for row in rows.select_related("ground")}
        indexes = {name: index_of(name) for name in portion}
        held = EnterpriseName.objects.filter(name_index__in=set(indexes.values()), former=False)
        held = held.filter(enterprise__ground=ground, enterprise__gone="")
        by_index = {
            bytes(one.name_index or b""): one.enterprise for one in held.select_related("enterprise__ground")
        }
        found |= {name: by_index[index] for name, index in indexes.items() if index in by_index}
    return found


def opened(held: WholeName) -> str:
    """A whole name, or nothing where it does not open."""
    try:
        return unseal(bytes(held.name_sealed), row=held.public_id, column=SEALED)
    except UnsealError:
        return ""


def whole(rows: Iterable[Enterprise]) -> dict[int, str]:
    """What some enterprises are called, by their keys: whole where the whole name is kept and opens."""
    known = {row.pk: row.name for row in rows}
    kept = WholeName.objects.filter(of__enterprise__among=list(known), of__former=False).select_related("of")
    return known | {one.of.enterprise_id: name for one in kept if (name := opened(one))}


def history(enterprise: Enterprise) -> list[tuple[EnterpriseName, str]]:
    """The names of an enterprise, the latest first, each whole where it is kept."""
    rows = enterprise.names.select_related("whole").order_by("-pk")
    return [(row, opened(row.whole) or row.name if hasattr(row, "whole") else row.name) for row in rows]


def of_lead(lead: Lead) -> str:
    """The name on a sign, whole while the lead waits for its answer."""
    if lead.name_sealed is None:
        return lead.name
    try:
        return unseal(bytes(lead.name_sealed), row=lead.public_id, column=LEAD)
    except UnsealError:
        return lead.name
