"""Who sees a union: whoever holds a post in it or above it. Who changes it: an administrator there."""

from __future__ import annotations

from unionhall.apps.orgs.models import Union
from unionhall.kernel.permissions import ADMINISTRATOR, has_post, in_reach


def _key(union: Union) -> int:
    return union.pk


holds_any_post = has_post()
sees_union = in_reach(of=_key)
administers = in_reach(ADMINISTRATOR, of=_key)
