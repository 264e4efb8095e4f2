"""From an enterprise without a union to a founded one: on a street officer's phone, approved above."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from .test_final import serious
from .test_meeting import enter, wide

pytestmark = pytest.mark.browser


def scan() -> bytes:
    out = BytesIO()
    Image.new("RGB", (420, 594), "white").save(out, "JPEG")
    return out.getvalue()


def file(page, *kinds):
    """File documents from the founding's page."""
    for kind in kinds:
        page.get_by_role("link", name="归档材料").click()
        page.get_by_label("类别").select_option(label=kind)
        page.get_by_label("照片或 PDF").set_input_files(
            {"name": "扫描.jpg", "mimeType": "image/jpeg", "buffer": scan()}
        )
        save(page)


def save(page):
    page.get_by_role("button", name="保存").click()


def sound(page) -> tuple:
    return serious(page), wide(page)


def test_a_union_is_founded(browser, server, picture):
    base = server.address
    officer, second, administrator = (enter(browser, base, name) for name in ("林晓东", "方敏", "柳青"))

    officer.goto(base + "/ledger?state=NONE&size=S25&ground=")
    assert sound(officer) == ([], False)
    picture(officer, "ledger-phone", full=True)
    officer.locator("td.first a").first.click()
    enterprise, name = officer.url, officer.locator("h1").inner_text()
    assert sound(officer) == ([], False)
    officer.get_by_role("link", name="登记走访联系").click()
    officer.get_by_label("结果").select_option(label="同意")
    officer.get_by_label("备注").fill("负责人同意建会")
    save(officer)
    expect(officer.get_by_text("负责人同意建会")).to_be_visible()
    officer.get_by_role("link", name="启动建会").click()
    save(officer)
    founding = officer.url
    assert sound(officer) == ([], False)
    expect(officer.get_by_text("还缺：建会申请、筹备组名单。")).to_be_visible()
    file(officer, "建会申请", "筹备组名单")
    officer.get_by_role("link", name="筹备组已成立").click()
    save(officer)
    officer.get_by_role("link", name="安排会员大会").click()
    officer.get_by_label("开始时间").fill("2026-01-05T10:00")
    officer.get_by_label("地点").fill("三楼会议室")
    officer.get_by_label("主持人").select_option(index=1)
    save(officer)
    officer.get_by_role("link", name="登记召开情况").click()
    officer.get_by_role("link", name="登记召开情况").click()
    officer.get_by_label("其他到会人数").fill("31")
    save(officer)
    officer.goto(founding)
    file(officer, "会员大会会议纪要", "选举结果报告")
    officer.get_by_role("link", name="报上级工会").click()
    save(officer)
    expect(officer.get_by_text("由您提交，须由上级工会另一位干部批复。")).to_be_visible()

    second.goto(founding)
    file(second, "上级工会批复")
    picture(second, "founding-to-approve", full=True)
    assert sound(second) == ([], False)
    second.get_by_role("link", name="同意建会").click()
    save(second)

    administrator.goto(founding)
    administrator.get_by_role("link", name="登记工会").click()
    save(administrator)
    expect(administrator.get_by_text("工会已成立，并覆盖所属企业。")).to_be_visible()
    picture(administrator, "founded", full=True)

    officer.goto(enterprise)
    expect(officer.locator(".page-head .badge-state")).to_contain_text("已单独建会")
    expect(officer.get_by_text("此企业无须推动建会，不计优先分。")).to_be_visible()
    officer.goto(base + "/ledger/map")
    assert sound(officer) == ([], False)
    picture(officer, "ledger-map-phone", full=True)
    officer.goto(f"{base}/ledger?q={name}")
    expect(officer.locator("tbody .badge-state").first).to_contain_text("已单独建会")
