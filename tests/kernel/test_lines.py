"""Lines of a workbook: what openpyxl reads, read faster."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from unionhall.kernel.imports.lines import lines_of

# No line breaks: XML makes one kind of all of them, whoever reads it.
texts = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=8)
cells = st.one_of(
    st.none(),
    texts,
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.just(date(2026, 3, 1)),
    st.just("=A1+1"),
)


def _read(data: bytes):
    return load_workbook(io.BytesIO(data), read_only=True).worksheets[0]


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@given(st.lists(st.lists(cells, max_size=5), max_size=5), st.booleans())
def test_what_openpyxl_reads_is_read(rows: list[list[object]], inline: bool) -> None:
    """Texts in their cells (as a file written row by row has them) and texts kept apart (as Excel saves)."""
    book = Workbook(write_only=inline)
    sheet = book.create_sheet() if inline else book.active
    for row in rows:
        sheet.append(row)
    data = _saved(book)
    slow = _read(data)
    slow.reset_dimensions()
    expected = _filled(enumerate(slow.iter_rows(values_only=True), 1))
    assert _filled(lines_of(_read(data))) == expected


def _filled(lines) -> list[tuple[int, list[object]]]:
    return [(number, bare) for number, line in lines if (bare := _bare(line))]


def _bare(line) -> list[object]:
    """Without the empty cells at the end."""
    values = [None if value == "" else value for value in line]
    while values and values[-1] is None:
        values.pop()
    return values


def test_pieces_of_a_text_in_their_own_styles_are_one_text() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([CellRichText("江", TextBlock(InlineFont(b=True), "小"), "满"), "x"])
    assert list(lines_of(_read(_saved(book)))) == [(1, ["江小满", "x"])]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c t="inlineStr"><is><t>江</t></is></c>', "江"),
        ('<c t="inlineStr"><is><t>江</t><rPh sb="0" eb="1"><t>jiang</t></rPh></is></c>', "江"),
        ('<c t="inlineStr"><is><r><t>江</t></r><r><t>小</t></r></is></c>', "江小"),
        ('<c t="inlineStr"><is><t/></is></c>', ""),
        ('<c t="inlineStr"/>', None),
        ('<c t="inlineStr"><f>A1</f><is><t>江</t></is></c>', "=A1"),
        ('<c t="s"><v></v></c>', None),
        ("<c><v>7</v></c>", 7),
    ],
)
def test_what_other_programs_write(cell: str, value: object) -> None:
    """Cells without a place follow each other."""
    book = Workbook()
    book.active.append(["x"])
    data = _saved(book)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                row = f'<row r="3"><c r="B3"><v>1</v></c>{cell}</row>'
                content = content[: content.index(b"<row")] + row.encode() + b"</sheetData></worksheet>"
            target.writestr(part.filename, content)
    assert list(lines_of(_read(made.getvalue()))) == [(3, [None, 1, value])]
