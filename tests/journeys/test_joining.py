"""A rider joins by phone; an officer takes it to the committee; a desk without network loses nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.apps.membership.conftest import identity_number
from tests.journeys.steps import DESK, PHONE, serious

pytestmark = pytest.mark.browser


def fill(page, name, n):
    page.get_by_label("姓名", exact=True).fill(name)
    page.get_by_label("证件号码", exact=True).fill(identity_number(n))
    page.get_by_label("手机号码", exact=True).fill(f"1990000{n:04}")
    page.get_by_label("平台就业").check()
    page.get_by_label("用人单位或平台").fill("快送")
    page.get_by_label("站点").fill("江岸站")
    page.get_by_label("职业").select_option(label="外卖配送员")
    page.get_by_label("工作所在区域").select_option(label="梧桐里街道总工会")
    page.get_by_label("本人自愿加入工会").check()


def send(page):
    page.get_by_role("button", name="提交", exact=True).click()


def enter(page, server, name):
    page.goto(server.address + "/demo")
    page.get_by_role("button", name=f"以{name}身份进入").click()


def test_from_the_scan_to_the_card(server, browser, picture):
    phone = browser.new_context(**PHONE).new_page()
    phone.goto(server.address + "/join")
    assert serious(phone) == []
    # What is not asked yet is not shown; what is wrong stands beside its field, and nothing is lost.
    expect(phone.get_by_label("站点")).to_be_hidden()
    fill(phone, "江小满", 7)
    phone.get_by_label("证件号码", exact=True).fill(identity_number(7)[:-1] + "0")
    send(phone)
    expect(phone.get_by_text("号码有误，与末位校验码不符。")).to_be_visible()
    expect(phone.get_by_label("姓名", exact=True)).to_have_value("江小满")
    phone.get_by_label("证件号码", exact=True).fill(identity_number(7))
    send(phone)
    phone.wait_for_url(re.compile(r"/join/[A-Z0-9]{12}[0-9a-f]{32}$"))
    expect(phone.get_by_text("还差一步：确认手机号")).to_be_visible()
    assert serious(phone) == []
    picture(phone, "join-state", full=True)

    desk = browser.new_context(**DESK).new_page()
    enter(desk, server, "林晓东")
    desk.get_by_role("link", name="入会申请").click()
    desk.get_by_role("link", name="江小满").click()
    desk.get_by_role("button", name="已核实手机号").click()
    desk.get_by_role("button", name="受理，提交表决").click()
    assert serious(desk) == []
    desk.get_by_role("link", name="登记决定").click()
    desk.get_by_label("表决人员").fill("柳青、林晓东")
    desk.get_by_label("会议纪要").fill("纪要 2026-7，办公室存档")
    desk.get_by_role("button", name="登记决定").click()
    expect(desk.get_by_text("已登记委员会决定。")).to_be_visible()
    desk.get_by_role("link", name="会员", exact=True).click()
    desk.get_by_label("查找会员").fill("0007")
    desk.get_by_role("button", name="查找").click()
    desk.get_by_role("link", name="江小满").click()
    expect(desk.get_by_text("入会 · 梧桐里街道总工会 · 外卖配送员")).to_be_visible()
    assert serious(desk) == []
    picture(desk, "member", full=True)

    phone.reload()
    expect(phone.get_by_text("欢迎加入工会")).to_be_visible()


def test_a_desk_without_network_sends_later_and_once(server, browser):
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(server.address + "/join")
    fill(page, "孟晓", 8)
    # The network goes while the form is on its way: it has arrived, and the phone has not heard so.
    page.route("**/join", lambda route: (route.fetch(), route.abort()))
    send(page)
    expect(page.get_by_text("当前没有网络。本机存有 1 份表格，联网后自动提交")).to_be_visible()
    page.unroute("**/join")
    page.goto(server.address + "/join")
    page.wait_for_url(re.compile(r"/join/[A-Z0-9]{12}[0-9a-f]{32}$"))
    expect(page.get_by_text("我的申请进度")).to_be_visible()
    desk = browser.new_context(**DESK).new_page()
    enter(desk, server, "林晓东")
    desk.goto(server.address + "/applications?name=孟晓")
    expect(desk.get_by_text("共 1 条")).to_be_visible()


def test_a_desk_without_network_keeps_one_form_after_another(server, browser):
    page = browser.new_context(**PHONE).new_page()
    page.goto(server.address + "/join")
    page.route("**/join", lambda route: route.abort())
    for n, name in ((10, "温可"), (11, "祝安"), (12, "路遥")):
        fill(page, name, n)
        if n == 11:
            page.get_by_label("证件号码", exact=True).fill(identity_number(n)[:-2] + "55")
        send(page)
        expect(page.get_by_text(f"本机存有 {n - 9} 份表格")).to_be_visible()
        # The next person finds an empty form.
        expect(page.get_by_label("姓名", exact=True)).to_have_value("")
    page.unroute("**/join")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("link", name="温可")).to_be_visible()
    # What is wrong comes back whole, to be put right here.
    expect(page.get_by_label("姓名", exact=True)).to_have_value("祝安")
    page.get_by_label("证件号码", exact=True).fill(identity_number(11))
    send(page)
    page.wait_for_url(re.compile(r"/join/[A-Z0-9]{12}[0-9a-f]{32}$"))
    page.goto(server.address + "/join")
    page.wait_for_url(re.compile(r"/join/[A-Z0-9]{12}[0-9a-f]{32}$"))
    desk = browser.new_context(**DESK).new_page()
    enter(desk, server, "林晓东")
    for name in ("温可", "祝安", "路遥"):
        desk.goto(server.address + f"/applications?name={name}")
        expect(desk.get_by_text("共 1 条")).to_be_visible()


def test_what_was_saved_says_how_to_go_on(server, browser):
    page = browser.new_context(**PHONE).new_page()
    page.goto(server.address + "/join")
    page.get_by_label("姓名", exact=True).fill("阮青")
    page.get_by_role("button", name="先保存，稍后再填").click()
    where = page.locator("code").inner_text()
    other = browser.new_context(**PHONE).new_page()
    other.goto(where)
    expect(other.get_by_label("姓名", exact=True)).to_have_value("阮青")


def test_the_form_works_without_scripts(server, browser):
    page = browser.new_context(**PHONE, java_script_enabled=False).new_page()
    page.goto(server.address + "/join")
    fill(page, "周渡", 9)
    send(page)
    expect(page.get_by_text("还差一步：确认手机号")).to_be_visible()


def test_the_form_weighs_less_than_150_kilobytes(server, browser):
    page = browser.new_context(**PHONE).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(server.address + "/join")
    page.wait_for_load_state("networkidle")
    assert 20_000 < sum(sizes) < 150_000
