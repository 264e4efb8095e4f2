"""From a register of the market regulator to the list of those who have no union, and its doubtful cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .test_final import serious
from .test_meeting import enter, wide

pytestmark = pytest.mark.browser


def sound(page) -> tuple:
    return serious(page), wide(page)


def test_registers_are_linked_and_what_is_uncertain_is_decided(browser, server, picture):
    pytest.importorskip("splink")
    base = server.address
    officer = enter(browser, base, "林晓东")
    officer.goto(base + "/office-registers")
    officer.get_by_role("link", name="梧桐里街道总工会").click()
    ground = officer.url
    assert sound(officer) == ([], False)
    picture(officer, "registers-phone", full=True)

    officer.get_by_role("link", name="上传文件").first.click()
    assert sound(officer) == ([], False)
    sent = officer.get_by_label("CSV、工作簿或 Parquet 文件")
    wrong = "登记表,,\n企业名称,住所,电话\n甲,乙,丙\n".encode("gb18030")
    sent.set_input_files({"name": "错.csv", "mimeType": "text/csv", "buffer": wrong})
    officer.locator("form .btn-main").click()
    expect(officer.get_by_text("标题在第 2 行")).to_be_visible()
    (register,) = Path(server.environment["UNIONHALL_VAR"], "registers-to-try").glob("市场监管*")
    sent.set_input_files(register)
    officer.locator("form .btn-main").click()
    expect(officer.get_by_text("协议未涵盖，已舍去且未保存：联系电话")).to_be_visible()
    assert sound(officer) == ([], False)
    officer.get_by_role("button", name="确认各列").click()
    expect(officer.get_by_role("heading", name="文件内容")).to_be_visible(timeout=60_000)
    assert sound(officer) == ([], False)
    officer.get_by_role("link", name="比对登记").click()
    assert sound(officer) == ([], False)
    officer.locator("form .btn-main").click()

    expect(officer.get_by_role("link", name="未建会企业")).to_be_visible(timeout=120_000)
    run = officer.url
    assert sound(officer) == ([], False)
    picture(officer, "run-phone", full=True)
    officer.locator("a.btn-main").click()
    assert sound(officer) == ([], False)
    picture(officer, "pair-phone", full=True)
    first = officer.url
    left = officer.get_by_text("还剩").inner_text()
    officer.keyboard.press("l")
    expect(officer).not_to_have_url(first)
    second = officer.url
    expect(officer.get_by_text(left.split(" · ")[1])).to_be_visible()
    officer.keyboard.press("k")
    expect(officer).not_to_have_url(second)
    third = officer.url
    officer.get_by_role("button", name="是同一家", exact=False).first.click()
    expect(officer).not_to_have_url(third)
    officer.goto(run)
    expect(officer.get_by_text("已判断")).to_be_visible()

    officer.get_by_role("link", name="未建会企业").click()
    # Nobody knew it before: the register of the market regulator has it, that of the unions has not.
    officer.goto(f"{officer.url}&q=新港博远")
    expect(officer.get_by_role("link", name="新港博远商贸有限公司")).to_be_visible()
    officer.goto(ground)
    expect(officer.get_by_text("文件已删除")).to_have_count(3)
