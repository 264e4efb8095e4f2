"""The ledger as it is listed and searched; what one enterprise's page shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import translation

from unionhall.apps.coverage.codes import OPEN_TO_FOUND, SIZES, SizeClass
from unionhall.apps.coverage.models import (
    ContactEntry,
    Enterprise,
    EnterpriseCode,
    EnterpriseName,
    HeadquartersProposal,
    StateEntry,
    Stewardship,
)
from unionhall.apps.coverage.queries.names import borne
from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import of_unions
from unionhall.engines.linkage import masked_name, person_in
from unionhall.kernel.models import Job, StagedImport
from unionhall.kernel.sealed import UnsealError, unseal

GROUNDS = (UnionLevel.DISTRICT, UnionLevel.STREET, UnionLevel.INDUSTRY)


def ledger(unions: frozenset[int]) -> QuerySet[Enterprise]:
    """The enterprises of some grounds that are still there, the most pressing first."""
    return (
        Enterprise.objects.filter(of_unions("ground", unions), gone="")
        .select_related("ground", "union")
        .order_by("-score", "id")
    )


def everything(unions: frozenset[int]) -> QuerySet[Enterprise]:
    """As `ledger`, with those that have gone."""
    return (
        Enterprise.objects.filter(of_unions("ground", unions))
        .select_related("ground", "union")
        .order_by("-score", "id")
    )


def grounds(unions: Iterable[int]) -> QuerySet[Union]:
    """The unions among some whose ground enterprises may lie in."""
    return Union.objects.filter(pk__among=unions, level__in=GROUNDS).order_by("name")


def like(text: str) -> Q:
    """Whom a search box finds: by a present or former name, or by the beginning of a number.

    A name that names a person is found by the whole of it. By a part of it all are found that are masked
    alike: 李红梅服装店 finds 江城市城东区李某某服装店, whoever that is.
    """
    words = text.strip()
    named = _called(words) | borne(words)
    if person := person_in(words):
        named |= _called(masked_name(words, person))
    code = words.upper().replace(" ", "")
    if len(code) >= 4 and code.isascii() and code.isalnum():
        numbered = EnterpriseCode.objects.filter(code__startswith=code).values("enterprise_id")
        return named | Q(pk__in=numbered) | Q(public_id=code)
    return named


def _called(words: str) -> Q:
    former = EnterpriseName.objects.filter(former=True, name__icontains=words)
    return Q(name__icontains=words) | Q(pk__in=former.values("enterprise_id"))


def with_block(rows: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
    """Enterprises with ``block_code`` and ``steward``, who looks after that block now."""
    present = Stewardship.objects.filter(block=OuterRef("block"), ends=None)
    told: QuerySet[Any] = rows.annotate(
        block_code=F("block__code"), steward=Subquery(present.values("person__name"))
    )
    return told


def proposed() -> Q:
    """Of whom linking says that the union of their headquarters may cover them, and nobody has decided."""
    return Q(proposal__isnull=False, proposal__settled_at=None, state__in=OPEN_TO_FOUND)


def proposal_of(enterprise: Enterprise) -> HeadquartersProposal | None:
    """What is proposed of an enterprise and waits for a decision."""
    waiting = HeadquartersProposal.objects.select_related("run__union").filter(
        enterprise=enterprise, settled_at=None
    )
    return waiting.filter(enterprise__state__in=OPEN_TO_FOUND, enterprise__gone="").first()


def with_steward(name: str) -> Q:
    """Whose block is looked after now by somebody of that name, or part of it."""
    present = Stewardship.objects.filter(ends=None, person__name__icontains=name.strip())
    return Q(block__in=present.values("block_id"))


def of_size(size: str) -> Q:
    """Whose number of employees lies in a class; the same as `Enterprise.size`."""
    if size == SizeClass.UNKNOWN:
        return Q(headcount=None)
    low, high = SIZES[SizeClass(size)]
    return Q(headcount__gte=low) & (Q(headcount__lt=high) if high is not None else Q())


def overdue(on: date) -> Q:
    """Whose next step was due before a day."""
    return Q(next_due__isnull=False, next_due__lt=on)


def towns(unions: frozenset[int]) -> list[str]:
    """The towns and streets that stand in the addresses of some grounds."""
    rows = Enterprise.objects.filter(of_unions("ground", unions)).exclude(town="")
    return list(rows.order_by("town").values_list("town", flat=True).distinct())


def contacts(enterprise: Enterprise) -> QuerySet[ContactEntry]:
    """What was done about an enterprise, the latest first."""
    return (
        enterprise.contacts.select_related("account__person", "photo")
        .defer("photo__sealed")
        .order_by("-on", "-pk")
    )


def states(enterprise: Enterprise) -> QuerySet[StateEntry]:
    """How an enterprise came to its present state, the latest first."""
    return enterprise.state_entries.select_related("account__person", "union").order_by("-pk")


EXTRA = "enterprise.extra"


def kept_columns(enterprise: Enterprise) -> dict[str, str]:
    """Columns of a former ledger that are kept with the row; empty where they do not open."""
    if not enterprise.extra_sealed:
        return {}
    try:
        kept: Any = json.loads(unseal(bytes(enterprise.extra_sealed), row=enterprise.public_id, column=EXTRA))
    except UnsealError:
        return {}
    return {str(name): str(value) for name, value in kept.items()}


# What a former ledger says of visits is kept under this title, beside the contact log.
VISITS = "走访记录"


def log_line(entry: ContactEntry) -> str:
    """One contact as a line of an office's sheet, whose words are Chinese in every language of the pages."""
    with translation.override("zh-hans"):
        said = [entry.on.isoformat(), str(entry.get_kind_display()), str(entry.get_outcome_display())]
    who = entry.account.shown_name if entry.account else entry.by_words
    return " ".join(part for part in (*said, entry.note, who and f"（{who}）") if part)


def handed_in(ground: Union, most: int = 20) -> QuerySet[StagedImport]:
    """The last ledgers that were handed in for a ground, without their contents."""
    found = StagedImport.objects.filter(subject=ground.public_id, kind="LEDGER")
    return found.defer("payload", "report").order_by("-pk")[:most]


def sheet_of(public_id: str, ground: Union | None = None) -> StagedImport | None:
    """A ledger that was handed in, its contents left until they are asked for."""
    found = StagedImport.objects.filter(kind="LEDGER", public_id=public_id)
    if ground is not None:
        found = found.filter(subject=ground.public_id)
    return found.defer("payload", "report").first()


def last_job(staged: StagedImport) -> Job | None:
    """The job that works on it, or did so last."""
    return Job.objects.filter(subject=staged.public_id).order_by("-pk").first()
