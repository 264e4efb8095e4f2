"""`among`: whether a key, foreign or a row's own, is one of many, told to the database as one value.

`in` writes a parameter for every key: a district's 2,500 unions cost more to write and to read than to look
up, and SQLite takes no more than some thousands of parameters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import BigAutoField, ForeignKey, Lookup


class Among(Lookup):
    """``union__among=keys`` for any number of primary keys."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, lhs: Any, rhs: Iterable[int]) -> None:
        # In one order, so that the same question is the same statement.
        super().__init__(lhs, sorted(rhs))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        # As text: the driver takes longer to write thousands of numbers than the database to look them up.
        return f"{left} = ANY(CAST(%s AS bigint[]))", (*params, f"{{{','.join(map(str, self.rhs))}}}")

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        among = f"{left} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - a column's name only
        return among, (*params, json.dumps(self.rhs))


def register() -> None:
    """Teach Django the lookup; once, when the kernel is ready."""
    for field in (ForeignKey, BigAutoField):
        field.register_lookup(Among)
