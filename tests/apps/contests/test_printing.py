"""Printed pages and workbooks, read back as a reader would."""

from __future__ import annotations

import io
import re
from unittest import mock

import pytest
from django.test import Client
from openpyxl import load_workbook

from unionhall.apps.contests import queries
from unionhall.apps.contests.views.printing import TEMPLATES
from unionhall.kernel import printing
from unionhall.kernel.refusals import Refusal


def fonts_here():
    try:
        return bool(printing._fonts())
    except (ImportError, Refusal):
        return False


needs_font = pytest.mark.skipif(not fonts_here(), reason="this machine has no Chinese font")


@pytest.fixture
def scrutineer(hall):
    client = Client()
    client.force_login(hall.city.scrutineer)
    return client


def pages(data):
    assert data.startswith(b"%PDF-")
    return max(int(n) for n in re.findall(rb"/Count (\d+)", data))


@needs_font
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


def test_a_machine_without_a_chinese_font_says_so_instead_of_printing_boxes(published, scrutineer):
    with mock.patch.object(printing, "_fonts", side_effect=Refusal("NO_FONT")):
        page = scrutineer.get(f"/stages/{published.stage.public_id}/print/summary.pdf")
    assert page.status_code == 503
    assert "fonts-noto-cjk" in page.content.decode()


@needs_font
def test_rare_characters_and_markup_in_names_are_printed_as_they_stand(published):
    board = queries.boards.latest(published.stage)
    data = queries.printing.certificates(published.stage, board)
    data["winners"] = [{**data["winners"][0], "name": "赟喆𠮷 *x* #y $z$ <t> \\"}]
    assert pages(printing.pdf(TEMPLATES / "certificates.typ", data)) == 1
