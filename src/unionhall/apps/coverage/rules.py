"""Who keeps the ledger: administrators and officers of the ground's union or above it.

Contact persons leave the house as a list only with whoever answers for the register; the upper union approves
a founding. A steward notes visits in the blocks that the stewardship names, and reports shops found there.
"""

from __future__ import annotations

from typing import Any

from rules.predicates import Predicate

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
    Stewardship,
    Touchpoint,
    VisitContact,
    VisitPhoto,
)
from unionhall.apps.orgs.models import Agreement, Union
from unionhall.apps.people.codes import PostRole
from unionhall.kernel.permissions import has_post, in_reach

KEEPERS = (PostRole.ADMINISTRATOR, PostRole.OFFICER)


def _itself(union: Union) -> int:
    return union.pk


def _ground(thing: Enterprise | Site | Founding | Block | BlockPlan | Agreement | LinkageRun) -> int:
    return thing.ground_id


def _of_worker(worker: NamedWorker) -> int:
    return worker.site.ground_id


def _of_contact(contact: VisitContact) -> int:
    here = contact.enterprise or contact.site
    assert here is not None, "a contact is of an enterprise or of a site"
    return here.ground_id


def _of_block(thing: Lead | Touchpoint) -> int:
    return thing.block.ground_id


def _of_photo(photo: VisitPhoto) -> int:
    here = photo.entry.enterprise or photo.entry.site
    assert here is not None, "a contact is with an enterprise or at a site"
    return here.ground_id


def _looks_after(account: Any, block: int | None = None) -> bool:
    mine = Stewardship.objects.filter(person=account.person_id, ends=None)
    return bool(account.person_id) and (mine.filter(block=block) if block else mine).exists()


def _stands_there(account: Any, thing: Enterprise | Site) -> bool:
    return thing.block_id is not None and _looks_after(account, thing.block_id)


def _of_sample(sample: ListSample) -> int:
    return sample.union_id


def _of_drawn(drawn: DrawnEnterprise) -> int:
    return drawn.enterprise.ground_id


def _of_source(source: RegisterSource) -> int:
    return source.agreement.ground_id


def _of_delivery(delivery: Delivery) -> int:
    return delivery.source.agreement.ground_id


def _of_pair(pair: ReviewPair) -> int:
    return pair.run.ground_id


def _upper(founding: Founding) -> int:
    return founding.upper_id


keeps_any_ground = has_post(*KEEPERS)
keeps_ground = in_reach(*KEEPERS, of=_itself)
keeps = in_reach(*KEEPERS, of=_ground)
keeps_worker = in_reach(*KEEPERS, of=_of_worker)
keeps_contact = in_reach(*KEEPERS, of=_of_contact)
keeps_source = in_reach(*KEEPERS, of=_of_source)
keeps_delivery = in_reach(*KEEPERS, of=_of_delivery)
keeps_pair = in_reach(*KEEPERS, of=_of_pair)
# What somebody else has decided is taken back by whoever answers for the union.
recalls_others = in_reach(PostRole.ADMINISTRATOR, of=_of_pair)
# An agreement is signed by whoever answers for the union.
agrees = in_reach(PostRole.ADMINISTRATOR, of=_itself)
ends_agreement = in_reach(PostRole.ADMINISTRATOR, of=_ground)
# Whole lists with open numbers leave the house only in the hands of those who answer for the register.
opens_contacts = in_reach(PostRole.ADMINISTRATOR, of=_itself)
# A rule is published by whoever answers for the union that it is for.
publishes = in_reach(PostRole.ADMINISTRATOR, of=_itself)
publishes_anywhere = has_post(PostRole.ADMINISTRATOR)
approves = in_reach(*KEEPERS, of=_upper)
registers = in_reach(PostRole.ADMINISTRATOR, of=_upper)
sees_founding = keeps | approves

keeps_block = in_reach(*KEEPERS, of=_of_block)
keeps_photo = in_reach(*KEEPERS, of=_of_photo)
# A steward, whatever post they hold or none.
is_steward = Predicate(lambda account, _thing=None: _looks_after(account), "is_steward")
tends = Predicate(_stands_there, "tends")
tends_block = Predicate(lambda account, block: _looks_after(account, block.pk), "tends_block")
visits = keeps | tends
sees_block = keeps | tends_block
keeps_sample = in_reach(*KEEPERS, of=_of_sample)
keeps_drawn = in_reach(*KEEPERS, of=_of_drawn)
tends_drawn = Predicate(lambda account, drawn: _stands_there(account, drawn.enterprise), "tends_drawn")
checks = keeps_drawn | tends_drawn
