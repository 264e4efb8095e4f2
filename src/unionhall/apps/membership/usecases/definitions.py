"""What figures are measured against: a year's target, and lists of occupations of a union's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from unionhall.apps.membership import rules
from unionhall.apps.membership.models import CategorySet, Target
from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Union
from unionhall.kernel import audit
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal


@transaction.atomic
def set_target(
    *, by: Acting, at: datetime, union: Union, year: int, joins: int, listed: CategorySet | None = None
) -> Target:
    """Say how many joins a union means to reach in a year: of all, or of the occupations of a list."""
    require(rules.sets_measures, by, union)
    target, _new = Target.objects.update_or_create(
        union=union, year=year, category_set=listed, defaults={"joins": joins}
    )
    refs: dict[str, str | int] = {"union": union.public_id, "year": year, "joins": joins}
    if listed is not None:
        refs |= {"list": listed.code, "version": listed.version}
    audit.record(by.actor, "target.set", target, at=at, refs=refs)
    return target


@transaction.atomic
def publish_list(
    *, by: Acting, at: datetime, union: Union, name: str, basis: str, occupations: Sequence[str]
) -> CategorySet:
    """Add a district's own list of new forms of employment, or the next version of it.

    Former versions stay, since figures were counted by them. Refused with LIST_NOT_OF_DISTRICT for a union of
    another level, OCCUPATIONS_MISSING, BASIS_MISSING, SAME_LIST when nothing differs from the version before.
    """
    require(rules.sets_measures, by, union)
    if union.level != UnionLevel.DISTRICT:
        raise Refusal("LIST_NOT_OF_DISTRICT", union=union.short_name)
    if not occupations:
        raise Refusal("OCCUPATIONS_MISSING")
    if not name.strip() or not basis.strip():
        raise Refusal("BASIS_MISSING")
    # Two who publish at once get two versions.
    Union.objects.select_for_update().get(pk=union.pk)
    code = f"OWN_{union.public_id}"
    former = CategorySet.objects.filter(code=code).order_by("-version").first()
    told = {"name": name.strip(), "basis": basis.strip(), "occupations": sorted(set(occupations))}
    if former is not None and all(getattr(former, key) == value for key, value in told.items()):
        raise Refusal("SAME_LIST")
    listed = CategorySet.objects.create(
        code=code, version=former.version + 1 if former else 1, union=union, at=at, **told
    )
    audit.record(
        by.actor,
        "category_set.publish",
        listed,
        at=at,
        refs={"union": union.public_id, "version": listed.version},
    )
    return listed
