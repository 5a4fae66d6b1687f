"""A served map, and somebody who has signed in there."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import complains

_READY_S = 120.0
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site of two counties."""
    folder = tmp_path_factory.mktemp("map")
    (folder / "desk").mkdir()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    settings = {"ANLAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.map.serve", str(port)],
        env=os.environ | settings, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}", process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(15)
        log.close()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _READY_S
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/login", timeout=5).read()  # noqa: S310 - our own site
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: str) -> Any:
    """The cookies of a county's duty officer."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/login")
    page.locator("form[action='/login'] input:not([type=hidden]):not([type=password])").first.fill(
        "county"
    )
    page.fill("input[type=password]", "anlan-demo")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    found = context.storage_state()
    context.close()
    return found


@pytest.fixture
def open_map(browser: Browser, site: str, signed_in: Any) -> Iterator[Open]:
    """Opens the map and waits until it is drawn; whatever a page complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(path: str = "/map", *, theme: str = "light", **settings: Any) -> Page:
        size = {"viewport": {"width": 1440, "height": 900}}
        context = browser.new_context(**{**size, **settings}, storage_state=signed_in)
        context.add_cookies([{"name": "anlan_theme", "value": theme, "url": site}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text)
                if complains(said) else None)  # fmt: skip
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(site + path)
        page.wait_for_selector("an-map[data-ready]")
        page.wait_for_timeout(800)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []
