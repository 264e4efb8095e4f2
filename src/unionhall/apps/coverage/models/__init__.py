"""The ledger of enterprises and workers' sites, one noun per module."""

from __future__ import annotations

from unionhall.apps.coverage.models.blocks import Block, BlockBorder, Stewardship, Touchpoint
from unionhall.apps.coverage.models.contacts import ContactEntry, VisitContact
from unionhall.apps.coverage.models.enterprises import (
    Enterprise,
    EnterpriseAddress,
    EnterpriseCode,
    EnterpriseName,
    Headcount,
    StateEntry,
    WholeName,
)
from unionhall.apps.coverage.models.figures import CoverageSnapshot
from unionhall.apps.coverage.models.foundings import (
    Founding,
    FoundingDocument,
    FoundingEnterprise,
    FoundingStep,
)
from unionhall.apps.coverage.models.plans import BlockPlan, PlanBlock, PlanSteward
from unionhall.apps.coverage.models.priority import Office, PriorityRule
from unionhall.apps.coverage.models.proposals import HeadquartersProposal
from unionhall.apps.coverage.models.registers import (
    Delivery,
    LinkageRun,
    LinkDecision,
    PairOpinion,
    PairRecall,
    RegisterSource,
    ReviewPair,
)
from unionhall.apps.coverage.models.rounds import Lead, VisitPhoto
from unionhall.apps.coverage.models.samples import DrawnEnterprise, ListSample, SampleCheck
from unionhall.apps.coverage.models.sites import NamedWorker, Site, SiteCount

__all__ = [
    "Block",
    "BlockBorder",
    "BlockPlan",
    "ContactEntry",
    "CoverageSnapshot",
    "Delivery",
    "DrawnEnterprise",
    "Enterprise",
    "EnterpriseAddress",
    "EnterpriseCode",
    "EnterpriseName",
    "Founding",
    "FoundingDocument",
    "FoundingEnterprise",
    "FoundingStep",
    "Headcount",
    "HeadquartersProposal",
    "Lead",
    "LinkDecision",
    "LinkageRun",
    "ListSample",
    "NamedWorker",
    "Office",
    "PairOpinion",
    "PairRecall",
    "PlanBlock",
    "PlanSteward",
    "PriorityRule",
    "RegisterSource",
    "ReviewPair",
    "SampleCheck",
    "Site",
    "SiteCount",
    "StateEntry",
    "Stewardship",
    "Touchpoint",
    "VisitContact",
    "VisitPhoto",
    "WholeName",
]
