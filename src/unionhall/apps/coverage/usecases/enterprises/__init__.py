"""Enterprises in the ledger, with their history.

`adding` enters them, `changing` keeps what is known of them, `leaving` marks those that are gone; `naming` is
how their names are written, `rows` what all of these do to a row.
"""

from __future__ import annotations

from unionhall.apps.coverage.usecases.enterprises.adding import Told, add_enterprise, add_enterprises
from unionhall.apps.coverage.usecases.enterprises.changing import (
    MOVED_FIELDS,
    bears,
    change_facts,
    count_employees,
    move,
    note_code,
    put_address,
    put_codes,
    put_facts,
    put_headcount,
    put_name,
    rename,
    set_next_step,
)
from unionhall.apps.coverage.usecases.enterprises.leaving import mark_back, mark_gone, put_gone
from unionhall.apps.coverage.usecases.enterprises.naming import ToldName, keep_whole, tell_again, written
from unionhall.apps.coverage.usecases.enterprises.rows import (
    account_of,
    exists,
    hours_of,
    locked,
    not_in_future,
    place_of,
    save,
)

__all__ = [
    "MOVED_FIELDS",
    "Told",
    "ToldName",
    "account_of",
    "add_enterprise",
    "add_enterprises",
    "bears",
    "change_facts",
    "count_employees",
    "exists",
    "hours_of",
    "keep_whole",
    "locked",
    "mark_back",
    "mark_gone",
    "move",
    "not_in_future",
    "note_code",
    "place_of",
    "put_address",
    "put_codes",
    "put_facts",
    "put_gone",
    "put_headcount",
    "put_name",
    "rename",
    "save",
    "set_next_step",
    "tell_again",
    "written",
]
