"""Workbooks and CSV files as tables of text, and back with what is wrong beside each row."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

FILE_LIMIT = 5 * 1024 * 1024
UNZIPPED_LIMIT = 100 * 1024 * 1024
RATIO_LIMIT = 200
ROW_LIMIT = 10_000
# Binary floats hold 15 decimal digits; a longer number in a cell has lost its end already.
SAFE_DIGITS = 15


class SheetError(Exception):
    """A file that cannot be taken at all: a code and data. Nothing of it was stored."""

    def __init__(self, code: str, **data: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


@dataclass(frozen=True)
class Column:
    """A column that an import knows: its name in code, and the titles under which it may stand."""

    name: str
    titles: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class Row:
    """One line: its number in the file, its values by column, and what could not be read in it."""

    number: int
    values: Mapping[str, str]
    spoilt: str = ""


@dataclass(frozen=True)
class Table:
    """A file's lines that are not blank."""

    rows: Sequence[Row]


def read_table(name: str, data: bytes, columns: Sequence[Column]) -> Table:
    """Read the first sheet of a workbook, or a CSV file (UTF-8 or GB18030).

    All values are text, in NFC, without outer blanks: leading zeros stay. A merged cell's value stands for
    all cells of the merge; blank lines are passed over. Formulas, and numbers too long for a cell to hold,
    spoil their row. Raises SheetError: TOO_LARGE, NOT_A_SHEET, COLUMN_MISSING, TOO_MANY_ROWS, EMPTY.
    """
    if len(data) > FILE_LIMIT:
        raise SheetError("TOO_LARGE", limit=FILE_LIMIT // 1024 // 1024)
    lines = _workbook(data) if name.lower().endswith((".xlsx", ".xlsm")) else _csv(data)
    filled = [
        (number, line) for number, line in enumerate(lines, start=1) if any(text for text, _bad in line)
    ]
    if not filled:
        raise SheetError("EMPTY")
    if len(filled) - 1 > ROW_LIMIT:
        raise SheetError("TOO_MANY_ROWS", limit=ROW_LIMIT)
    known = {title.lower(): column.name for column in columns for title in (column.name, *column.titles)}
    header = [known.get(text.lower().rstrip("*"), "") for text, _bad in filled[0][1]]
    missing = [column.titles[0] for column in columns if column.required and column.name not in header]
    if missing:
        raise SheetError("COLUMN_MISSING", columns="、".join(missing))
    return Table([_row(number, line, header) for number, line in filled[1:]])


def _row(number: int, line: Sequence[tuple[str, str]], header: Sequence[str]) -> Row:
    named = [(name, *line[i]) for i, name in enumerate(header) if name and i < len(line)]
    return Row(
        number,
        {name: text for name, text, _bad in named},
        next((bad for _name, _text, bad in named if bad), ""),
    )


def _csv(data: bytes) -> list[list[tuple[str, str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return [[(_clean(cell), "") for cell in line] for line in csv.reader(io.StringIO(text, newline=""))]
    raise SheetError("NOT_A_SHEET")


def _workbook(data: bytes) -> list[list[tuple[str, str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise SheetError("NOT_A_SHEET") from error
    # Looked at before it is unpacked: a few kilobytes can hold gigabytes.
    if size > UNZIPPED_LIMIT or size > RATIO_LIMIT * len(data):
        raise SheetError("TOO_LARGE", limit=UNZIPPED_LIMIT // 1024 // 1024)
    try:
        sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    except Exception as error:
        raise SheetError("NOT_A_SHEET") from error
    if sheet.max_row > 10 * ROW_LIMIT:
        raise SheetError("TOO_MANY_ROWS", limit=ROW_LIMIT)
    merged = {
        (row, column): sheet.cell(area.min_row, area.min_col).value
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    return [
        [_cell(merged.get((cell.row, cell.column), cell.value)) for cell in line]
        for line in sheet.iter_rows()
    ]


def _cell(value: Any) -> tuple[str, str]:
    """A cell's text, and the code of why it cannot be trusted."""
    if value is None:
        return "", ""
    if isinstance(value, str):
        return (value, "FORMULA") if value.startswith("=") else (_clean(value), "")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and len(str(abs(value))) > SAFE_DIGITS:
        return str(value), "NUMBER_TOO_LONG"
    return _clean(str(value)), ""


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip(" \t\r\n\u3000\ufeff\u200b")


def harmless(text: str) -> str:
    """A cell that no program takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def template(columns: Sequence[Column]) -> bytes:
    """An empty workbook with the titles that an import knows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.append([column.titles[0] + ("*" if column.required else "") for column in columns])
    for i in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(i)].width = 22
    return _bytes(book)


def returned_table(name: str, data: bytes, title: str, errors: Mapping[int, str]) -> tuple[str, bytes]:
    """The uploader's own file with one more column that says what is wrong; (file name, bytes)."""
    stem = name.rsplit(".", 1)[0]
    if name.lower().endswith((".xlsx", ".xlsm")):
        book = load_workbook(io.BytesIO(data))
        sheet = book.worksheets[0]
        column = sheet.max_column + 1
        sheet.cell(1, column).value = title
        for number, text in errors.items():
            sheet.cell(number, column).value = harmless(text)
        return f"{stem}-returned.xlsx", _bytes(book)
    out = io.StringIO()
    writer = csv.writer(out)
    for number, line in enumerate(_csv(data), start=1):
        cells = [harmless(text) for text, _bad in line]
        writer.writerow([*cells, title if number == 1 else harmless(errors.get(number, ""))])
    return f"{stem}-returned.csv", b"\xef\xbb\xbf" + out.getvalue().encode()


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
