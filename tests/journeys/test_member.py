"""A member at the desk and on the own phone – a code, the card, the data – and a visitor who comes twice."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import PHONE, serious
from tests.journeys.test_final import DESK

pytestmark = pytest.mark.browser

# Officers' pages for deciding have a journey of their own; here the member is there already.
SEED = """
import django; django.setup()
from types import SimpleNamespace
from tests.apps.membership.conftest import Desk
from unionhall.apps.people.models import Account
desk = Desk(SimpleNamespace(**{one.username: one for one in Account.objects.select_related("person")}))
member = desk.member(name="江小满", phone="19900001234")
session = desk.session()
print(member.public_id, session.public_id, desk.code(session).public_id)
"""


def seeded(server):
    """A member's card, a session and its code in the server's database."""
    environment = {**server.environment, "DJANGO_SETTINGS_MODULE": "unionhall.site.settings"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SEED], env=environment, capture_output=True, text=True,
        check=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    return done.stdout.split()


def test_a_member_comes_in_and_a_visitor_checks_in(browser, server, picture):
    base = server.address
    card, session, code = seeded(server)

    desk = browser.new_context(**DESK).new_page()
    desk.goto(base + "/demo")
    desk.get_by_role("button", name="以林晓东身份进入").click()
    desk.get_by_role("link", name="会员登录码").click()
    desk.fill("#q", "江小满")
    desk.get_by_role("button", name="查找").click()
    assert serious(desk) == []
    desk.get_by_role("link", name="发放登录码").click()
    desk.get_by_role("button", name="发放登录码").click()
    handed_out = re.sub(r"\s", "", desk.locator(".desk-code").inner_text())
    picture(desk, "member-desk-code")

    phone = browser.new_context(**PHONE).new_page()
    phone.goto(base + "/me")
    assert serious(phone) == []
    phone.fill("input[name=phone]", "19900001234")
    phone.get_by_role("button", name="下一步").click()
    phone.fill("input[name=code]", handed_out)
    phone.get_by_role("button", name="登录").click()
    expect(phone.locator(".member-card")).to_contain_text("江小满")
    expect(phone.locator(".member-card")).to_contain_text(card)
    picture(phone, "member-card", full=True)
    assert serious(phone) == []
    for name in ("会籍", "我的工会", "服务", "我的资料"):
        phone.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        assert serious(phone) == [], name
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    picture(phone, "member-data", full=True)
    facts = phone.locator(".own-facts").first
    expect(facts).to_contain_text("199****1234")
    phone.get_by_role("button", name="查看 手机号码").click()
    expect(facts).to_contain_text("19900001234")
    with phone.expect_download() as file:
        phone.get_by_role("link", name="数据文件（JSON）").click()
    assert "江小满" in Path(file.value.path()).read_text(encoding="utf-8")
    phone.get_by_role("link", name="更正 姓名").click()
    phone.get_by_label("应更正为").fill("江晓满")
    phone.get_by_role("button", name="申请更正").click()
    expect(phone.locator(".kept").first).to_contain_text("待答复")

    desk.get_by_role("link", name="更正申请").click()
    desk.get_by_role("link", name="江小满").click()
    assert serious(desk) == []
    desk.get_by_role("button", name="按此更正").click()
    phone.goto(base + "/me")
    expect(phone.locator(".member-card")).to_contain_text("江晓满")
    phone.get_by_role("button", name="退出").click()
    phone.goto(base + "/me/data")
    expect(phone).to_have_url(base + "/me/sign-in")

    visitor = browser.new_context(**PHONE)
    page = visitor.new_page()
    page.goto(f"{base}/q/{card}")
    expect(page.locator("main")).to_contain_text("江*满")
    assert serious(page) == []
    page.goto(f"{base}/q/{session}")
    # Out of reach of the network the check-in waits on the phone.
    visitor.set_offline(True)
    page.get_by_role("button", name="我到了").click()
    expect(page.locator("[data-check-in-status]")).to_contain_text("没有网络")
    visitor.set_offline(False)
    page.get_by_role("link", name="加入工会").wait_for()
    expect(page.locator("main")).to_contain_text("签到成功")
    assert serious(page) == []
    # Whoever comes back finds that it is done, and nothing to press again.
    page.goto(f"{base}/q/{session}")
    expect(page.locator("[data-check-in-status]")).to_contain_text("签到成功")
    expect(page.get_by_role("button", name="我到了")).to_be_hidden()
    page.get_by_role("link", name="加入工会").click()
    expect(page).to_have_url(f"{base}/join?from={code}")
    count = server.command(
        "manage", "shell", "-c",
        "from unionhall.apps.membership.models import CheckIn;"
        f" print('came', CheckIn.objects.filter(session__public_id='{session}').count())",
    )  # fmt: skip
    assert "came 1" in count.stdout
