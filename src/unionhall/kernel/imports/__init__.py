"""Imports in two steps: a dry run that shows what each row would do, then commit.

See docs/reference/imports.md.
"""

from unionhall.kernel.imports.sheets import Column, SheetError, Table, read_table, returned_table, template
from unionhall.kernel.imports.staging import (
    Outcome,
    commit_import,
    discard_import,
    purge_imports,
    stage_import,
    table_of,
)

__all__ = [
    "Column",
    "Outcome",
    "SheetError",
    "Table",
    "commit_import",
    "discard_import",
    "purge_imports",
    "read_table",
    "returned_table",
    "stage_import",
    "table_of",
    "template",
]
