"""Forms of a hundred thousand rows, read and given back as streams: memory does not grow with the rows."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import IO, Any
from xml.sax.saxutils import escape

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import column_index_from_string, get_column_letter

from unionhall.kernel.imports.forms import STAMP, Form, check_stamp
from unionhall.kernel.imports.lines import lines_of
from unionhall.kernel.imports.sheets import (
    LARGE,
    MEGABYTE,
    Limits,
    Row,
    SheetError,
    cell_text,
    check_archive,
    clean,
    csv_text,
    harmless,
    header_of,
    is_workbook,
    known_titles,
    row_of,
)

CHUNK = 1 << 20
# What Excel itself can hold; a row beyond it is no row.
LAST_ROW = 1_048_576
# Above the titles there may stand the name of the form, the unit, the day.
HEADER_WITHIN = 20
# 3.30199E+17: what is left of an identity number that a program took for a figure.
_POWER = re.compile(r"\d(?:\.\d+)?E\+\d{1,3}")
_MERGE = re.compile(rb'mergeCell\s[^>]*?ref="[A-Z]+(\d+)(?::[A-Z]+(\d+))?"')
LONGEST_MERGE = 200

Line = Sequence[tuple[str, str]]


def read_form(form: Form, name: str, data: bytes, limits: Limits = LARGE) -> Iterator[Row]:
    """The rows of a filled form that are not blank, one by one; values as `read_table` gives them.

    What stands under titles that the form does not know is in a row's ``others``. The titles may stand below
    a few other lines, and on any sheet of a workbook. A row with merged cells is
    spoilt, for their value would stand in one of its cells only. Raises SheetError at the first row or before
    it: TOO_LARGE, NOT_A_SHEET, FORM_OTHER, FORM_VERSION, SHEET_MISSING, EMPTY, COLUMN_MISSING; and
    TOO_MANY_ROWS when it comes to the row that is one too many.
    """
    if len(data) > limits.file:
        raise SheetError("TOO_LARGE", limit=limits.file // MEGABYTE)
    numbered, merged = _workbook(form, data, limits) if is_workbook(name) else (_csv(data), Spans())
    _number, header, titles = _header(form, numbered)
    hints: dict[str, str] = {column.name: column.hint for column in form.columns}
    count = 0
    for number, line in numbered:
        if not any(text for text, _bad in line):
            continue
        row = row_of(number, [_as_written(text, bad) for text, bad in line], header)
        if not count and all(text == clean(hints[name]) for name, text in row.values.items() if text):
            continue
        count += 1
        if count > limits.rows:
            raise SheetError("TOO_MANY_ROWS", limit=limits.rows)
        others = {
            title: text
            for title, name, (text, _bad) in zip(titles, header, line, strict=False)
            if title and text and not name
        }
        row = replace(row, others=others) if others else row
        yield replace(row, spoilt="MERGED", spoilt_in="") if number in merged else row


def check_form(form: Form, name: str, data: bytes, limits: Limits = LARGE) -> None:
    """Look at a file as far as its first row; raises SheetError."""
    next(read_form(form, name, data, limits), None)


def _header(form: Form, lines: Iterator[tuple[int, Line]]) -> tuple[int, list[str], list[str]]:
    """The number of the line with the titles, its columns and the titles; lines above are passed over."""
    best: list[str] = []
    seen = False
    for number, line in islice(lines, HEADER_WITHIN):
        titles = [text for text, _bad in line]
        seen = seen or any(titles)
        known = known_titles(titles, form.columns)
        if all(column.name in known for column in form.columns if column.required):
            return number, known, titles
        if sum(map(bool, known)) > sum(map(bool, known_titles(best, form.columns))):
            best = titles
    if not seen:
        raise SheetError("EMPTY")
    header_of(best, form.columns)
    raise AssertionError("a line with all columns was taken")


def _as_written(text: str, bad: str) -> tuple[str, str]:
    """What stood in the cell before `harmless` put a quote before it; a number without its end is bad."""
    if "E+" in text and _POWER.fullmatch(text):
        return text, "NUMBER_TOO_LONG"
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text, bad


def _csv(data: bytes) -> Iterator[tuple[int, Line]]:
    for number, line in enumerate(csv.reader(io.StringIO(csv_text(data), newline="")), start=1):
        yield number, [(clean(cell), "") for cell in line]


class Spans:
    """Spans of rows, told quickly whether a row lies in one."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted(spans):
            if self._lasts and first <= self._lasts[-1]:
                self._lasts[-1] = max(last, self._lasts[-1])
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def __contains__(self, row: int) -> bool:
        place = bisect_right(self._firsts, row) - 1
        return place >= 0 and row <= self._lasts[place]


def _workbook(form: Form, data: bytes, limits: Limits) -> tuple[Iterator[tuple[int, Line]], Spans]:
    check_archive(data, limits)
    book, sheet, header = _opened(form, data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(_part(sheet)) as source:
            # A title that is merged over the columns, above the table, takes nothing away.
            merged = Spans(span for span in _merged(source) if span[0] > header)
    except Exception as error:
        raise SheetError("NOT_A_SHEET") from error
    return _lines(sheet, book), merged


def _opened(form: Form, data: bytes) -> tuple[Workbook, Any, int]:
    """A workbook, the sheet in it that holds the form's titles, and the number of their line."""
    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
        stamp = next((str(one.value) for one in book.custom_doc_props.props if one.name == STAMP), "")
        sheets = sorted(book.worksheets, key=lambda sheet: sheet.title != form.title)
    except Exception as error:
        raise SheetError("NOT_A_SHEET") from error
    check_stamp(form, stamp)
    problems = []
    for sheet in sheets:
        try:
            number, _columns, _titles = _header(form, _lines(sheet))
        except SheetError as problem:
            problems.append(problem)
        else:
            return book, sheet, number
    own = bool(sheets) and sheets[0].title == form.title
    if not own and (stamp or len(sheets) > 1):
        raise SheetError("SHEET_MISSING", form=form.title)
    raise next(iter(problems), SheetError("EMPTY"))


def _part(sheet: Any) -> str:
    path: str = sheet._worksheet_path  # noqa: SLF001 - openpyxl tells nowhere else which part the sheet is
    return path


def _lines(sheet: Any, book: Workbook | None = None) -> Iterator[tuple[int, Line]]:
    """The lines of a sheet, each with its number; the book is closed at the end."""
    lines = lines_of(sheet)
    while True:
        try:
            number, values = next(lines)
        except StopIteration:
            break
        except Exception as error:
            raise SheetError("NOT_A_SHEET") from error
        if number > LAST_ROW:
            break
        yield number, [cell_text(value) for value in values]
    if book:
        book.close()


def _merged(source: IO[bytes] | Any) -> Iterator[tuple[int, int]]:
    """The rows over which cells are merged: the first and the last of each merge."""
    held = b""
    while chunk := source.read(CHUNK):
        held += chunk
        done = 0
        for found in _MERGE.finditer(held):
            yield int(found[1]), int(found[2] or found[1])
            done = found.end()
        held = held[max(done, len(held) - LONGEST_MERGE) :]


def returned_form(
    form: Form, name: str, data: bytes, title: str, errors: Mapping[int, str], target: IO[bytes]
) -> str:
    """Write the uploader's own file with one more column that says what is wrong; the name of the file.

    Nothing else of the file is touched: drop-downs and locks stay, so that it can be mended and sent again.
    """
    stem = name.rsplit(".", 1)[0]
    if not is_workbook(name):
        header, _columns, _titles = _header(form, _csv(data))
        target.write(b"\xef\xbb\xbf")
        text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text)
        for number, line in _csv(data):
            cells = [harmless(cell) for cell, _bad in line]
            writer.writerow([*cells, title if number == header else harmless(errors.get(number, ""))])
        text.detach()
        return f"{stem}-{title}.csv"
    book, sheet, header = _opened(form, data)
    path = _part(sheet)
    first: Sequence[Any] = next(sheet.iter_rows(values_only=True, min_row=header, max_row=header), ())
    book.close()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        with archive.open(path) as source:
            width = max((_width(row) for row, _plain in _pieces(source) if row), default=0)
        # A file that was given back before has the column already, as its last.
        column = width if width and len(first) == width and first[-1] == title else width + 1
        told = {header: title} | {number: harmless(text) for number, text in errors.items()}
        for part in archive.infolist():
            with archive.open(part) as source, made.open(part.filename, "w") as sink:
                if part.filename == path:
                    for piece in _with_column(source, get_column_letter(column), told):
                        sink.write(piece)
                else:
                    shutil.copyfileobj(source, sink, CHUNK)
    return f"{stem}-{title}.xlsx"


# One row of a sheet; a prefix stands before the names in what some programs write.
_ROW = re.compile(rb"<((?:\w+:)?)row\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?row>)", re.DOTALL)
_NUMBER = re.compile(rb'\br="(\d+)"')
# What a file says of its own size is left out: it would hide the new column from some programs.
_SIZE = re.compile(rb"<(?:\w+:)?dimension\b[^>]*/>")
_SPANS = re.compile(rb'\s+spans="[^"]*"')


def _pieces(source: Any) -> Iterator[tuple[re.Match[bytes] | None, bytes]]:
    """A sheet in order: its rows, and what stands between them."""
    held = b""
    while chunk := source.read(CHUNK):
        held += chunk
        done = 0
        for row in _ROW.finditer(held):
            yield None, held[done : row.start()]
            yield row, b""
            done = row.end()
        held = held[done:]
    yield None, held


def _width(row: re.Match[bytes]) -> int:
    """The number of the last column in which a row has a cell."""
    cells = row[3] or b""
    last = re.match(rb'[^>]*?\br="([A-Z]+)\d+"', cells[cells.rfind(b"<" + row[1] + b"c ") :])
    return column_index_from_string(last[1].decode()) if last else cells.count(b"<" + row[1] + b"c")


def _with_column(source: Any, column: str, told: Mapping[int, str]) -> Iterator[bytes]:
    """A sheet with a text in one more column of some rows, and nothing in that column of the others."""
    number = 0
    former = re.compile(
        rb'<(?:\w+:)?c\b[^>]*?\br="' + column.encode() + rb'\d+"[^>]*?(?:/>|>.*?</(?:\w+:)?c>)', re.DOTALL
    )
    for row, between in _pieces(source):
        if row is None:
            yield between if number else _SIZE.sub(b"", between)
            continue
        given = _NUMBER.search(row[2])
        number = int(given[1]) if given else number + 1
        cells = former.sub(b"", row[3] or b"")
        if number in told:
            cells += _cell(row[1], f"{column}{number}", told[number])
        prefix, attributes = row[1], _SPANS.sub(b"", row[2])
        yield b"<%brow%b>%b</%brow>" % (prefix, attributes, cells, prefix)


def _cell(prefix: bytes, place: str, text: str) -> bytes:
    said = escape(ILLEGAL_CHARACTERS_RE.sub("", text)).encode()
    return b'<%bc r="%b" t="inlineStr"><%bis><%bt>%b</%bt></%bis></%bc>' % (
        prefix, place.encode(), prefix, prefix, said, prefix, prefix, prefix,
    )  # fmt: skip
