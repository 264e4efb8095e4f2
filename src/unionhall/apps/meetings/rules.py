"""Who keeps meetings and issues: an officer of the union or above. An issue's owner sees it and reports."""

from __future__ import annotations

from typing import Any

from rules.predicates import Predicate

from unionhall.apps.meetings import queries
from unionhall.apps.meetings.codes import OWNER
from unionhall.apps.meetings.models import Issue, Meeting
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.codes import PostRole
from unionhall.kernel.permissions import has_post, in_reach, takes_part


def _itself(union: Union) -> int:
    return union.pk


def _union(thing: Meeting | Issue) -> int:
    return thing.union_id


def _owns_any(account: Any, _thing: Any = None) -> bool:
    return queries.owned_by(account).exists()


works_in = in_reach(PostRole.OFFICER, of=_itself)
works_anywhere = has_post(PostRole.OFFICER)
keeps = in_reach(PostRole.OFFICER, of=_union)
owns = takes_part(OWNER)
sees_issue = keeps | owns
claims = keeps | owns
follows_issues = works_anywhere | Predicate(_owns_any, "owns_any")
