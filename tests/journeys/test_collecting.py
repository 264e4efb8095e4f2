"""A roll comes in by the official form: wrong file, broken rows, the mended sheet; and goes out again."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.apps.membership.test_collecting import filled, row
from tests.journeys.steps import DESK, PHONE, serious
from tests.journeys.test_joining import enter
from unionhall.apps.membership.usecases.collecting.columns import MEMBERS, UNIONS

pytestmark = pytest.mark.browser

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def hand_in(page, data, name="采集.xlsx"):
    page.get_by_role("link", name="导入采集表").click()
    page.get_by_label("填好的采集表").set_input_files({"name": name, "mimeType": WORKBOOK, "buffer": data})
    page.get_by_role("button", name="预览").click()


def fetched(page, click) -> tuple[str, bytes]:
    with page.expect_download() as download:
        click()
    return download.value.suggested_filename, download.value.path().read_bytes()


@pytest.mark.parametrize(("size", "first"), [(PHONE, 100), (DESK, 200)], ids=["phone", "desktop"])
def test_a_roll_comes_in_is_mended_and_goes_out(server, browser, picture, size, first):
    page = browser.new_context(**size).new_page()
    name = f"collect-{size['viewport']['width']}"
    enter(page, server, "林晓东")
    page.get_by_role("link", name="会员", exact=True).click()
    page.get_by_role("main").get_by_role("link", name="导入与导出").click()
    here = page.url
    assert serious(page) == []
    empty, blank = fetched(page, page.get_by_role("link", name="工会会员基本信息采集表").first.click)
    assert (empty, load_workbook(io.BytesIO(blank)).sheetnames[0]) == (
        "工会会员基本信息采集表-1.xlsx",
        MEMBERS.title,
    )

    hand_in(page, filled([], UNIONS))
    expect(page.get_by_text("这不是《工会会员基本信息采集表》")).to_be_visible()
    page.get_by_label("填好的采集表").set_input_files(
        {"name": "空.xlsx", "mimeType": WORKBOOK, "buffer": b""}
    )
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_text("所提交的是空文件。")).to_be_visible()
    assert serious(page) == []

    # What came of the dry run shows without a click; so does what came of the commit.
    page.goto(here)
    rows = [row(first), row(first + 1, how=""), row(first)]
    hand_in(page, filled(rows))
    expect(page.get_by_role("heading", name="各行将如何处理")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("入会方式：未填写，请补充")).to_be_visible()
    expect(page.get_by_text("证件号码：与第 3 行重复，请删去其中一行")).to_be_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    picture(page, name, full=True)
    back, sheet = fetched(page, page.get_by_role("link", name="下载附有原因的原表").click)
    assert back == "采集-需改正.xlsx"
    page.get_by_role("button", name="导入 1 行正确的，其余退回").click()
    expect(page.get_by_text("正确的行已导入")).to_be_visible(timeout=20_000)

    # The sheet that came back is mended and handed in again.
    book = load_workbook(io.BytesIO(sheet))
    mended = book[MEMBERS.title]
    titles = [cell.value for cell in mended[1]]
    assert titles[-1] == "需改正"
    mended.cell(4, titles.index("入会方式*") + 1).value = "入会"
    mended.delete_rows(5)
    out = io.BytesIO()
    book.save(out)
    page.goto(here)
    hand_in(page, out.getvalue())
    page.get_by_role("button", name="全部导入（1 行").click(timeout=20_000)
    expect(page.get_by_text("表中各行均已导入。")).to_be_visible(timeout=20_000)
    picture(page, f"{name}-done", full=True)
    page.get_by_role("link", name="查看会员").click()
    page.get_by_label("查找会员").fill(f"江{first + 1}")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("link", name=f"江{first + 1}")).to_be_visible()

    page.goto(here)
    page.get_by_role("link", name="导出名册").click()
    page.get_by_label("原因").fill("与单位核对")
    assert serious(page) == []
    page.get_by_role("button", name="导出").click()
    # A job writes it; the page comes anew when it is there.
    fetch = page.get_by_role("link", name="下载工作簿")
    expect(fetch).to_be_visible(timeout=120_000)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    picture(page, f"{name}-export", full=True)
    file, roll = fetched(page, fetch.click)
    assert re.fullmatch(r"城东区总工会-\d{8}-[A-Z0-9]{12}\.xlsx", file)
    lines = list(load_workbook(io.BytesIO(roll)).worksheets[0].iter_rows(min_row=3, values_only=True))
    assert [line[4] for line in lines if line[0] == f"江{first}"] == [f"199****0{first}"]
    page.goto(here)
    expect(page.get_by_text("与单位核对").first).to_be_visible()
    expect(page.get_by_text("已生成").first).to_be_visible()
    picture(page, f"{name}-list", full=True)
