"""The demo as a person starts it, and people who sign in."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from anlan.history.registry import new_key
from anlan.live.reach import running
from tests.flow.plain import Plain

_READY_S, _STORY_S = 240.0, 240.0
HAPPENED = {
    "990101MH901T1-G1": (20.0, 30.0, 31.0, 32.0),
    "990101RV005-Z1": (14.0, 14.1, 14.1, 14.1),
}
"""What is measured when the pages open, besides the storm that begins: a leak and a small flood."""
PHONE: Any = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `anlan demo` in a folder of its own, once it is open and takes readings."""
    folder = tmp_path_factory.mktemp("demo")
    out, program = folder / "out", Path(sys.executable).parent / "anlan"
    words: list[str | Path] = [
        program,
        "demo",
        "--port",
        str(_free_port()),
        "--data",
        folder / "data",
        "--days",
        "2",
    ]
    with out.open("wb") as sink, (folder / "err").open("wb") as complaints:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=sink, stderr=complaints,
            env=os.environ | {"TERM": "dumb"},
        )  # fmt: skip
    try:
        address = _opened(out, process, folder / "err")
        _happen(folder / "data")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _opened(out: Path, process: subprocess.Popen[bytes], err: Path) -> str:
    end = time.monotonic() + _READY_S
    while time.monotonic() < end and process.poll() is None:
        found = re.match(r"(http://127\.0\.0\.1:\d+)\n", out.read_text())
        if found and _is_well(found[1]):
            return found[1]
        time.sleep(0.5)
    raise AssertionError(err.read_text()[-2000:])


def _happen(data: Path) -> None:
    """A tank leaks and a creek rises beyond its warning mark, through the real intake."""
    live = running(data)
    assert live is not None
    key, entry = new_key("happened", list(HAPPENED), at=time.time_ns() // 1_000_000)
    live.ask("POST", "/api/v1/registry", json.dumps([entry]).encode())
    live.close()
    port = json.loads((data / "live" / "running.json").read_text())["port"]
    for values in zip(*HAPPENED.values(), strict=True):
        now = time.time_ns() // 1_000_000
        rows = [json.dumps({"sensor": sensor, "time": now, "value": value})
                for sensor, value in zip(HAPPENED, values, strict=True)]  # fmt: skip
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/readings", "\n".join(rows).encode(),
            {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"},
        )  # fmt: skip
        urllib.request.urlopen(asked, timeout=60).close()  # noqa: S310 - the same
        time.sleep(1.2)


def _is_well(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def at(text: str) -> datetime:
    """A moment as the API tells it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@dataclass
class Person:
    """Somebody at a browser: counts what they do, and keeps what the page complained of."""

    page: Page
    context: BrowserContext
    url: str
    acts: int = 0
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def comes(cls, browser: Browser, url: str, settings: dict[str, Any]) -> Self:
        """A browser of their own, before any page."""
        context = browser.new_context(**settings)
        context.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " e => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        person = cls(context.new_page(), context, url)
        person.page.on(
            "console", lambda m: person.complaints.append(m.text) if m.type == "error" else None
        )
        person.page.on("pageerror", lambda error: person.complaints.append(str(error)))
        return person

    def open(self, path: str) -> Page:
        """A page by its address."""
        self.page.goto(self.url + path)
        return self.page

    def ask(self, path: str) -> Any:
        """What the API tells this person; no act."""
        answer = self.page.request.get(self.url + path)
        assert answer.ok, answer.text()
        return answer.json()

    def every(self, path: str) -> list[Any]:
        """All items of a list of the API; no act."""
        found, after, sign = [], "", "&" if "?" in path else "?"
        while True:
            told = self.ask(f"{path}{sign}limit=500&after={after}")
            found += told["items"]
            after = quote(told["next"])
            if not after:
                return found

    def click(self, what: str | Locator) -> None:
        """One act."""
        self.acts += 1
        (self.page.locator(what).first if isinstance(what, str) else what).click()

    def press(self, key: str) -> None:
        """One act: a key."""
        self.acts += 1
        self.page.keyboard.press(key)

    def fill(self, what: str, text: str) -> None:
        """One act: a field filled."""
        self.acts += 1
        self.page.locator(what).first.fill(text)

    def give(self, what: str, file: Any) -> None:
        """One act: a file chosen."""
        self.acts += 1
        self.page.locator(what).first.set_input_files(file)

    def begins(self) -> float:
        """Acts are counted from here."""
        self.acts = 0
        return time.monotonic()


SignIn = Callable[..., Person]


@pytest.fixture(scope="session")
def known() -> dict[str, Any]:
    """The cookies of every account that has signed in; one log-in serves all tests."""
    return {}


@pytest.fixture
def sign_in(browser: Browser, demo: str, known: dict[str, Any]) -> Iterator[SignIn]:
    """Opens a browser in which an account of the demo is signed in, at a page (the desk)."""
    opened: list[Person] = []

    def make(key: str, at: str = "/", **settings: Any) -> Person:
        shown = {"viewport": {"width": 1440, "height": 900}} | settings
        person = Person.comes(browser, demo, shown | {"storage_state": known.get(key)})
        opened.append(person)
        if key not in known:
            _log_in(person, key)
            known[key] = person.context.storage_state()
        if at != person.page.url.removeprefix(demo):
            person.open(at)
        return person

    yield make
    for person in opened:
        person.context.close()


def _log_in(person: Person, key: str) -> None:
    page = person.open("/login")
    page.fill("[name=key]", key)
    page.fill("[name=password]", "anlan-demo")
    page.click("button.primary")
    page.wait_for_selector(".who")


@pytest.fixture(scope="session")
def storm(demo: str) -> None:
    """Waits until the storm has raised alarms in the county."""
    end = time.monotonic() + _STORY_S
    with Plain(demo, "county") as person:
        while time.monotonic() < end:
            person.open("/")
            if len(person.links("[data-rows] [data-id]")) >= 2:
                return
            time.sleep(1.0)
    raise AssertionError("no storm came")
