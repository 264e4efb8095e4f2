"""Official forms: locked workbooks that open with drop-downs, carry a stamp, and come back as rows.

The titles, hints and words of an official form are Chinese in every language of the pages.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import IO

import xlsxwriter
from django.db.models import TextChoices
from django.utils import translation
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from unionhall.kernel.imports.sheets import Column, SheetError, harmless

# A property of the file that programs keep and people do not see.
STAMP = "unionhall-form"
LANGUAGES = ("zh-hans", "en")
A3, A4 = 8, 9  # as Excel numbers paper
WIDE = 180  # characters that can still be read on A4 across
FOLDER = "unionhall-form-"
# No form takes that long to write.
LEFT = timedelta(hours=6)
# The last row that drop-downs and checks reach to; Excel keeps the ranges, not the cells.
LAST_ROW = 100_002


@dataclass(frozen=True)
class FormColumn(Column):
    """A column of a form: its hint, and the codes that may be chosen, shown in words."""

    hint: str = ""
    choices: type[TextChoices] | None = None
    # Which of the codes are offered; all of them unless told.
    offered: tuple[str, ...] = ()
    # The name of a list that is given when the form is made, such as the unions within reach.
    listed: str = ""
    width: int = 16

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that may be chosen."""
        if self.choices is None:
            return ()
        return self.offered or tuple(self.choices.values)

    @cached_property
    def words(self) -> Mapping[str, str]:
        """What may stand in a coded column, in either language or as the code, by what it means."""
        meant: dict[str, str] = {}
        assert self.choices is not None, "a coded column"
        for language in LANGUAGES:
            with translation.override(language):
                meant |= {str(self.choices(code).label).lower(): code for code in self.codes}
        return meant | {code.lower(): code for code in self.codes}


@dataclass(frozen=True)
class Form:
    """A form: what it is, which version, and its columns."""

    code: str
    version: int
    title: str
    columns: tuple[FormColumn, ...]

    @property
    def stamp(self) -> str:
        """What a workbook of this form and version carries."""
        return f"{self.code}/{self.version}"

    def column(self, name: str) -> FormColumn:
        """A column by its name in code."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, FormColumn]:
        return {one.name: one for one in self.columns}


def code_of(column: FormColumn, text: str) -> str | None:
    """The code that a word of a drop-down stands for; None when it is no such word."""
    return column.words.get(text.lower())


def label_of(column: FormColumn, code: str) -> str:
    """A code as it stands in the form; nothing for no code."""
    return labels(column).get(code, "")


@lru_cache(maxsize=64)
def labels(column: FormColumn) -> Mapping[str, str]:
    """The codes of a column with their words."""
    assert column.choices is not None, "a coded column"
    with translation.override("zh-hans"):
        return {code: str(column.choices(code).label) for code in column.codes}


def check_stamp(form: Form, stamp: str) -> None:
    """Refuse a workbook that carries another form's stamp: FORM_OTHER or FORM_VERSION.

    One without any stamp, such as rows pasted into a sheet of one's own, is read by its titles.
    """
    if not stamp or stamp == form.stamp:
        return
    code, _slash, version = stamp.partition("/")
    if code != form.code:
        raise SheetError("FORM_OTHER", form=form.title)
    raise SheetError("FORM_VERSION", form=form.title, version=version[:10], present=form.version)


def write_form(
    form: Form,
    target: IO[bytes],
    rows: Iterable[Sequence[str]] = (),
    lists: Mapping[str, Sequence[str]] | None = None,
) -> int:
    """Write a form, empty or filled; how many rows. Memory does not grow with them.

    Titles and hints are locked, the cells below are not. All cells are text, so that leading zeros and
    numbers of 18 digits stay as they are; none is taken for a formula, in whatever format it is saved later.
    """
    # What is written waits there in plain text. It goes with the folder also when the writing is broken off.
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        book = xlsxwriter.Workbook(
            target,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "tmpdir": folder,
            },
        )
        try:
            written = _fill(book, form, rows, lists or {})
            book.close()
        except BaseException:
            for sheet in book.worksheets():
                sheet._opt_close()  # noqa: SLF001 - nothing else closes what waits there
            raise
    return written


def _fill(
    book: xlsxwriter.Workbook, form: Form, rows: Iterable[Sequence[str]], lists: Mapping[str, Sequence[str]]
) -> int:
    book.set_custom_property(STAMP, form.stamp)
    sheet = book.add_worksheet(form.title)
    _lay_out(book, sheet, form, _offer(book, form, lists))
    written = 0
    for written, row in enumerate(rows, start=1):
        for place, text in enumerate(row):
            if text:
                sheet.write_string(written + 1, place, harmless(text))
    return written


def purge_folders(*, at: datetime) -> int:
    """Delete what a writer that was killed has left in the folder for passing files; how many."""
    old = [
        folder
        for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*")
        if folder.stat().st_mtime < (at - LEFT).timestamp()
    ]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def blank_form(form: Form, lists: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """An empty form."""
    out = io.BytesIO()
    write_form(form, out, lists=lists)
    return out.getvalue()


def _lay_out(book: xlsxwriter.Workbook, sheet: Worksheet, form: Form, offered: Mapping[str, str]) -> None:
    free = book.add_format({"num_format": "@", "locked": False})
    title = book.add_format({"bold": True, "bg_color": "#F3E9DA", "border": 1, "num_format": "@"})
    hint = book.add_format({"font_color": "#6B6257", "text_wrap": True, "valign": "top", "num_format": "@"})
    for place, column in enumerate(form.columns):
        sheet.set_column(place, place, column.width, free)
        if column.name in offered:
            sheet.data_validation(
                2,
                place,
                LAST_ROW,
                place,
                {
                    "validate": "list",
                    "source": offered[column.name],
                    "error_title": form.title,
                    "error_message": "请从下拉列表中选择。",
                },
            )
    # Row by row: what is written is not kept in memory.
    for place, column in enumerate(form.columns):
        sheet.write_string(0, place, column.titles[0] + ("*" if column.required else ""), title)
    sheet.set_row(1, 64)
    for place, column in enumerate(form.columns):
        sheet.write_string(1, place, column.hint, hint)
    sheet.freeze_panes(2, 1)
    # On paper all columns stand side by side, and their titles on each page.
    sheet.set_landscape()
    sheet.set_paper(A3 if sum(column.width for column in form.columns) > WIDE else A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.protect("", {"format_columns": True, "insert_rows": True, "delete_rows": True, "sort": True})


def _offer(book: xlsxwriter.Workbook, form: Form, lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write what the drop-downs offer onto a hidden sheet; the range of each column."""
    values = {
        column.name: list(labels(column).values()) if column.choices else list(lists.get(column.listed, ()))
        for column in form.columns
    }
    filled = {name: words for name, words in values.items() if words}
    hidden = book.add_worksheet("选项")
    hidden.hide()
    hidden.protect()
    for row in range(max((len(words) for words in filled.values()), default=0)):
        for place, words in enumerate(filled.values()):
            if row < len(words):
                hidden.write_string(row, place, words[row])
    return {
        name: f"=选项!${xl_col_to_name(place)}$1:${xl_col_to_name(place)}${len(words)}"
        for place, (name, words) in enumerate(filled.items())
    }
