"""A whole final in real browsers over plain http: six phones, the desk and the hall screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .steps import PHONE, serious

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1440, "height": 900}}
HALL = {"viewport": {"width": 1920, "height": 1080}}
READ_OUT = "宣读下一奖项"
CRITERIA = ["CONTENT", "LANGUAGE", "BEARING", "IMPRESSION"]


class Phone:
    """One juror's phone."""

    def __init__(self, browser, code):
        self.context = browser.new_context(**PHONE)
        self.page = self.context.new_page()
        self.page.goto(code)
        self.page.get_by_role("button", name="用这部手机入席").click()

    def status(self):
        return self.page.locator("[data-sheet-status]")

    def fill(self, speech):
        """Two presses on a stepper, the rest typed: each speech gets half a point more than the last."""
        language = min(60, 39 + speech)
        impression = 28 + max(0, speech - 21)
        plus = self.page.locator("button[data-for=CONTENT][data-step='1']")
        plus.click()
        plus.click()
        for code, value in zip(CRITERIA[1:], (str(language / 2), "14.5", str(impression / 2)), strict=True):
            self.page.fill(f"#c-{code}", value)
        return self.page.locator("[data-total]")

    def send(self):
        self.page.locator("button[type=submit]").click()

    def received(self):
        self.page.wait_for_selector("[data-sheet-status][data-state=received]")


def rehearsal_of_six(page, base):
    """A copy of the final with six seats (3, 2 and 1), made as the desk's button makes it."""
    page.goto(base + "/demo")
    page.get_by_role("button", name="以贺敏身份进入").click()
    page.goto(base + "/")
    stage = re.search(r"/stages/([A-Z0-9]{12})", page.content())[1]
    return post(page, base, f"/stages/{stage}/rehearsals", jurors="6").json()["stage"]


def post(page, base, path, **form):
    """What a form of the page would send."""
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
    return page.request.post(base + path, form=form, headers={"X-CSRFToken": token, "Referer": base + "/"})


def seat_codes(page, base, stage):
    return re.findall(
        r"http://\S+/q/[A-Z0-9]{20}", post(page, base, f"/stages/{stage}/passes", form="csv").text()
    )


def press(desk, words):
    """The red button, which must say ``words``; then wait until the desk has moved on."""
    button = desk.locator("#step")
    button.filter(has_text=words).click()
    desk.locator("#toasts .notice.good").wait_for()
    desk.evaluate("document.getElementById('toasts').innerHTML = ''")
    if words != READ_OUT:
        expect(button).not_to_contain_text(words)


def test_a_final_is_held(browser, server, picture):
    base = server.address
    desk_context = browser.new_context(**DESK)
    desk = desk_context.new_page()
    errors = []
    desk.on("pageerror", lambda error: errors.append(str(error)))
    stage = rehearsal_of_six(desk, base)
    phones = [Phone(browser, code) for code in seat_codes(desk, base, stage)]
    assert len(phones) == 6
    for phone in phones:
        phone.page.on("pageerror", lambda error: errors.append(str(error)))
    picture(phones[0].page, "phone-waiting")
    hall = browser.new_context(**HALL).new_page()
    hall.goto(f"{base}/stages/{stage}/hall")
    desk.goto(f"{base}/stages/{stage}/desk")
    assert serious(desk) == []
    speech = heard = 0
    while True:
        step = desk.locator("#step")
        step.wait_for()
        words = step.inner_text().strip()
        if words.startswith("结束全场评分"):
            break
        press(desk, words)
        if not words.startswith("请"):
            continue
        # A speaker is on stage; the first five are heard before any is scored.
        desk.locator("#step", has_text=re.compile("开放评分|本位已讲完")).wait_for()
        if "本位已讲完" in desk.locator("#step").inner_text():
            heard += 1
            if heard == 2:
                expect(hall.locator(".hall-note")).to_have_text("前 5 位全部讲完后再依次评分")
                picture(hall, "hall-hearing")
                picture(desk, "desk-hearing")
                assert serious(desk) == []
            press(desk, "本位已讲完")
            continue
        speech += 1
        press(desk, "开放评分")
        for phone in phones:
            phone.page.wait_for_selector("form[data-box]")
            assert phone.fill(speech).inner_text() == f"{84.5 + speech / 2:.1f}"
        if speech == 1:
            picture(phones[0].page, "phone-sheet")
            assert serious(phones[0].page) == []
        if speech == 2:
            cut_in_the_middle(phones[0])
        elif speech == 3:
            double_tap(phones[0])
        else:
            phones[0].send()
        for phone in phones[1:]:
            phone.send()
        for phone in phones:
            phone.received()
        expect(hall.locator(".hall-count b")).to_have_text("6")
        desk.locator("text=全部评委均已提交").wait_for()
        if speech == 4:
            picture(hall, "hall-counting")
            picture(desk, "desk-scoring")
        press(desk, "关闭评分")
        phones[0].page.locator(".sheet-status[data-state=sealed]").wait_for()
        press(desk, "亮分")
        expect(hall.locator(".hall-composite .score")).to_have_text(f"{84.5 + speech / 2:.3f}")
        expect(hall.locator(".hall .name")).to_have_text(
            desk.locator(".onstage .name").inner_text().split("　")[1]
        )
        if speech == 17:
            picture(hall, "hall-score")
            picture(phones[0].page, "phone-sealed")
    assert (speech, heard) == (22, 5)
    counts = desk.request.get(f"{base}/stages/{stage}/desk/counts").json()
    assert sorted(len(numbers) for numbers in counts.values()) == [6] * 22
    press(desk, "结束全场评分")
    press(desk, "封存成绩榜")
    shown = []
    for prize in ("三等奖", "二等奖", "一等奖", "特等奖"):
        press(desk, READ_OUT)
        expect(hall.locator(".hall-prize")).to_have_text(prize)
        shown.append(hall.locator(".hall-prize").inner_text())
        picture(hall, f"hall-award-{len(shown)}")
        desk.wait_for_timeout(400)
    assert shown == ["三等奖", "二等奖", "一等奖", "特等奖"]
    desk.goto(f"{base}/stages/{stage}/board")
    picture(desk, "board", full=True)
    assert serious(desk) == []
    desk.goto(f"{base}/stages/{stage}/desk")
    press_publish(desk)
    a_stranger_checks_it(browser, desk, base, stage, picture)
    a_juror_finds_the_receipts(phones[0], base, picture)
    desk.goto(f"{base}/stages/{stage}/advice")
    desk.get_by_role("button", name="开启评分分析").click()
    desk.get_by_role("heading", name="规则权重与实际权重").wait_for()
    assert serious(desk) == []
    assert errors == []


def press_publish(desk):
    """In a rehearsal whoever runs it may publish; the bundle is then held against the second count."""
    desk.locator("#step", has_text="公布成绩").click()
    desk.locator("#toasts .notice.good").wait_for()


def a_stranger_checks_it(browser, desk, base, stage, picture):
    """Nobody's browser takes the public bundle from the results, and the whole one from an overseer."""
    stranger = browser.new_context(**PHONE).new_page()
    stranger.goto(f"{base}/stages/{stage}/results")
    assert serious(stranger) == []
    public = stranger.request.get(f"{base}/stages/{stage}/bundle").body()
    whole = desk.request.get(f"{base}/stages/{stage}/bundle/scrutineer").body()
    for data, words in ((public, "不能据此重算总分"), (whole, "分毫不差")):
        stranger.goto(base + "/verify")
        stranger.set_input_files(
            "#file", {"name": "final.bundle", "mimeType": "application/octet-stream", "buffer": data}
        )
        stranger.get_by_role("button", name="开始核验").click()
        expect(stranger.locator(".notice.good")).to_contain_text(words)
    picture(stranger, "verified")
    assert serious(stranger) == []


def a_juror_finds_the_receipts(phone, base, picture):
    """Each ballot with its code, and for one the proof as a QR code."""
    phone.page.goto(base + "/juror/ballots")
    assert phone.page.locator("a.kept").count() >= 22
    assert serious(phone.page) == []
    phone.page.locator("a.kept").first.click()
    phone.page.locator("img.proof-code").wait_for()
    picture(phone.page, "proof")
    assert serious(phone.page) == []


def cut_in_the_middle(phone):
    """The server gets the ballot, but the answer never arrives; the phone sends again and it counts once."""
    taken = []

    def swallow(route):
        if taken:
            route.continue_()
        else:
            taken.append(route.fetch())
            route.abort()

    phone.page.route("**/ballots", swallow)
    phone.send()
    phone.page.wait_for_selector("[data-sheet-status][data-state=phone]")
    assert "在本机" in phone.status().inner_text()
    # Nothing that names a person is kept in the browser.
    kept = phone.page.evaluate("JSON.stringify(localStorage)")
    assert "pending" in kept
    assert not re.search(r"[\u4e00-\u9fff]", kept)
    phone.received()
    phone.page.unroute("**/ballots")
    assert taken[0].status == 201


def double_tap(phone):
    """Two taps before the first answer."""
    phone.page.evaluate(
        "const send = document.querySelector('button[type=submit]'); send.click(); send.click()"
    )


def test_without_scripts_the_form_sends_the_same_ballot(browser, server):
    base = server.address
    desk = browser.new_context(**DESK).new_page()
    stage = rehearsal_of_six(desk, base)
    codes = seat_codes(desk, base, stage)
    context = browser.new_context(**PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(codes[0])
    page.get_by_role("button", name="用这部手机入席").click()
    desk.goto(f"{base}/stages/{stage}/desk")
    while (words := desk.locator("#step").inner_text().strip()) != "关闭评分":
        press(desk, words)
    page.goto(base + "/juror")
    for code, value in zip(CRITERIA, ("41", "28", "14.5", "14"), strict=True):
        page.fill(f"#c-{code}", value)
    page.locator("button[type=submit]").click()
    assert "主题内容：须在 0 至 40 之间" in page.locator("[data-sheet-status]").inner_text()
    assert page.input_value("#c-LANGUAGE") == "28"
    page.fill("#c-CONTENT", "38")
    page.locator("button[type=submit]").click()
    assert "已收到，编号" in page.locator("[data-sheet-status]").inner_text()
