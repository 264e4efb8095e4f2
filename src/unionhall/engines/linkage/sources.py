"""Rows of files: CSV of any encoding, workbooks, Parquet. Read in portions, however long the file is."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TextIO

from unionhall.engines.linkage.problems import RegisterError

Row = tuple[int, Sequence[str]]
_CHUNK = 1 << 20
# So many rows are looked at for the headings; above them stand titles and who filled the form in.
_LOOKED = 10
# A file of another kind has a zero byte in its beginning; one further on is damage to a text.
_BEGINNING = 1024
# A whole number beyond this has lost digits where a table program kept it as a number.
_EXACT = 10**15


class Source(Protocol):
    """A file of rows: its first ones to find the headings in, then all, column by column."""

    def first(self) -> list[Row]:
        """The first rows that are not blank, with their numbers."""
        ...

    def portions(self, size: int) -> Iterator[list[Row]]:
        """All rows behind the first that is not blank, some at a time."""
        ...


def open_source(path: Path) -> Source:
    """The file by what it begins with, whatever its name ends in.

    Raises RegisterError: UNREADABLE, EMPTY, NOT_A_TABLE, NOT_TEXT, NEEDS_EXTRA.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise RegisterError("UNREADABLE", why=error.strerror or "unknown") from error
    if not start:
        raise RegisterError("EMPTY")
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return Workbook(path)
    if start.startswith(b"PAR1"):
        return Parquet(path)
    if start.startswith(b"%PDF"):
        raise RegisterError("NOT_A_TABLE", kind="a PDF")
    return Text(path, start)


class Text:
    """Commas, tabs or semicolons between cells; UTF-8, UTF-16 or GB18030."""

    def __init__(self, path: Path, start: bytes) -> None:
        self._path = path
        wide = start[:2] in (b"\xff\xfe", b"\xfe\xff")
        self._encoding = "utf-16" if wide else _encoding(path)
        with path.open(encoding=self._encoding, errors="replace") as file:
            head = file.read(4096).lstrip().split("\n", 1)[0]
        self._mark = max(",\t;", key=head.count)

    def first(self) -> list[Row]:
        return list(islice(self._rows(), _LOOKED))

    def portions(self, size: int) -> Iterator[list[Row]]:
        rows = islice(self._rows(), 1, None)
        while portion := list(islice(rows, size)):
            yield portion

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding, newline="")

    def _rows(self) -> Iterator[Row]:
        with self._open() as file:
            reader = csv.reader(file, delimiter=self._mark)
            try:
                for number, cells in enumerate(reader, 1):
                    if any(cells) and any(map(str.strip, cells)):
                        yield number, cells
            except UnicodeDecodeError as error:
                # Of UTF-16 only: the others were read to their end before.
                raise RegisterError("NOT_TEXT", row=reader.line_num + 1, rows=1) from error
            except csv.Error as error:
                kind = f"broken at line {reader.line_num} ({error})"
                raise RegisterError("NOT_A_TABLE", kind=kind) from error


def _encoding(path: Path) -> str:
    """UTF-8 or GB18030; where it is neither, or has a zero byte, the one that goes further names the row."""
    broken: list[tuple[int, str]] = []
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        passed = 0
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    if b"\0" in chunk:
                        zero = chunk.index(b"\0")
                        if passed + zero < _BEGINNING:
                            raise RegisterError("NOT_A_TABLE", kind="a binary file")
                        decoder.decode(chunk[:zero])
                        broken.append((passed + zero, encoding))
                        break
                    decoder.decode(chunk)
                    passed += len(chunk)
                else:
                    decoder.decode(b"", final=True)
                    return encoding
        except UnicodeDecodeError as error:
            broken.append((passed + error.start, encoding))
    rows = _broken_rows(path, max(broken)[1])
    raise RegisterError("NOT_TEXT", row=rows[0], rows=len(rows))


def _broken_rows(path: Path, encoding: str) -> list[int]:
    """The lines that an encoding cannot read; in both a line break is never part of a character."""
    found = []
    with path.open("rb") as file:
        for row, line in enumerate(file, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                found.append(row)
            else:
                if b"\0" in line:
                    found.append(row)
    return found


class Workbook:
    """The first sheet with anything on it, of .xlsx, .xls or .ods."""

    def __init__(self, path: Path) -> None:
        try:
            from python_calamine import CalamineError, CalamineWorkbook
        except ImportError as error:
            raise RegisterError("NEEDS_EXTRA", extra="linkage") from error
        try:
            book = CalamineWorkbook.from_path(path)
            sheets = (book.get_sheet_by_index(place) for place in range(len(book.sheet_names)))
            self._sheet = next((sheet for sheet in sheets if sheet.height), None)
        except CalamineError as error:
            raise RegisterError("NOT_A_TABLE", kind="a broken workbook") from error
        if self._sheet is None:
            raise RegisterError("EMPTY")

    def first(self) -> list[Row]:
        return list(islice(self._rows(), _LOOKED))

    def portions(self, size: int) -> Iterator[list[Row]]:
        rows = islice(self._rows(), 1, None)
        while portion := list(islice(rows, size)):
            yield portion

    def _rows(self) -> Iterator[Row]:
        sheet: Any = self._sheet
        # Rows above the first filled one are given too: numbers are those that the table program shows.
        for number, cells in enumerate(sheet.iter_rows(), 1):
            texts = list(map(_cell_text, cells))
            if any(map(str.strip, texts)):
                yield number, texts


def _cell_text(value: Any) -> str:
    """A cell as it would be typed; a long number that has lost its last digits says so by its exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value)) if abs(value) < _EXACT else f"{value:.6E}"
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return "" if value is None else str(value)


class Parquet:
    """A Parquet file."""

    def __init__(self, path: Path) -> None:
        try:
            from pyarrow import ArrowException
            from pyarrow.parquet import ParquetFile
        except ImportError as error:
            raise RegisterError("NEEDS_EXTRA", extra="linkage") from error
        try:
            self._file: Any = ParquetFile(path)
        except (ArrowException, OSError) as error:
            raise RegisterError("NOT_A_TABLE", kind="a broken Parquet file") from error

    def first(self) -> list[Row]:
        heading: Row = (0, self._file.schema_arrow.names)
        return [heading, *next(self.portions(1), [])]

    def portions(self, size: int) -> Iterator[list[Row]]:
        from pyarrow import ArrowException

        number = 1
        try:
            for batch in self._file.iter_batches(batch_size=size):
                columns = [_column_texts(column) for column in batch.columns]
                yield list(enumerate(zip(*columns, strict=True), number))
                number += batch.num_rows
        except (ArrowException, OSError) as error:
            raise RegisterError("NOT_A_TABLE", kind="a broken Parquet file") from error


def _column_texts(column: Any) -> list[str]:
    import pyarrow as pa

    if pa.types.is_floating(column.type) or pa.types.is_nested(column.type):
        return [_cell_text(value) for value in column.to_pylist()]
    return ["" if value is None else value for value in column.cast(pa.string()).to_pylist()]
