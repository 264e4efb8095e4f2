"""Who handles applications and rolls: officers of the union or above it. Who decides what outreach shows."""

from __future__ import annotations

from unionhall.apps.membership.models import (
    Application,
    CorrectionWish,
    Match,
    Membership,
    OutreachSession,
    Question,
    Snapshot,
    SourceCode,
)
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.models import Person
from unionhall.kernel.permissions import has_post, in_reach

KEEPERS = (PostRole.ADMINISTRATOR, PostRole.OFFICER)


# Reminders are sent by the house itself; an administrator sees what became of them.
sends_reminders = has_post(PostRole.ADMINISTRATOR)


def _itself(union: Union) -> int:
    return union.pk


def _of_union(thing: Application | OutreachSession | SourceCode | Snapshot | Question) -> int | None:
    return thing.union_id


def _of_member(membership: Membership) -> int | None:
    return membership.person.union_id


keeps_any_roll = has_post(*KEEPERS)
keeps_roll = in_reach(*KEEPERS, of=_itself)
handles = in_reach(*KEEPERS, of=_of_union)
# Whole rolls with open numbers leave the house only in the hands of those who answer for the register.
opens_roll = in_reach(PostRole.ADMINISTRATOR, of=_itself)
keeps_membership = in_reach(*KEEPERS, of=_of_member)
answers = in_reach(*KEEPERS, of=_of_union)


def _of_person(person: Person) -> int | None:
    return person.union_id


keeps_person = in_reach(*KEEPERS, of=_of_person)


def _of_match(match: Match) -> int | None:
    return match.first.union_id


# Both records must lie within reach; the use case asks for each.
settles = in_reach(*KEEPERS, of=_of_match)
# Targets and lists of one's own are set by administrators.
sets_measures = in_reach(PostRole.ADMINISTRATOR, of=_itself)


def _of_wish(wish: CorrectionWish) -> int | None:
    return wish.person.union_id


keeps_wish = in_reach(*KEEPERS, of=_of_wish)
