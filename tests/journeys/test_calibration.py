"""A calibration round in real browsers: two phones, the desk and the hall screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.test_final import (
    CRITERIA,
    DESK,
    HALL,
    Phone,
    press,
    rehearsal_of_six,
    seat_codes,
    serious,
)

pytestmark = pytest.mark.browser


def test_jurors_score_a_specimen_talk_see_the_spread_and_start_afresh(browser, server, picture):
    base = server.address
    desk = browser.new_context(**DESK).new_page()
    stage = rehearsal_of_six(desk, base)
    phones = [Phone(browser, code) for code in seat_codes(desk, base, stage)[:2]]
    hall = browser.new_context(**HALL).new_page()
    hall.goto(f"{base}/stages/{stage}/hall")
    desk.goto(f"{base}/stages/{stage}/desk")
    desk.get_by_text("试评（统一尺度）").click()
    desk.fill("#calibration-title", "一束弧光")
    desk.get_by_role("button", name="开始试评").click()
    for phone, content in zip(phones, ("38", "33.5"), strict=True):
        page = phone.page
        page.wait_for_selector("form[data-calibration]")
        assert serious(page) == []
        page.locator("button[type=submit]").click()
        assert page.locator("#c-CONTENT-note").inner_text() == "请打分"
        for code, value in zip(CRITERIA, (content, "28", "14", "14"), strict=True):
            page.fill(f"#c-{code}", value)
        page.locator("button[data-for=LANGUAGE][data-step='1']").click()
        assert page.locator("[data-total]").inner_text() == f"{float(content) + 56.5:.1f}"
        page.locator("button[type=submit]").click()
        expect(page.locator(".sheet-status")).to_contain_text("已收到")
    expect(hall.locator(".hall-count b")).to_have_text("2")
    desk.locator("text=已收到 2 份").wait_for()
    press(desk, "公布分数分布")
    for phone in phones:
        phone.page.locator(".spread").first.wait_for()
        assert phone.page.locator(".spread").count() == 5
        assert phone.page.locator("svg.mark.smain title").count() == 5
        assert serious(phone.page) == []
    picture(phones[0].page, "phone-spread", full=True)
    hall.locator(".hall-spread").wait_for()
    picture(hall, "hall-spread")
    assert serious(desk) == []
    press(desk, "试评分数作废")
    for phone in phones:
        phone.page.locator("text=您已入席").wait_for()
    assert phones[0].page.evaluate("localStorage.length") == 0
    press(desk, "下一环节")
    assert desk.request.get(f"{base}/stages/{stage}/desk/counts").json() == {}
