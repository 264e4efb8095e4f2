"""Imports in two steps: a dry run that shows what each row would do, then commit.

See docs/reference/imports.md.
"""

from unionhall.kernel.imports.forms import Form, FormColumn, blank_form, write_form
from unionhall.kernel.imports.sheets import Column, SheetError, Table, read_table, returned_table, template
from unionhall.kernel.imports.staging import (
    Outcome,
    commit_import,
    discard_import,
    purge_imports,
    stage_import,
    table_of,
)
from unionhall.kernel.imports.streams import check_form, read_form, returned_form

__all__ = [
    "Column",
    "Form",
    "FormColumn",
    "Outcome",
    "SheetError",
    "Table",
    "blank_form",
    "check_form",
    "commit_import",
    "discard_import",
    "purge_imports",
    "read_form",
    "read_table",
    "returned_form",
    "returned_table",
    "stage_import",
    "table_of",
    "template",
    "write_form",
]
