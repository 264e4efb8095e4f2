"""Samples of the list of enterprises without a union: drawn, checked on the spot, closed."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import Finding
from unionhall.apps.coverage.models import DrawnEnterprise, Enterprise, ListSample, SampleCheck
from unionhall.apps.coverage.usecases.enterprises import account_of
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.models import Account
from unionhall.engines.sampling import drawn as draw
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

LARGEST = 2000


@transaction.atomic
def draw_sample(*, by: Account, at: datetime, union: Union, size: int) -> ListSample:
    """Draw enterprises at random from those of a union's grounds that have no union by the ledger.

    The seed is made after the list is fixed, so that nobody can choose the enterprises by it. Refused with
    SAMPLE_OPEN while another one is under way, SAMPLE_SIZE, SAMPLE_LIST_SHORT.
    """
    require(rules.keeps_ground, by, union)
    # Two at once would both find none open.
    Union.objects.select_for_update().get(pk=union.pk)
    if ListSample.objects.filter(union=union, closed_at=None).exists():
        raise Refusal("SAMPLE_OPEN")
    if not 1 <= size <= LARGEST:
        raise Refusal("SAMPLE_SIZE", most=LARGEST)
    those = queries.samples.listed(subtree([union.pk], at.astimezone(CITY).date()))
    if size > len(those):
        raise Refusal("SAMPLE_LIST_SHORT", listed=len(those))
    seed = secrets.token_hex(8)
    sample = ListSample.objects.create(
        union=union,
        size=size,
        seed=seed,
        listed=queries.samples.packed(those),
        listed_count=len(those),
        digest=queries.samples.digest_of(those),
        account=by,
        at=at,
    )
    chosen = draw(those, size, seed)
    keys = dict(Enterprise.objects.filter(public_id__in=chosen).values_list("public_id", "pk"))
    DrawnEnterprise.objects.bulk_create(
        (
            DrawnEnterprise(
                public_id=new_public_id(), sample=sample, place=place, enterprise_id=keys[public_id]
            )
            for place, public_id in enumerate(chosen, start=1)
        ),
        batch_size=500,
    )
    # In the trail as well, where nothing can be changed: list and seed were these from the beginning.
    refs: dict[str, str | int] = {"size": size, "seed": seed, "list": sample.digest}
    audit.record(by.actor, "sample.draw", sample, at=at, refs=refs)
    return sample


@transaction.atomic
def check_drawn(
    *, by: Acting, at: datetime, drawn: DrawnEnterprise, finding: Finding, key: str, note: str = ""
) -> SampleCheck:
    """Note what was found of a drawn enterprise; a later answer takes the place of an earlier one.

    The same ``key`` again gives what it noted, also after the sample was closed. Refused with KEY_REUSED,
    SAMPLE_CLOSED.
    """
    require(rules.checks, by, drawn)
    # A closing waits for answers that are being written, and answers that come after it are refused.
    sample = ListSample.objects.select_for_update().defer("listed").get(pk=drawn.sample_id)
    content = {"drawn": drawn, "finding": finding, "note": note.strip()}
    known = SampleCheck.objects.filter(key=key).first()
    if known is not None:
        if any(getattr(known, name) != value for name, value in content.items()):
            raise Refusal("KEY_REUSED")
        return known
    if sample.closed_at is not None:
        raise Refusal("SAMPLE_CLOSED")
    check = SampleCheck.objects.create(key=key, account=account_of(by), at=at, **content)
    refs = {"drawn": drawn.public_id, "finding": str(finding)}
    audit.record(by.actor, "sample.check", sample, at=at, refs=refs)
    return check


@transaction.atomic
def close_sample(*, by: Account, at: datetime, sample: ListSample) -> ListSample:
    """Close a sample: from now on its answers stay as they are.

    Refused with SAMPLE_CLOSED, SAMPLE_UNCHECKED where nothing was checked.
    """
    require(rules.keeps_sample, by, sample)
    fresh = ListSample.objects.select_for_update().defer("listed").get(pk=sample.pk)
    if fresh.closed_at is not None:
        raise Refusal("SAMPLE_CLOSED")
    found = queries.samples.result(fresh)
    if not found.checked:
        raise Refusal("SAMPLE_UNCHECKED")
    fresh.closed_by, fresh.closed_at = by, at
    fresh.save(update_fields=["closed_by", "closed_at"])
    refs = {"right": found.right, "wrong": found.wrong, "not_found": found.not_found, "of": found.size}
    audit.record(by.actor, "sample.close", fresh, at=at, refs=refs)
    return fresh
