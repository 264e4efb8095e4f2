"""What is said of one row: its outcome, and notes with the column they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from unionhall.apps.membership.codes import RowOutcome
from unionhall.engines.identifiers import IdentifierError, read_credit_code
from unionhall.kernel.imports import Form, FormColumn
from unionhall.kernel.imports.forms import code_of
from unionhall.kernel.imports.sheets import Row

_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))")


class Note(NamedTuple):
    """What is wrong with a row or worth a look: a code, the column and data, for `messages.of_note`."""

    code: str
    column: str = ""
    data: Mapping[str, str | int] = {}


@dataclass
class Verdict:
    """What a row would do, or did. ``told`` is what was read of it, as far as its kind understands it."""

    row: Row
    what: RowOutcome
    notes: list[Note]
    told: Any = None

    def wrong(self, code: str, column: str = "", **data: str | int) -> Verdict:
        """Let the row be one to be mended."""
        self.what = RowOutcome.ERROR
        self.notes.append(Note(code, column, data))
        return self


class Cells:
    """The cells of one row, read with every problem noted, not just the first."""

    def __init__(self, form: Form, row: Row) -> None:
        self.form = form
        self.row = row
        self.notes: list[Note] = []

    def wrong(self, code: str, column: str = "", **data: str | int) -> None:
        """Note what is wrong."""
        self.notes.append(Note(code, column, data))

    def text(self, name: str, most: int) -> str:
        """A text of at most so many characters."""
        column, value = self.form.column(name), self.row.values.get(name, "")
        if not value and column.required:
            self.wrong("MISSING", name)
        elif len(value) > most:
            self.wrong("TOO_LONG", name, most=most)
        return value

    def code(self, name: str, default: str = "") -> str:
        """What was chosen from a drop-down."""
        column, value = self.form.column(name), self.row.values.get(name, "")
        if not value:
            if column.required:
                self.wrong("MISSING", name)
            return default
        code = code_of(column, value)
        if code is None:
            self.wrong("NOT_OFFERED", name)
        return code or default

    def day(self, name: str, *, required: bool, until: date | None = None) -> date | None:
        """A day in one of the ways in which days are written, not after ``until``."""
        value = self.row.values.get(name, "")
        if not value:
            if required:
                self.wrong("MISSING", name)
            return None
        day = _day(value)
        if day is None:
            self.wrong("NOT_A_DAY", name)
        elif until is not None and day > until:
            self.wrong("DAY_AHEAD", name)
        return day

    def credit_code(self, name: str) -> str:
        """A unified social credit code, or nothing."""
        value = self.row.values.get(name, "")
        if not value:
            if self.form.column(name).required:
                self.wrong("MISSING", name)
            return ""
        try:
            return read_credit_code(value).code
        except IdentifierError as error:
            self.wrong(f"CREDIT_CODE_{error.code}", name)
            return ""


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, short_month, short_day = found.groups()
    try:
        return date(int(year), int(month or short_month), int(day or short_day))
    except ValueError:
        return None


def titles(form: Form, names: Iterator[str] | Sequence[str]) -> str:
    """Columns as they stand in the form."""
    return "、".join(form.column(name).titles[0] for name in names)


__all__ = ["Cells", "FormColumn", "Note", "Verdict", "titles"]
