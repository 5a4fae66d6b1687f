"""The demo as a person starts it, and Chromium to look at its page."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
_READY_S = 240.0


@dataclass
class Demo:
    """A running demo; began: when its page was first asked for and answered."""

    url: str
    process: subprocess.Popen[bytes]
    began: float = 0.0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`anlan demo` in a folder of its own, from its first line to its end."""
    folder = tmp_path_factory.mktemp("demo")
    out, program = folder / "out", Path(sys.executable).parent / "anlan"
    with out.open("wb") as sink:
        process = subprocess.Popen(
            [program, "demo", "--port", str(_free_port()), "--data", str(folder / "data")],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"TERM": "dumb"},
        )
    try:
        yield Demo(_address(out, process), process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def _address(out: Path, process: subprocess.Popen[bytes]) -> str:
    """The address in the first line, once it is there."""
    end = time.monotonic() + _READY_S
    while time.monotonic() < end and process.poll() is None:
        found = re.match(r"(http://127\.0\.0\.1:\d+)\n", out.read_text())
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no address: {out.read_text()!r}, status {process.poll()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("needs Chromium: apt install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@dataclass
class Window:
    """A page, and everything that it complained of."""

    page: Page
    context: BrowserContext
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """The page at a path, after its first live update."""
        self.page.goto(self.url + path)
        self.page.wait_for_function("document.getElementById('state') !== null")
        return self.page


def open_window(browser: Browser, demo: Demo, **settings: Any) -> Window:
    """A fresh window; `lang` sets the language as its switch would."""
    language = settings.pop("lang", "")
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}} | settings)
    if language:
        context.add_cookies([{"name": "lang", "value": language, "url": demo.url}])
    window = Window(context.new_page(), context, demo.url)
    context.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " e => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))"
    )
    window.page.on(
        "console",
        lambda said: (
            window.complaints.append(said.text) if said.type in ("error", "warning") else None
        ),
    )
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
    return window


@pytest.fixture
def window(browser: Browser, ready: Demo) -> Iterator[Window]:
    """A window on a demo whose sensors are registered."""
    one = open_window(browser, ready)
    yield one
    one.context.close()


@pytest.fixture(scope="session")
def ready(browser: Browser, demo: Demo) -> Demo:
    """The demo once its page shows an alarm; `began` tells when the page first answered."""
    one = open_window(browser, demo)
    page = one.page
    end = time.monotonic() + _READY_S
    while time.monotonic() < end:
        try:
            page.goto(demo.url, timeout=5000)
            if page.locator("#state:not(.off)").count():
                break
        except Exception:  # noqa: BLE001 - not listening yet: asked again until the time is over
            time.sleep(0.5)
        page.wait_for_timeout(500)
    demo.began = time.monotonic()
    page.wait_for_selector(".alarm", timeout=60_000)
    one.context.close()
    return demo
