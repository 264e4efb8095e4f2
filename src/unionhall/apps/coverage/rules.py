"""Who keeps the ledger: administrators and officers of the ground's union or above it.

Contact persons leave the house as a list only with whoever answers for the register; the upper union approves
a founding.
"""

from __future__ import annotations

from unionhall.apps.coverage.models import (
    Delivery,
    Enterprise,
    Founding,
    LinkageRun,
    NamedWorker,
    RegisterSource,
    ReviewPair,
    Site,
    VisitContact,
)
from unionhall.apps.orgs.models import Agreement, Union
from unionhall.apps.people.codes import PostRole
from unionhall.kernel.permissions import has_post, in_reach

KEEPERS = (PostRole.ADMINISTRATOR, PostRole.OFFICER)


def _itself(union: Union) -> int:
    return union.pk


def _ground(thing: Enterprise | Site | Founding | Agreement | LinkageRun) -> int:
    return thing.ground_id


def _of_worker(worker: NamedWorker) -> int:
    return worker.site.ground_id


def _of_contact(contact: VisitContact) -> int:
    here = contact.enterprise or contact.site
    assert here is not None, "a contact is of an enterprise or of a site"
    return here.ground_id


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
