"""Workbooks and CSV files as tables of text, and back with what is wrong beside each row."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

MEGABYTE = 1024 * 1024
RATIO_LIMIT = 200
# Binary floats hold 15 decimal digits; a longer number in a cell has lost its end already.
SAFE_DIGITS = 15
# How files begin that are workbooks of other kinds.
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
OPENDOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."


@dataclass(frozen=True)
class Limits:
    """How large a file may be: bytes as it is sent and unpacked, and rows that are not blank."""

    file: int
    unzipped: int
    rows: int


SMALL = Limits(file=5 * MEGABYTE, unzipped=100 * MEGABYTE, rows=10_000)
# A district's whole roll: read as a stream (see streams), since it does not fit into memory as objects.
LARGE = Limits(file=30 * MEGABYTE, unzipped=400 * MEGABYTE, rows=100_000)


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
    """One line: its number in the file, its values by column, and what could not be read in it, and where."""

    number: int
    values: Mapping[str, str]
    spoilt: str = ""
    spoilt_in: str = ""
    # What stands under titles that nobody knows, as `read_form` gives it.
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A file's lines that are not blank."""

    rows: Sequence[Row]


def is_workbook(name: str) -> bool:
    """Whether a file is a workbook by its name; anything else is read as CSV."""
    return name.lower().endswith((".xlsx", ".xlsm"))


def read_table(name: str, data: bytes, columns: Sequence[Column], limits: Limits = SMALL) -> Table:
    """Read the first sheet of a workbook, or a CSV file (UTF-8 or GB18030).

    All values are text, in NFC, without outer blanks: leading zeros stay. A merged cell's value stands for
    all cells of the merge; blank lines are passed over. Formulas, and numbers too long for a cell to hold,
    spoil their row. Raises SheetError: TOO_LARGE, NOT_A_SHEET, COLUMN_MISSING, TOO_MANY_ROWS, EMPTY.
    """
    if len(data) > limits.file:
        raise SheetError("TOO_LARGE", limit=limits.file // MEGABYTE)
    lines = _workbook(data, limits) if is_workbook(name) else _csv(data)
    filled = [
        (number, line) for number, line in enumerate(lines, start=1) if any(text for text, _bad in line)
    ]
    if not filled:
        raise SheetError("EMPTY")
    if len(filled) - 1 > limits.rows:
        raise SheetError("TOO_MANY_ROWS", limit=limits.rows)
    header = header_of([text for text, _bad in filled[0][1]], columns)
    return Table([row_of(number, line, header) for number, line in filled[1:]])


def header_of(titles: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """The columns' names by their place, "" for a title that nobody knows; raises COLUMN_MISSING."""
    header = known_titles(titles, columns)
    missing = [column.titles[0] for column in columns if column.required and column.name not in header]
    if missing:
        raise SheetError("COLUMN_MISSING", columns="、".join(missing))
    return header


def known_titles(titles: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """The columns' names by their place, "" for a title that nobody knows."""
    known = {title.lower(): column.name for column in columns for title in (column.name, *column.titles)}
    return [known.get(title.lower().rstrip("*"), "") for title in titles]


def row_of(number: int, line: Sequence[tuple[str, str]], header: Sequence[str]) -> Row:
    named = [(name, *line[i]) for i, name in enumerate(header) if name and i < len(line)]
    spoilt, where = next(((bad, name) for name, _text, bad in named if bad), ("", ""))
    return Row(number, {name: text for name, text, _bad in named}, spoilt, where)


def other_kind(data: bytes) -> SheetError:
    """Why a file that is no .xlsx and no text cannot be read: what kind it is, whatever its name says."""
    if data.startswith(OLE):
        # Programs encrypt a workbook by putting it into a file of the old kind.
        return SheetError("PASSWORD" if "EncryptedPackage".encode("utf-16-le") in data else "OLD_WORKBOOK")
    return SheetError("OTHER_WORKBOOK" if OPENDOCUMENT in data[:200] else "NOT_A_SHEET")


def csv_text(data: bytes) -> str:
    """The text of a CSV file in one of the encodings that people have."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise other_kind(data)


def _csv(data: bytes) -> list[list[tuple[str, str]]]:
    lines = csv.reader(io.StringIO(csv_text(data), newline=""))
    return [[(clean(cell), "") for cell in line] for line in lines]


def check_archive(data: bytes, limits: Limits) -> None:
    """Look at a workbook before it is unpacked: a few kilobytes can hold gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise other_kind(data) from error
    if data.find(OPENDOCUMENT, 0, 200) >= 0:
        raise other_kind(data)
    if size > limits.unzipped or size > RATIO_LIMIT * len(data):
        raise SheetError("TOO_LARGE", limit=limits.unzipped // MEGABYTE)


def _workbook(data: bytes, limits: Limits) -> list[list[tuple[str, str]]]:
    check_archive(data, limits)
    try:
        sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    except Exception as error:
        raise SheetError("NOT_A_SHEET") from error
    if sheet.max_row > 10 * limits.rows:
        raise SheetError("TOO_MANY_ROWS", limit=limits.rows)
    merged = {
        (row, column): sheet.cell(area.min_row, area.min_col).value
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    return [
        [cell_text(merged.get((cell.row, cell.column), cell.value)) for cell in line]
        for line in sheet.iter_rows()
    ]


def cell_text(value: Any) -> tuple[str, str]:
    """A cell's text, and the code of why it cannot be trusted."""
    if value is None:
        return "", ""
    if isinstance(value, str):
        return (value, "FORMULA") if value.startswith("=") else (clean(value), "")
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat(), ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and len(str(abs(value))) > SAFE_DIGITS:
        return str(value), "NUMBER_TOO_LONG"
    return clean(str(value)), ""


def clean(text: str) -> str:
    """Text in NFC without outer blanks, those of other scripts and of broken encodings included."""
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
    if is_workbook(name):
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
