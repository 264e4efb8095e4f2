"""A desk's phone opens its pages again without network; what it keeps is nobody's; a release replaces it."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect

import unionhall
from tests.house.conftest import Server
from tests.journeys.steps import DESK, PHONE, serious
from tests.journeys.test_joining import enter, fill, send
from tests.journeys.test_member import seeded

pytestmark = pytest.mark.browser

READY, CUT = "没有网络也能打开", "当前没有网络。您提交的内容先存在本机"
KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const held = await cache.match(request);
      kept[request.url.replace(location.origin, "")] = [name, held.status, await held.text()];
    }
  }
  return kept;
}"""


def pages_of(kept):
    """What a phone keeps beside the assets: addresses with their answers' status."""
    return {url: status for url, (_name, status, _text) in kept.items() if not url.startswith("/static/")}


@pytest.fixture(scope="module")
def seeds(server):
    """A member's card, a session and its code."""
    return seeded(server)


def open_once(page, address):
    """Until the page is kept. Of another release the browser learns only some seconds after it was opened."""
    page.goto(address)
    expect(page.get_by_text(READY)).to_be_visible(timeout=30_000)


def told(page, path):
    """The worker is asked to keep an address, and has answered."""
    page.evaluate(
        """(path) => new Promise((heard) => {
          navigator.serviceWorker.addEventListener("message", ({ data }) => {
            if (data.asked[0] === path) heard();
          });
          navigator.serviceWorker.startMessages();
          navigator.serviceWorker.controller.postMessage({ keep: [path], language: "en" });
        })""",
        path,
    )


def counted(server, code, session):
    done = server.command(
        "manage", "shell", "-c",
        "from unionhall.apps.membership.models import Application, CheckIn;"
        f"sent = Application.objects.filter(source__public_id='{code}');"
        "print(sorted(sent.values_list('name', flat=True)),"
        f" CheckIn.objects.filter(session__public_id='{session}').count())",
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1]


def test_a_phone_opens_its_pages_again_without_network_and_sends_once(server, seeds, browser, picture):
    _card, session, code = seeds
    desk = browser.new_context(**PHONE)
    page = desk.new_page()
    open_once(page, f"{server.address}/q/{session}")
    # Nothing beyond the check-in was opened; its form to join is kept together with it.
    check_in, join = f"/sessions/{session}/check-in", f"/join?from={code}"
    assert pages_of(page.evaluate(KEPT)) == {
        check_in: 200, f"/q/{session}": 302, join: 200, f"/q/{code}": 302,
    }  # fmt: skip

    desk.set_offline(True)
    page.close()
    page = desk.new_page()
    page.goto(f"{server.address}/q/{session}")
    expect(page).to_have_url(server.address + check_in)
    expect(page.get_by_text(CUT)).to_be_visible()
    assert serious(page) == []
    picture(page, "offline-check-in", full=True)
    page.get_by_label("手机号码").fill("19900000020")
    page.get_by_role("button", name="我到了").click()
    expect(page.get_by_text("没有网络。签到已保存在本手机")).to_be_visible()
    page.close()

    # Two people, and between them the page is closed: what was kept has the same keys in it for both.
    for n, name in ((20, "苗渡"), (21, "方可")):
        page = desk.new_page()
        page.goto(f"{server.address}/q/{code}")
        expect(page).to_have_url(server.address + join)
        fill(page, name, n)
        send(page)
        expect(page.get_by_text(f"本机存有 {n - 19} 份表格")).to_be_visible()
        if n == 20:
            picture(page, "offline-join", full=True)
            page.close()
    assert counted(server, code, session) == "[] 0"

    desk.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("link", name="苗渡")).to_be_visible()
    expect(page.get_by_role("link", name="方可")).to_be_visible()
    page.goto(server.address + check_in)
    expect(page.get_by_text("签到成功")).to_be_visible()
    page.goto(server.address + join)
    page.wait_for_load_state("networkidle")
    assert counted(server, code, session) == "['方可', '苗渡'] 1"


def test_a_network_that_does_not_answer_counts_as_none(server, browser):
    """A hall in which every phone holds a line, and none gets a byte through."""
    page = browser.new_context(**PHONE).new_page()
    open_once(page, server.address + "/join")
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        page.goto(server.address + "/join")
        expect(page.get_by_role("heading", name="加入工会")).to_be_visible()
        # The answer that was kept, with its script at work.
        expect(page.locator("[data-join] [name=csrfmiddlewaretoken]")).to_have_value("")
        expect(page.get_by_label("站点")).to_be_hidden()
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


def test_nothing_of_an_officer_or_a_member_is_kept(server, seeds, browser):
    card, session, code = seeds
    context = browser.new_context(**DESK)
    page = context.new_page()
    enter(page, server, "林晓东")
    open_once(page, f"{server.address}/q/{session}")
    # The phone of an officer: whatever is asked of the worker, only what everybody sees comes to lie in it.
    page.goto(f"{server.address}/members")
    for path in ("/", "/applications", "/members", "/me", "/me/data", "/collection", f"/q/{card}", "/jobs"):
        page.goto(server.address + path)
        told(page, path)
    page.goto(f"{server.address}/join?from={code}")
    expect(page.get_by_text(READY)).to_be_visible()
    fill(page, "苏未", 30)
    send(page)
    page.wait_for_url(re.compile(r"/join/[A-Z0-9]{12}[0-9a-f]{32}$"))
    kept = page.evaluate(KEPT)
    assert pages_of(kept) == {
        f"/sessions/{session}/check-in": 200, f"/q/{session}": 302,
        f"/join?from={code}": 200, f"/q/{code}": 302,
    }  # fmt: skip
    everything = "".join(text for url, (_name, _status, text) in kept.items() if url in pages_of(kept))
    token = next(one["value"] for one in context.cookies() if one["name"] == "csrftoken")
    assert [word for word in ("林晓东", "江小满", "苏未", token) if word in everything] == []
    assert re.findall(r'csrfmiddlewaretoken" value="[^"]|X-CSRFToken": "[^"]', everything) == []
    # Without network they have no page, as before.
    context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(server.address + "/members")


def test_a_page_that_is_gone_is_let_go_and_the_language_stays(server, browser):
    page = browser.new_context(**PHONE).new_page()
    open_once(page, server.address + "/join?from=")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("opens without network too")).to_be_visible()
    page.context.set_offline(True)
    page.goto(server.address + "/join?from=")
    expect(page.get_by_role("heading", name="Join the union")).to_be_visible()
    page.context.set_offline(False)
    # As if it had been kept before its session was taken back.
    gone = "/sessions/NOSUCHCODE22/check-in"
    page.evaluate(
        """async (gone) => (await caches.open((await caches.keys())[0])).put(gone, new Response("gone"))""",
        gone,
    )
    assert pages_of(page.evaluate(KEPT)) == {"/join?from=": 200, gone: 200}
    told(page, gone)
    assert pages_of(page.evaluate(KEPT)) == {"/join?from=": 200}


def test_a_new_release_replaces_what_was_kept(browser, demo_city, tmp_path):
    """The same house, a changed asset: all pages are kept anew, and of the former ones nothing is left."""
    release = tmp_path / "release" / "unionhall"
    shutil.copytree(Path(unionhall.__file__).parent, release, ignore=shutil.ignore_patterns("__pycache__"))
    script = release / "apps" / "membership" / "static" / "membership" / "join.js"
    script.write_text(script.read_text("utf-8") + "// another release\n", "utf-8")
    with demo_city(tmp_path) as url:
        house = Server(tmp_path, url)
        _card, session, code = seeded(house)
        context = browser.new_context(**PHONE)
        page = context.new_page()
        open_once(page, f"{house.address}/q/{session}")
        first = page.evaluate(KEPT)
        house.stop()
        # Nobody is there: the phone opens what it has.
        page.goto(f"{house.address}/q/{code}")
        expect(page.get_by_label("姓名", exact=True)).to_be_visible()
        house = Server(tmp_path, url, port=house.port, PYTHONPATH=str(release.parent))
        try:
            open_once(page, f"{house.address}/join")
            # The new worker answers while it still tidies up.
            page.evaluate(
                """async () => {
                  for (let n = 0; n < 300 && (await caches.keys()).length > 1; n += 1) {
                    await new Promise((go) => setTimeout(go, 100));
                  }
                }"""
            )
            assert page.evaluate("async () => (await caches.keys()).length") == 1
            second = page.evaluate(KEPT)
        finally:
            house.stop()
        names = {name for name, _status, _text in first.values()}, {n for n, _s, _t in second.values()}
        assert (len(names[0]), len(names[1]), names[0] & names[1]) == (1, 1, set())
        assert pages_of(second) == pages_of(first) | {"/join": 200}
        assert second["/static/membership/join.js"][2].endswith("// another release\n")
        assert (
            first["/static/membership/join.js"][2] + "// another release\n"
            == (second["/static/membership/join.js"][2])
        )
        page.goto(f"{house.address}/q/{code}")
        expect(page.get_by_label("姓名", exact=True)).to_be_visible()


def test_over_plain_http_all_goes_on_without_a_worker(server, browser):
    page = browser.new_context(**PHONE).new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"http://hall.test:{server.port}/join")
    assert page.evaluate("[isSecureContext, navigator.serviceWorker === undefined]") == [False, True]
    expect(page.get_by_text(READY)).to_be_hidden()
    fill(page, "顾屿", 31)
    page.route("**/join", lambda route: route.abort())
    send(page)
    expect(page.get_by_text("本机存有 1 份表格")).to_be_visible()
    page.unroute("**/join")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_url(re.compile(r"/join/[A-Z0-9]{12}[0-9a-f]{32}$"))
    assert [text for text in said if "ERR_FAILED" not in text and "Cross-Origin-Opener" not in text] == []
