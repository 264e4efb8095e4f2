from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.house.conftest import demo_city, server  # noqa: F401 - fixtures of journeys too

PICTURES = Path(__file__).resolve().parents[2] / "var" / "pictures"


# Under this name the server is reached over plain http, as in a hall, and not as one's own machine.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP hall.test 127.0.0.1"]


# For one module only: while it runs, playwright keeps an event loop in this thread, and Django refuses there.
@pytest.fixture(scope="module")
def browser():
    """Chromium, where one is installed."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium is installed: journeys in a browser are left out")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def picture():
    """Keep a screenshot to be looked at."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    def take(page, name, full=False):
        page.screenshot(path=PICTURES / f"{name}.png", full_page=full)

    return take
