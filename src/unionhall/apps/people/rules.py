"""Who sees a person: whoever holds a post in the person's union or above it."""

from __future__ import annotations

from unionhall.apps.people.models import Person
from unionhall.kernel.permissions import has_post, in_reach


def _union(person: Person) -> int:
    return person.union_id


holds_any_post = has_post()
sees_person = in_reach(of=_union)
