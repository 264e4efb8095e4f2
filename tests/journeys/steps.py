"""What every journey does: signing in, and asking whether a page is sound."""

from __future__ import annotations

from io import BytesIO

from axe_playwright_python.sync_playwright import Axe
from PIL import Image

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


def serious(page) -> list[str]:
    """What axe holds to be serious about a page."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")
    ]


def wide(page) -> bool:
    """Whether the page has to be pushed sideways."""
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def sound(page) -> tuple:
    """What is wrong with a page: ([], False) is nothing."""
    return serious(page), wide(page)


def enter(browser, base, name, screen=PHONE):
    """The screen of one of the city's people, a phone unless told otherwise."""
    page = browser.new_context(**screen).new_page()
    page.goto(base + "/demo")
    page.get_by_role("button", name=f"以{name}身份进入").click()
    return page


def photograph() -> bytes:
    """A picture as a phone takes it, with the place in it."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (31.0, 14.0, 0.0)}
    out = BytesIO()
    Image.new("RGB", (1200, 900), "#1f7a4d").save(out, "JPEG", exif=exif)
    return out.getvalue()
