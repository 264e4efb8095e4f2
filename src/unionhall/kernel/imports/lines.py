"""The lines of a workbook's sheet, one by one, in a third of the time that openpyxl takes for them.

It makes an object of several layers of every text that stands in its cell, as those of our forms do. What is
no text is read by it as ever: numbers, days, formulas.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openpyxl.utils import column_index_from_string
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

_TEXT, _PIECE = f"{{{SHEET_MAIN_NS}}}t", f"{{{SHEET_MAIN_NS}}}r/{{{SHEET_MAIN_NS}}}t"
_DIGITS = "0123456789"


class _Parser(WorkSheetParser):  # type: ignore[misc]
    col_counter: int

    def parse_cell(self, element: Any) -> dict[str, Any]:
        kind = element.get("t")
        if kind not in ("inlineStr", "s") or element.find(FORMULA_TAG) is not None:
            told: dict[str, Any] = super().parse_cell(element)
            return told
        place = element.get("r")
        self.col_counter = column_index_from_string(place.rstrip(_DIGITS)) if place else self.col_counter + 1
        return {
            "column": self.col_counter,
            "value": _inline(element) if kind == "inlineStr" else self._shared(element),
        }

    def _shared(self, element: Any) -> str | None:
        number = element.findtext(VALUE_TAG)
        text: str | None = self.shared_strings[int(number)] if number else None
        return text


def _inline(element: Any) -> str | None:
    """Plain text, or pieces that have each a style of their own; how it is pronounced is not looked at."""
    text = element.find(INLINE_STRING)
    if text is None:
        return None
    if len(text) == 1 and (plain := text.findtext(_TEXT)) is not None:
        return str(plain)
    parts = (*text.iterfind(_TEXT), *text.iterfind(_PIECE))
    return "".join(part.text or "" for part in parts)


def lines_of(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """The lines of a sheet of a workbook opened read-only that hold a cell: number, and values from column A.

    Raises what the XML parser and openpyxl raise where a file is broken.
    """
    book = sheet.parent
    # openpyxl tells nobody but its own reader where a sheet's part is and how it is to be read.
    with sheet._get_source() as source:  # noqa: SLF001
        parser = _Parser(
            source,
            sheet._shared_strings,  # noqa: SLF001
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )
        for number, cells in parser.parse():
            values = [None] * max((cell["column"] for cell in cells), default=0)
            for cell in cells:
                values[cell["column"] - 1] = cell["value"]
            if cells:
                yield number, values
