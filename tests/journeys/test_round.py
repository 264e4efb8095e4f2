"""A steward's round on a phone: a visit noted where there is no network, sent once; a shop nobody knew."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .steps import DESK, PHONE, enter, photograph, sound

pytestmark = pytest.mark.browser


def test_a_round_is_walked_without_network_and_nothing_is_sent_twice(browser, server, picture):
    base = server.address
    steward, officer = enter(browser, base, "田野"), enter(browser, base, "林晓东")

    steward.goto(base + "/round")
    assert sound(steward) == ([], False)
    picture(steward, "round", full=True)
    first, second = steward.locator("[data-stop]").nth(0), steward.locator("[data-stop]").nth(1)
    name = re.sub(r"^\d+\. ", "", first.locator(".who").inner_text())
    other = re.sub(r"^\d+\. ", "", second.locator(".who").inner_text())

    # Without network: noted in its place on the round, a photo with it.
    steward.context.set_offline(True)
    first.locator(".who").click()
    form = first.locator("form")
    form.get_by_label("同意").check()
    form.get_by_label("备注").fill("老板同意建会，下周送材料")
    form.get_by_label("照片").set_input_files(
        {"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    assert sound(steward) == ([], False)
    picture(steward, "round-visit", full=True)
    form.get_by_role("button", name="记录走访").click()
    expect(steward.locator("[data-status]")).to_contain_text("本机暂存 1 条")
    expect(steward.locator("[data-unsent]")).to_contain_text(name)
    second.locator(".who").click()
    second.locator("form").get_by_label("无人在").check()
    second.locator("form").get_by_role("button", name="记录走访").click()
    expect(steward.locator("[data-status]")).to_contain_text("本机暂存 2 条")
    picture(steward, "round-kept", full=True)

    # With network again both are sent by themselves; the answer to the first is lost, and it is noted once.
    lost = []

    def lose(route):
        if lost:
            route.continue_()
            return
        lost.append(None)
        lost[0] = route.fetch().status
        route.abort()

    steward.route("**/round/enterprises/*", lose)
    steward.context.set_offline(False)
    # At once, or with the next attempt: a busy machine takes its time.
    expect(steward.locator("[data-unsent]")).to_be_hidden(timeout=60_000)
    steward.reload()
    noted = steward.locator("h2:has-text('今日已记录') + ul")
    expect(noted.locator("li")).to_have_count(2)
    expect(noted).to_contain_text(name)
    expect(noted).to_contain_text(other)
    assert lost == [201]

    # A form that is left keeps what was typed.
    note = steward.locator("[data-stop]").first.get_by_label("备注")
    steward.locator("[data-stop] .who").first.click()
    note.fill("打字到一半")
    steward.reload()
    steward.locator("[data-stop] .who").first.click()
    expect(note).to_have_value("打字到一半")

    # A shop that the ledger does not know.
    steward.get_by_label("营业执照上的信用代码，或名称").fill("无名小吃店")
    steward.get_by_role("button", name="查找").click()
    assert sound(steward) == ([], False)
    steward.get_by_role("link", name="台账中没有这家店").click()
    expect(steward.get_by_label("招牌名称")).to_have_value("无名小吃店")
    assert sound(steward) == ([], False)
    steward.get_by_label("地块").select_option(index=1)
    steward.get_by_role("button", name="上报").click()
    expect(steward.locator("h1")).to_have_text("我的走访")
    expect(steward.locator("[data-status]")).to_have_text("已上报，由工会核实后登记入台账。")
    assert sound(steward) == ([], False)
    steward.reload()
    expect(steward.locator("[data-status]")).to_be_hidden()

    # The office sees the visit with its photo, and enters the shop.
    officer.goto(f"{base}/ledger?q={name}")
    officer.locator("td.first a").first.click()
    expect(officer.get_by_text("老板同意建会，下周送材料")).to_have_count(1)
    assert (
        officer.locator("img.evidence").evaluate("one => one.decode().then(() => one.naturalWidth)") == 1200
    )

    # The ledger's filter is folded on a phone, where marks tell what is in use; on a wide screen it is open.
    officer.goto(base + "/ledger?state=NONE")
    expect(officer.get_by_label("规模")).to_be_hidden()
    officer.get_by_text("筛选条件 · 1").click()
    officer.get_by_label("规模").select_option("S25")
    assert sound(officer) == ([], False)
    officer.get_by_role("button", name="筛选").click()
    expect(officer.get_by_text("筛选条件 · 2")).to_be_visible()
    assert sound(officer) == ([], False)
    picture(officer, "ledger-filter-phone")
    officer.get_by_role("link", name="建会情况：未建会").click()
    expect(officer.get_by_text("筛选条件 · 1")).to_be_visible()
    officer.set_viewport_size(DESK["viewport"])
    expect(officer.get_by_label("规模")).to_have_value("S25")
    expect(officer.get_by_label("规模")).to_be_visible()
    expect(officer.get_by_text("筛选条件 · 1")).to_be_hidden()
    officer.set_viewport_size(PHONE["viewport"])

    officer.goto(base + "/blocks/leads?name=无名&state=")
    officer.locator("td.first a").first.click()
    assert sound(officer) == ([], False)
    officer.get_by_role("link", name="登记入台账").click()
    officer.get_by_role("button", name="登记入台账").click()
    expect(officer.locator("h1")).to_have_text("无名小吃店")


def test_a_sample_is_drawn_checked_without_network_and_told_with_an_interval(browser, server, picture):
    base = server.address
    steward, officer = enter(browser, base, "田野"), enter(browser, base, "林晓东")
    officer.goto(base + "/blocks/grounds")
    officer.get_by_role("link", name="梧桐里街道总工会").click()
    street = officer.url.rsplit("/", 1)[1]

    # The one that is under way is closed, and the whole list drawn: then the steward has something to check.
    officer.goto(f"{base}/ledger/samples/of/{street}")
    assert sound(officer) == ([], False)
    officer.get_by_role("row", name="核实中").get_by_role("link").click()
    officer.get_by_role("button", name="结束核实").click()
    expect(officer.get_by_role("button", name="结束核实")).to_have_count(0)
    officer.goto(f"{base}/ledger/samples/of/{street}")
    officer.get_by_role("link", name="抽取样本").click()
    officer.get_by_label("抽取家数").fill("2000")
    officer.get_by_role("button", name="抽取样本").click()
    refusal = officer.locator(".errors").first.inner_text()
    listed = re.search(r"只有 (\d+) 家", refusal)[1]
    assert sound(officer) == ([], False)
    officer.get_by_label("抽取家数").fill(listed)
    officer.get_by_role("button", name="抽取样本").click()
    expect(officer.get_by_text("刚才按名单和种子重新抽取，结果一致。")).to_be_visible()
    sample = officer.url

    steward.goto(base + "/round")
    drawn = steward.locator("h2:has-text('抽样核实') ~ ul.stops").first.locator("li")
    name = drawn.first.locator(".who").inner_text()
    steward.context.set_offline(True)
    drawn.first.locator(".who").click()
    assert sound(steward) == ([], False)
    # Where it is stands once, above the form as long as that is open.
    expect(drawn.first.locator("p.small:visible")).to_have_count(1)
    drawn.first.get_by_label("已建会，名单有误").check()
    drawn.first.get_by_label("备注").fill("有会员证")
    picture(steward, "round-check", full=True)
    drawn.first.get_by_role("button", name="提交答案").click()
    expect(steward.locator("[data-status]")).to_contain_text("本机暂存 1 条")
    steward.context.set_offline(False)
    expect(steward.locator("[data-unsent]")).to_be_hidden(timeout=60_000)
    steward.reload()
    expect(steward.locator("h2:has-text('今日已核实') + ul")).to_contain_text(name)

    # It was a slip: answered anew on the page of its own.
    steward.locator("h2:has-text('今日已核实') + ul").get_by_role("link", name=name).click()
    assert sound(steward) == ([], False)
    steward.get_by_label("未建会，名单无误").check()
    steward.get_by_role("button", name="提交答案").click()
    expect(steward.locator("h1")).to_have_text("我的走访")

    officer.goto(sample)
    assert sound(officer) == ([], False)
    picture(officer, "sample")
    expect(officer.get_by_role("row", name=name)).to_contain_text("未建会，名单无误")
    expect(officer.get_by_text(f"从 {listed} 家未建会企业中抽取 {listed} 家，已核实 1 家。")).to_be_visible()
    # One of one: Wilson's interval says how little that is.
    expect(officer.get_by_text("95 % 置信区间 20.7 % 至 100.0 %")).to_be_visible()


def test_a_plan_is_asked_for_looked_at_and_accepted(browser, server, picture):
    base = server.address
    officer = enter(browser, base, "林晓东")
    officer.goto(base + "/blocks/grounds")
    officer.get_by_role("link", name="梧桐里街道总工会").click()
    assert sound(officer) == ([], False)
    officer.get_by_role("link", name="编制方案").click()
    assert sound(officer) == ([], False)
    officer.get_by_label("用途").select_option(label="包干人离岗")
    officer.get_by_label("白雪 离岗").check()
    officer.get_by_role("button", name="开始编制").click()
    plan = officer.url
    expect(officer.get_by_role("button", name="采纳方案")).to_be_visible(timeout=60_000)
    assert sound(officer) == ([], False)
    picture(officer, "plan", full=True)
    expect(officer.locator("svg.areas")).to_have_count(2)
    moved = officer.locator("td.said").count()
    assert moved >= 4
    expect(officer.get_by_text("审图号")).to_be_visible()
    officer.get_by_role("button", name="采纳方案").click()
    expect(officer.get_by_text(f"{moved} 个地块已更换包干人。")).to_be_visible()
    with officer.expect_download() as got:
        officer.get_by_role("link", name="打印").first.click()
    assert got.value.suggested_filename.endswith(".pdf")
    officer.goto(base + "/blocks?steward=白雪")
    expect(officer.get_by_text("共 0 条")).to_be_visible()
    officer.goto(plan)
    expect(officer.get_by_text("已采纳")).to_be_visible()
