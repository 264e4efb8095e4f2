"""An officer chooses the daily message; an administrator looks what was sent and mends what was not told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import PHONE, serious
from tests.journeys.test_final import DESK

pytestmark = pytest.mark.browser

# Two decisions, of which the gateway takes one; and a fact that its hearer could not take in.
SEED = """
import django; django.setup()
from types import SimpleNamespace
from tests.apps.membership.conftest import Desk
from unionhall.apps.membership.usecases.reminding import send_reminders
from unionhall.apps.people.models import Account
from unionhall.kernel import clock, sms
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.models import Fact, FactDelivery

class Gateway:
    def send(self, phone, text):
        if phone.endswith("1"):
            raise sms.SmsError

sms.use(Gateway())
desk = Desk(SimpleNamespace(**{one.username: one for one in Account.objects.select_related("person")}))
one, other = desk.accepted(), desk.accepted()
desk.decide(one, other)
send_reminders(by=SYSTEM, at=clock.now())
fact = Fact.objects.create(name="MemberJoined", payload={"person": "X", "union": "Y"}, at=clock.now())
FactDelivery.objects.create(
    fact=fact, handler="journey.hearer", attempts=7, error="PERSON_UNKNOWN", failed_at=clock.now()
)
print(one.public_id, other.public_id)
"""


def seeded(server):
    """The applications of the message that was sent and of the one that was not."""
    environment = {**server.environment, "DJANGO_SETTINGS_MODULE": "unionhall.site.settings"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SEED], env=environment, capture_output=True, text=True,
        check=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    return done.stdout.split()


def enter(browser, server, how, username):
    page = browser.new_context(**how).new_page()
    page.goto(server.address + "/demo")
    page.locator(f'form:has(input[value="{username}"]) button').click()
    return page


def test_messages_are_chosen_looked_through_and_mended(browser, server, picture):
    sent, failed = seeded(server)

    phone = enter(browser, server, PHONE, "district")
    phone.get_by_role("link", name="林晓东").click()
    box = phone.get_by_label("有待办事项时，每天给我发一条短信")
    expect(box).not_to_be_checked()
    box.check()
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_label("有待办事项时，每天给我发一条短信")).to_be_checked()
    assert serious(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(phone, "own-account", full=True)

    desk = enter(browser, server, DESK, "administrator")
    desk.goto(server.address + "/applications")
    desk.get_by_role("link", name="提醒短信").click()
    expect(desk.get_by_role("link", name=sent)).to_be_visible()
    desk.get_by_label("状态").select_option("FAILED")
    desk.get_by_role("button", name="筛选").click()
    expect(desk.get_by_role("link", name=sent)).to_have_count(0)
    expect(desk.get_by_role("link", name=failed)).to_be_visible()
    assert serious(desk) == []
    picture(desk, "reminders", full=True)
    desk.get_by_role("link", name=failed).click()
    expect(desk.get_by_role("heading", level=1)).to_be_visible()

    desk.get_by_role("link", name="送达失败").click()
    row = desk.locator("tr", has_text="journey.hearer")
    expect(row).to_contain_text("PERSON_UNKNOWN")
    assert serious(desk) == []
    picture(desk, "deliveries", full=True)
    row.get_by_role("button", name="重新送达").click()
    expect(desk.get_by_role("status")).to_contain_text("几秒内将重新送达")
    expect(desk.locator("tr", has_text="journey.hearer")).to_have_count(0)
