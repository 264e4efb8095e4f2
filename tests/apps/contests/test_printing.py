"""Printed pages and workbooks, read back as a reader would."""

from __future__ import annotations

import io
from pathlib import Path
from unittest import mock

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from unionhall.apps.contests import queries
from unionhall.apps.contests.views.printing import TEMPLATES
from unionhall.kernel import printing
from unionhall.kernel.refusals import Refusal
from unionhall.ui.vendored import changed_assets


@pytest.fixture
def scrutineer(hall):
    client = Client()
    client.force_login(hall.city.scrutineer)
    return client


def pages(data):
    return len(PdfReader(io.BytesIO(data)).pages)


def text_of(data):
    """What a reader can copy out of a PDF, without the breaks of its lines."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages)


@pytest.mark.parametrize(
    ("kind", "count"), [("summary", 1), ("announcement", 1), ("certificates", 22), ("sheets", 7)]
)
def test_each_kind_has_its_pages(published, scrutineer, kind, count):
    jury = published.jurors[0].jury
    found = scrutineer.get(f"/stages/{published.stage.public_id}/print/{kind}.pdf?jury={jury.code}")
    assert (found.status_code, found.headers["Content-Type"]) == (200, "application/pdf")
    assert pages(found.content) == (jury.jurors.count() if kind == "sheets" else count)


def test_every_award_has_a_certificate_and_stands_in_the_announcement(published):
    board = queries.boards.latest(published.stage)
    certificates = queries.printing.certificates(published.stage, board)["winners"]
    prizes = queries.printing.announcement(published.stage, board)["prizes"]
    assert [(one["name"], len(one["winners"])) for one in prizes] == [
        ("特等奖", 2), ("一等奖", 3), ("二等奖", 6), ("三等奖", 11),
    ]  # fmt: skip
    assert [one["name"] for one in certificates] == [w["name"] for one in prizes for w in one["winners"]]
    assert len({one["no"] for one in certificates}) == 22


def test_the_summary_and_the_signed_root_are_those_of_the_board(published):
    board = queries.boards.latest(published.stage)
    told = queries.printing.summary(published.stage, board)
    assert [row["composite"] for row in told["rows"]] == [
        entry["composite"] for entry in board.document["result"]["entries"]
    ]
    root = queries.log.last_root(published.stage)
    assert (told["root"], told["key"]) == (root.whole, root.fingerprint)


def test_the_workbook_reopens_with_numbers_as_numbers(published, scrutineer):
    found = scrutineer.get(f"/stages/{published.stage.public_id}/results.xlsx")
    book = load_workbook(io.BytesIO(found.content))
    assert book.sheetnames == ["成绩汇总表", "评分明细"]
    board = queries.boards.latest(published.stage).document["result"]["entries"]
    summary = list(book["成绩汇总表"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in summary] == [entry["rank"] for entry in board]
    assert [f"{row[-2]:.3f}" for row in summary] == [entry["composite"] for entry in board]
    assert {type(row[-2]) for row in summary} <= {int, float}
    details = list(book["评分明细"].iter_rows(min_row=2, values_only=True))
    assert len(details) == 22 * len(published.jurors)
    assert all(isinstance(cell, (int, float)) for row in details for cell in row[4:])


def test_before_there_is_a_board_there_is_nothing_to_print_but_sheets(hall, scrutineer):
    stage = hall.stage.public_id
    for kind in ("summary", "announcement", "certificates", "nonsense"):
        assert scrutineer.get(f"/stages/{stage}/print/{kind}.pdf").status_code == 404
    assert scrutineer.get(f"/stages/{stage}/print/sheets.pdf?jury=NONE").status_code == 404
    assert scrutineer.get(f"/stages/{stage}/results.xlsx").status_code == 404


def test_every_kind_prints_on_a_machine_without_fonts_and_says_what_it_should(published):
    stage = published.stage
    board = queries.boards.latest(stage)
    jurors = queries.printing.seats_of(stage, published.jurors[0].jury.code, 1, 2)
    kinds = {
        "certificates": queries.printing.certificates(stage, board),
        "announcement": queries.printing.announcement(stage, board),
        "summary": queries.printing.summary(stage, board),
        "sheets": queries.printing.score_sheets(stage, jurors),
    }
    names = [entry.person.name.replace(" ", "") for entry in stage.entries.select_related("person")]
    for kind, data in kinds.items():
        printed = printing.pdf(TEMPLATES / f"{kind}.typ", data, system_fonts=False)
        text = text_of(printed)
        assert [name for name in names if name not in text] == [], kind
        fonts = {font for page in PdfReader(io.BytesIO(printed)).pages for font in fonts_of(page)}
        assert fonts <= {"UnionhallSansSCRegular", "UnionhallSansSCBold"}, kind


def fonts_of(page):
    for font in page["/Resources"]["/Font"].get_object().values():
        yield str(font.get_object()["/BaseFont"]).partition("+")[2].removesuffix("-Identity-H")


def test_a_character_that_no_font_has_is_named_instead_of_printed_as_a_box(published, scrutineer):
    board = queries.boards.latest(published.stage)
    data = queries.printing.certificates(published.stage, board)
    data["winners"] = [{**data["winners"][0], "name": "李\U0002a6d6\ufe00", "text": "\ue000 喆\n"}]
    with pytest.raises(Refusal) as caught:
        printing.pdf(TEMPLATES / "certificates.typ", data, system_fonts=False)
    assert (caught.value.code, caught.value.data["characters"]) == (
        "NO_GLYPH", "\ue000（U+E000）、\U0002a6d6（U+2A6D6）",
    )  # fmt: skip
    with mock.patch.object(printing, "unprintable", return_value=["\U0002a6d6"]):
        page = scrutineer.get(f"/stages/{published.stage.public_id}/print/certificates.pdf")
    assert page.status_code == 503
    assert "U+2A6D6" in page.content.decode()
    assert "fonts-hanazono" in page.content.decode()


def test_of_many_characters_only_some_are_named():
    with pytest.raises(Refusal) as caught:
        printing.pdf(Path("none.typ"), {"a": ["".join(map(chr, range(0xE000, 0xE020)))]}, system_fonts=False)
    assert caught.value.data["characters"].count("U+") == printing.MOST_NAMED
    assert caught.value.data["characters"].endswith("…")


def test_a_server_without_the_extra_says_so(published, scrutineer):
    with mock.patch.dict("sys.modules", {"typst": None}):
        page = scrutineer.get(f"/stages/{published.stage.public_id}/print/summary.pdf")
    assert page.status_code == 503
    assert "unionhall[pdf]" in page.content.decode()


def test_the_font_that_travels_with_us_has_what_names_and_templates_are_written_with():
    rows = range(0xA1, 0xF8)
    gb2312 = "".join(
        bytes([row, cell]).decode("gb2312", "ignore") for row in rows for cell in range(0xA1, 0xFF)
    )
    assert len(gb2312) == 7445
    # Of the national table some that GB 2312 lacks, from its second and third part; and signs.
    rare = "喆昇堃祎玥翀珺湉氿𬭎𬍛𠳐𠮷〇·—℃№㎡Āá"
    templates = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.typ"))
    assert printing.unprintable([gb2312, rare, templates], system_fonts=False) == []
    assert changed_assets(printing.FONTS) == []
    assert sum(path.stat().st_size for path in printing.FONTS.iterdir()) < 4.2e6


def test_markup_in_names_is_printed_as_it_stands(published):
    board = queries.boards.latest(published.stage)
    data = queries.printing.certificates(published.stage, board)
    data["winners"] = [{**data["winners"][0], "name": "赟喆 *x* #y $z$ <t> \\"}]
    printed = printing.pdf(TEMPLATES / "certificates.typ", data, system_fonts=False)
    assert pages(printed) == 1
    assert "赟喆*x*#y$z$<t>\\" in text_of(printed)
