"""Who sees a person: whoever holds a post over the person's union. Who changes one: an administrator.

Particulars – numbers and phones, masked or opened – are for administrators and officers only.
"""

from __future__ import annotations

from unionhall.apps.orgs.models import Union
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.models import Person
from unionhall.apps.people.queries import HANDLERS
from unionhall.kernel.permissions import has_post, in_reach


def _union(person: Person) -> int | None:
    return person.union_id


holds_any_post = has_post()
sees_person = in_reach(of=_union)


def _itself(union: Union | None) -> int | None:
    return union.pk if union else None


administers = in_reach(PostRole.ADMINISTRATOR, of=_union)
handles_particulars = in_reach(*HANDLERS, of=_union)
registers = in_reach(PostRole.ADMINISTRATOR, PostRole.CONTEST_ORGANISER, of=_itself)
administers_anywhere = has_post(PostRole.ADMINISTRATOR)
