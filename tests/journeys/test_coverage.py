"""From three registers of other offices to a founded union: one enterprise's way, in everybody's hands."""

from __future__ import annotations

import csv
import io
import re

import pytest
from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import expect

from tests.apps.membership.conftest import identity_number
from unionhall.kernel import clock
from unionhall.site.demo_ledger import code_of

from .steps import PHONE, enter, sound

pytestmark = pytest.mark.browser

GROUND = "梧桐里街道总工会"
# Who has no union, and whom nobody in the house knew: 46 employees by the tax register.
WANTED = "云栖精密仪器有限公司"
STREET = [
    (f"{first}{second}商贸有限公司", f"梧桐里街道学府路{n + 1}号")
    for n, (first, second) in enumerate(
        zip("沐岚汐屿澄栩棠霁湛蔚岑珩", "野川谷浦丘原溪岭湾麓泽峦", strict=True)
    )
]
"""Twelve enterprises of the street; the first five have a union."""
TWINS = [(f"{city}晴川餐饮有限公司", f"{city}市解放路9号") for city in ("杭州", "宁波")]
"""Of one name in two cities; the unions' register says only the name."""


def as_csv(heading, rows, encoding="utf-8-sig"):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([heading, *rows])
    return out.getvalue().encode(encoding)


def as_workbook(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def registers():
    """What three offices know of fifteen enterprises."""
    market = [(WANTED, code_of(700_000), "单志明", "梧桐里街道创新路8号", "15400000000", "仪器仪表制造业")]
    market += [
        (name, code_of(700_001 + n), "王建国", address, "15400000001", "批发业")
        for n, (name, address) in enumerate([*STREET, *TWINS])
    ]
    union = [(name, code_of(700_001 + n), "王建国", address) for n, (name, address) in enumerate(STREET[:5])]
    union.append(("晴川餐饮有限公司", "", "", ""))
    tax = [(WANTED, code_of(700_000), 46, "否"), (STREET[5][0], code_of(700_006), 7, "否")]
    offices = ("企业名称", "统一社会信用代码", "法定代表人", "住所", "联系电话", "行业")
    taxes = ("纳税人名称", "纳税人识别号", "从业人数", "工会经费")
    return {
        "市场监管": ("市场监管.csv", as_csv(offices, [*market, market[1]], "gb18030")),
        "工会台账": ("工会台账.csv", as_csv(("单位", "税号", "当家人", "地址"), union)),
        "税务月报": ("税务.xlsx", as_workbook(taxes, *tax)),
        "two rows of headings": ("税务.xlsx", as_workbook(taxes, ("名称", "税号", "人数", ""), *tax)),
    }


def hand_in(page, ground, register, file):
    """A file of a register, as far as its page goes."""
    page.goto(ground)
    page.get_by_role("row").filter(has_text=register).first.get_by_role("link", name="上传文件").click()
    send(page, file)


def send(page, file):
    name, data = file
    page.get_by_label("CSV、工作簿或 Parquet 文件").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    page.locator("form .btn-main").click()


def confirm(page, **columns):
    """Say what columns hold that nobody knows by their headings; how many rows, and how many repeat one."""
    for heading, field in columns.items():
        page.get_by_label(heading).select_option(label=field)
    page.get_by_role("button", name="确认各列").click()
    expect(page.get_by_role("heading", name="文件内容")).to_be_visible(timeout=60_000)
    return [int(one) for one in page.locator(".counts .number").all_inner_texts()]


def covered(page, base):
    """Covered and due enterprises of the street, as the figures say."""
    page.goto(base + "/ledger/figures")
    line = page.locator("section", has=page.get_by_role("heading", name="按属地")).locator("tbody tr").first
    expect(line).to_contain_text(GROUND)
    cells = line.locator("td").all_inner_texts()
    return int(cells[1]), int(cells[3])


def save(page):
    page.locator("form .btn-main").click()


def file(page, *kinds):
    """File documents from the founding's page."""
    out = io.BytesIO()
    Image.new("RGB", (420, 594), "white").save(out, "JPEG")
    for kind in kinds:
        page.get_by_role("link", name="归档材料").click()
        page.get_by_label("类别").select_option(label=kind)
        page.get_by_label("照片或 PDF").set_input_files(
            {"name": "扫描.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
        )
        save(page)


def apply(page, base):
    """A worker of the enterprise asks to join; the address of the application."""
    page.goto(base + "/join")
    page.get_by_label("姓名", exact=True).fill("辛禾")
    page.get_by_label("证件号码", exact=True).fill(identity_number(40))
    page.get_by_label("手机号码", exact=True).fill("19900000040")
    page.get_by_label("用人单位", exact=True).check()
    page.get_by_label("用人单位或平台").fill(WANTED)
    page.get_by_label("职业").select_option(index=1)
    page.get_by_label("工作所在区域").select_option(label=GROUND)
    page.get_by_label("本人自愿加入工会").check()
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url(re.compile(r"/join/[A-Z0-9]{12}[0-9a-f]{32}$"))


def test_three_registers_lead_to_a_visit_and_the_visit_to_a_union(browser, server, picture):
    pytest.importorskip("splink")
    base = server.address
    people = (enter(browser, base, name) for name in ("林晓东", "方敏", "柳青", "田野"))
    officer, second, administrator, steward = people
    apply(browser.new_context(**PHONE).new_page(), base)
    before = covered(officer, base)
    files = registers()

    # An agreement is noted above, and the register that comes under it is entered by the street's officer.
    administrator.goto(base + "/office-registers")
    administrator.get_by_role("link", name=GROUND).click()
    ground = administrator.url
    assert sound(administrator) == ([], False)
    picture(administrator, "registers-phone", full=True)
    administrator.get_by_role("link", name="登记协议").click()
    administrator.get_by_label("提供部门").fill("税务分局")
    administrator.get_by_label("登记类别").select_option(label="税务部门")
    administrator.get_by_label("协议名称").fill("税务分局数据共享协议")
    administrator.get_by_label("用途").fill("查找未建会企业")
    for field in ("企业名称", "统一社会信用代码等代码", "职工人数"):
        administrator.get_by_label(field).check()
    administrator.get_by_label("负责人").fill("方敏")
    save(administrator)
    expect(administrator.get_by_text("税务分局数据共享协议")).to_be_visible()
    officer.goto(ground)
    officer.locator("section", has=officer.get_by_role("heading", name="登记来源")).get_by_role(
        "link", name="添加"
    ).click()
    officer.get_by_label("名称").fill("税务月报")
    officer.get_by_label("协议").select_option(label="税务部门 · 税务分局数据共享协议")
    save(officer)

    # What cannot be right is said at once; what the agreement does not cover is never stored.
    send(officer, files["two rows of headings"])
    expect(officer.get_by_text("第 2 行是第二行标题")).to_be_visible()
    send(officer, files["税务月报"])
    expect(officer.get_by_text("协议未涵盖，已舍去且未保存：工会经费")).to_be_visible()
    assert confirm(officer) == [2, 0]
    hand_in(officer, ground, "工会台账", files["工会台账"])
    assert sound(officer) == ([], False)
    assert confirm(officer, 当家人="法定代表人") == [6, 0]
    hand_in(officer, ground, "市场监管", files["市场监管"])
    expect(officer.get_by_text("协议未涵盖，已舍去且未保存：联系电话")).to_be_visible()
    assert confirm(officer) == [16, 1]
    assert sound(officer) == ([], False)

    # The three are linked by a job, and the files are gone.
    officer.get_by_role("link", name="比对登记").click()
    expect(officer.get_by_label("税务部门").locator("option:checked")).to_contain_text("税务月报 · ")
    officer.locator("form .btn-main").click()
    expect(officer.get_by_role("link", name="未建会企业")).to_be_visible(timeout=120_000)
    run = officer.url
    picture(officer, "run-phone", full=True)
    assert officer.locator(".counts li").all_inner_texts() == [
        "5 新记为已建会", "9 新记为未建会", "14 新进台账", "1 拿不准，交人工判定",
    ]  # fmt: skip
    assert sound(officer) == ([], False)
    assert covered(officer, base) == (before[0] + 5, before[1] + 14)

    # The unions wrote a name that two cities have; a person says which it is, with one key.
    officer.goto(run)
    officer.get_by_role("link", name="判定 1 对").click()
    pair = officer.url
    expect(officer.get_by_text("还剩 1 对")).to_be_visible()
    assert sound(officer) == ([], False)
    picture(officer, "pair-phone", full=True)
    officer.keyboard.press("l")
    expect(officer).to_have_url(run)
    officer.goto(pair)
    twice = officer.get_by_text("另一人").count()
    officer.keyboard.press("j")
    expect(officer).to_have_url(run)
    if twice:
        # One pair in ten is drawn for a second person.
        second.goto(pair)
        second.get_by_role("button", name="是同一家").first.click()
    officer.goto(run)
    expect(officer.get_by_text("已判定 1 对。")).to_be_visible()
    officer.goto(ground)
    # Of the register of unions that stands which the next day's changes are compared with.
    expect(officer.get_by_text("文件已删除")).to_have_count(2)
    expect(officer.locator("tbody tr", has_text="留底名册")).to_have_count(1)
    now = covered(officer, base)
    assert now == (before[0] + 6, before[1] + 15)

    # The filter finds whom nobody knew; the office says in which block it stands and who goes there when.
    officer.goto(base + "/ledger?state=NONE&size=S25&place=创新路8号")
    expect(officer.locator("tbody td.first")).to_have_text([WANTED])
    assert sound(officer) == ([], False)
    officer.get_by_role("link", name=WANTED).click()
    enterprise = officer.url
    expect(officer.get_by_text("46 · 25–99 人")).to_be_visible()
    assert sound(officer) == ([], False)
    officer.locator("a", has_text="变更").first.click()
    officer.get_by_label("地块").select_option(label="WTL02 梧桐社区第2地块")
    save(officer)
    officer.get_by_role("link", name="下一步", exact=True).click()
    officer.get_by_label("下一步").fill("上门了解建会意愿")
    officer.get_by_label("办理时限").fill(clock.today().isoformat())
    save(officer)

    # The block's steward has it on the route, and notes the visit where there is no network.
    steward.goto(base + "/round")
    stop = steward.locator("[data-stop]").filter(has_text=WANTED)
    expect(stop).to_contain_text("上门了解建会意愿")
    assert sound(steward) == ([], False)
    steward.context.set_offline(True)
    stop.locator(".who").click()
    form = stop.locator("form")
    form.get_by_label("同意").check()
    form.get_by_label("备注").fill("职工想建会，老板支持")
    form.get_by_label("下一步").fill("成立筹备组")
    form.get_by_role("button", name="记录走访").click()
    expect(steward.locator("[data-status]")).to_contain_text("本机暂存 1 条")
    steward.context.set_offline(False)
    expect(steward.locator("[data-unsent]")).to_be_hidden(timeout=60_000)

    # The office founds it: preparatory group, meeting of the members, approval above, registration.
    officer.goto(enterprise)
    expect(officer.get_by_text("职工想建会，老板支持")).to_have_count(1)
    expect(officer.get_by_text("成立筹备组").first).to_be_visible()
    founding = found(officer, picture)
    second.goto(founding)
    file(second, "上级工会批复")
    assert sound(second) == ([], False)
    picture(second, "founding-to-approve", full=True)
    second.get_by_role("link", name="同意建会").click()
    save(second)
    assert covered(officer, base) == now
    administrator.goto(founding)
    administrator.get_by_role("link", name="登记工会").click()
    save(administrator)
    expect(administrator.get_by_text("工会已成立，并覆盖所属企业。")).to_be_visible()
    picture(administrator, "founded", full=True)

    # The ledger says so, exactly one enterprise more is covered, and whoever waited is with the new union.
    officer.goto(enterprise)
    expect(officer.locator(".page-head .badge-state")).to_contain_text("已单独建会")
    expect(officer.get_by_text("此企业无须推动建会，不计优先分。")).to_be_visible()
    expect(officer.get_by_text("尚未安排下一步。")).to_be_visible()
    assert sound(officer) == ([], False)
    picture(officer, "ledger-entry-founded", full=True)
    assert covered(officer, base) == (now[0] + 1, now[1])
    administrator.goto(base + "/applications?name=辛禾")
    administrator.get_by_role("link", name="辛禾").click()
    expect(administrator.get_by_text(f"{WANTED}工会").first).to_be_visible()
    officer.goto(base + "/ledger/map")
    assert sound(officer) == ([], False)
    picture(officer, "ledger-map-phone", full=True)


def found(page, picture):
    """From the page of an enterprise to a founding that the upper union is to approve; its address."""
    page.get_by_role("link", name="启动建会").click()
    save(page)
    founding = page.url
    assert sound(page) == ([], False)
    expect(page.get_by_text("还缺：建会申请、筹备组名单。")).to_be_visible()
    file(page, "建会申请", "筹备组名单")
    page.get_by_role("link", name="筹备组已成立").click()
    save(page)
    page.get_by_role("link", name="安排会员大会").click()
    page.get_by_label("开始时间").fill("2026-01-05T10:00")
    page.get_by_label("地点").fill("三楼会议室")
    page.get_by_label("主持人").select_option(index=1)
    save(page)
    page.get_by_role("link", name="登记召开情况").click()
    page.get_by_role("link", name="登记召开情况").click()
    page.get_by_label("其他到会人数").fill("31")
    save(page)
    page.goto(founding)
    file(page, "会员大会会议纪要", "选举结果报告")
    page.get_by_role("link", name="报上级工会").click()
    save(page)
    expect(page.get_by_text("由您提交，须由上级工会另一位干部批复。")).to_be_visible()
    return founding
