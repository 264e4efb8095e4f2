"""Members from the collection form: what each row would do, and doing it for a thousand at once."""

from __future__ import annotations

from unionhall.apps.membership.usecases.collecting.members.register import MemberRegister

__all__ = ["MemberRegister"]
