"""On phones: raised at a meeting, given to an owner, reported done, and closed by a second person."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .steps import enter, photograph, sound

pytestmark = pytest.mark.browser


def test_what_is_raised_in_the_hall_is_seen_to_and_checked(browser, server, picture):
    base = server.address
    officer, station, second = (enter(browser, base, name) for name in ("林晓东", "田野", "方敏"))

    officer.goto(base + "/meetings")
    officer.get_by_role("link", name="站长例会（本月）").click()
    officer.get_by_label("类别").select_option(label="堵点")
    officer.get_by_label("一句话说明").fill("江岸站打印机坏了两周，入会表打不出来")
    officer.get_by_label("提出人").fill("江岸站站长")
    picture(officer, "meeting-raise", full=True)
    officer.get_by_role("button", name="提出", exact=True).click()
    raised = officer.get_by_role("link", name="江岸站打印机坏了两周")
    assert sound(officer) == ([], False)
    raised.click()
    address = officer.url
    expect(officer.locator(".btn-main")).to_have_text("交办")
    officer.get_by_role("link", name="交办").click()
    officer.get_by_label("责任人").select_option(label="田野 · 梧桐里街道总工会")
    officer.get_by_label("办理时限").fill("2099-12-31")
    officer.get_by_role("button", name="保存").click()
    expect(officer.get_by_text("由田野办理。")).to_be_visible()
    expect(officer.locator(".btn-main")).to_have_count(0)

    station.goto(base + "/")
    assert sound(station) == ([], False)
    station.goto(base + "/issues?owner=me&standing=IN_HAND")
    station.get_by_role("link", name="江岸站打印机坏了两周").click()
    station.get_by_role("link", name="申报办结").click()
    station.get_by_label("办理措施").fill("换了新打印机，站里人人会用。")
    station.get_by_label("佐证").fill("领用单 26-118 号；照片为新机。")
    station.get_by_label("照片或 PDF").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    station.get_by_role("button", name="保存").click()
    expect(station.get_by_text("已申报办结，待另一名工会干部核验。")).to_be_visible()
    expect(station.locator(".btn-main")).to_have_count(0)

    second.goto(base + "/")
    second.get_by_role("link", name="2 项").click()
    second.get_by_role("link", name="江岸站打印机坏了两周").click()
    shown = second.get_by_alt_text("佐证照片")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1200
    assert b"Exif" not in second.request.get(base + shown.get_attribute("src")).body()
    picture(second, "issue-to-check", full=True)
    assert sound(second) == ([], False)
    second.get_by_role("link", name="已核验，予以办结").click()
    second.get_by_label("核验情况").fill("到站查看，并电话回访江岸站站长。")
    second.get_by_role("button", name="保存").click()
    expect(second.locator(".page-head .badge-state")).to_contain_text("已办结")

    officer.goto(address)
    expect(officer.get_by_text("到站查看，并电话回访江岸站站长。")).to_be_visible()
    officer.get_by_role("link", name="站长例会（本月）").click()
    row = officer.get_by_role("row").filter(has_text="江岸站打印机坏了两周")
    expect(row).to_contain_text("已办结")
    expect(row).to_contain_text("换了新打印机")
    officer.goto(base + "/issues")
    assert sound(officer) == ([], False)
    picture(officer, "issues-phone", full=True)
