"""Blocks as they are listed, who looks after them, and how evenly the work lies on the stewards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When

from unionhall.apps.coverage.codes import LeadState
from unionhall.apps.coverage.models import (
    Block,
    BlockBorder,
    BlockPlan,
    Enterprise,
    Lead,
    Site,
    Stewardship,
    Touchpoint,
)
from unionhall.apps.coverage.queries.shapes import Atlas
from unionhall.apps.coverage.queries.workload import with_workload
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import of_unions
from unionhall.apps.people.models import Person
from unionhall.kernel.models import Job, StagedImport

KIND = "BLOCKS"
# Why a new block lies with somebody: kept as it is, said in words on pages.
FROM_FILE = "FROM_FILE"


def blocks_within(unions: frozenset[int]) -> QuerySet[Block]:
    """The blocks of some grounds with workload and steward, the heaviest first."""
    return _told(Block.objects.filter(of_unions("ground", unions)))


def blocks_of(ground: Union) -> QuerySet[Block]:
    """As `blocks_within`, of one ground."""
    return _told(Block.objects.filter(ground=ground))


def _told(rows: QuerySet[Block]) -> QuerySet[Block]:
    open_ = Stewardship.objects.filter(block=OuterRef("pk"), ends=None)
    told: QuerySet[Any] = with_workload(rows.filter(closed_on=None).defer("geometry")).annotate(
        steward=Subquery(open_.values("person__name")),
        steward_key=Subquery(open_.values("person_id")),
        since=Subquery(open_.values("starts")),
    )
    return told.select_related("ground").order_by("-workload", "code", "pk")


@dataclass(frozen=True)
class Load:
    """What lies on one steward of a ground, against an even part of all."""

    person: Person
    ground: Union
    blocks: int
    load: int
    deviation: float


def loads(rows: Iterable[Block]) -> list[Load]:
    """How evenly the work of blocks (see `blocks_of`) lies on those who look after them, ground by ground."""
    held: dict[tuple[int, int], list[int]] = {}
    grounds: dict[int, Union] = {}
    for block in rows:
        grounds[block.ground_id] = block.ground
        if block.steward_key:  # type: ignore[attr-defined]
            mine = held.setdefault((block.ground_id, block.steward_key), [])  # type: ignore[attr-defined]
            mine.append(block.workload)  # type: ignore[attr-defined]
    people = Person.objects.in_bulk({person for _ground, person in held})
    totals = {
        ground: sum(sum(work) for (here, _one), work in held.items() if here == ground) for ground in grounds
    }
    crews = {ground: sum(here == ground for here, _one in held) for ground in grounds}
    told = [
        Load(
            people[person],
            grounds[ground],
            len(work),
            sum(work),
            sum(work) * crews[ground] / totals[ground] - 1 if totals[ground] else 0.0,
        )
        for (ground, person), work in held.items()
    ]
    return sorted(told, key=lambda one: (one.ground.name, -one.load, one.person.pk))


def holders(ground: Union) -> dict[int, int]:
    """Who looks after each block of a ground: keys of blocks to keys of persons."""
    rows = Stewardship.objects.filter(block__ground=ground, block__closed_on=None, ends=None)
    return dict(rows.values_list("block_id", "person_id"))


def history(block: Block) -> QuerySet[Stewardship]:
    """Who looked after a block, the latest first."""
    return block.stewardships.select_related("person", "plan", "account__person").order_by("-pk")


def present(block: Block) -> Stewardship | None:
    """Who looks after a block now."""
    return history(block).filter(ends=None).first()


def neighbours(block: Block) -> QuerySet[Block]:
    """The blocks beside one."""
    beside = BlockBorder.objects.filter(Q(first=block) | Q(second=block)).values_list("first_id", "second_id")
    keys = {key for pair in beside for key in pair} - {block.pk}
    return Block.objects.filter(pk__in=keys, closed_on=None).defer("geometry").order_by("code")


def borders(ground: Union) -> QuerySet[BlockBorder]:
    """What lies beside what in a ground."""
    return BlockBorder.objects.filter(
        first__ground=ground, first__closed_on=None, second__closed_on=None
    ).order_by("first_id", "second_id")


def enterprises(block: Block) -> QuerySet[Enterprise]:
    """The enterprises of a block, the most pressing first."""
    return block.enterprises.filter(gone="").defer("extra_sealed").order_by("-score", "pk")


def sites(block: Block) -> QuerySet[Site]:
    """The workers' sites of a block."""
    return block.sites.filter(closed_on=None).order_by("-headcount", "pk")


def touchpoints(block: Block) -> QuerySet[Touchpoint]:
    """By what else the people of a block are reached, the widest first."""
    return block.touchpoints.filter(closed_on=None).order_by("-reach", "pk")


def leads(unions: frozenset[int]) -> QuerySet[Lead]:
    """Shops that stewards found in some grounds; what nobody has looked into comes first."""
    rows = Lead.objects.filter(of_unions("block__ground", unions))
    waits = Case(When(state=LeadState.OPEN, then=Value(0)), default=Value(1))
    return rows.select_related("block__ground", "account__person", "enterprise").order_by(waits, "pk")


def waiting_leads(ground: Union) -> int:
    """How many shops of a ground nobody has looked into yet."""
    return Lead.objects.filter(block__ground=ground, state=LeadState.OPEN).count()


def drawn(ground: Union) -> list[Block]:
    """The blocks of a ground that have an outline."""
    return list(Block.objects.filter(ground=ground, closed_on=None, geometry__isnull=False).order_by("pk"))


def atlas(grounds: Sequence[int]) -> Atlas:
    """The outlines of the blocks of some grounds, to find what lies where."""
    rows = Block.objects.filter(ground__in=grounds, closed_on=None, geometry__isnull=False)
    return Atlas(rows.values_list("pk", "geometry"))


def outside(ground: Union) -> int:
    """How many enterprises of a ground stand in no block."""
    return Enterprise.objects.filter(ground=ground, gone="", block=None).count()


def plans(ground: Union) -> QuerySet[BlockPlan]:
    """The plans of a ground, the latest first."""
    return ground.block_plans.select_related("asked_by__person", "ended_by__person").order_by("-pk")


def handed_in(ground: Union, most: int = 10) -> QuerySet[StagedImport]:
    """The last files of blocks that were handed in for a ground."""
    found = StagedImport.objects.filter(subject=ground.public_id, kind=KIND)
    return found.defer("payload", "report").order_by("-pk")[:most]


def file_of_blocks(public_id: str, ground: Union) -> StagedImport | None:
    """A file of blocks that was handed in."""
    found = StagedImport.objects.filter(kind=KIND, public_id=public_id, subject=ground.public_id)
    return found.defer("payload", "report").first()


def last_job(plan: BlockPlan) -> Job | None:
    """The job that makes a plan, or made it."""
    return Job.objects.filter(subject=plan.public_id).order_by("-pk").first()


def of_steward(person: Person) -> QuerySet[Block]:
    """The blocks that a person looks after now."""
    mine = Stewardship.objects.filter(person=person, ends=None).values("block_id")
    return _told(Block.objects.filter(pk__in=mine)).order_by("code", "pk")


def moves(plan: BlockPlan) -> QuerySet:  # type: ignore[type-arg]
    """The blocks that change hands by a plan."""
    return (
        plan.rows.exclude(why="")
        .filter(~Q(before=F("after")) | Q(before=None))
        .select_related("block", "before", "after")
        .order_by("before__name", "after__name", "block__code")
    )
