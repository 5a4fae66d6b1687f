"""The demo city as people start it, and a browser that has signed in."""

import contextlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

_FOUNDED_S = 240


@contextlib.contextmanager
def demo(folder: Path, *, days: int = 1) -> Iterator[str]:
    """The address of a demo that keeps its data in `folder`; stopped at the end."""
    out = folder / "out"
    words = [str(Path(sys.executable).parent / "anlan"), "demo", "--days", str(days),
             "--port", "18321", "--data", str(folder / "data")]  # fmt: skip
    with out.open("wb") as sink:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.DEVNULL
        )
    try:
        while not (found := re.match(r"(http://\S+)\n", out.read_text())):
            time.sleep(0.1)
        _wait_until_well(found[1])
        yield found[1]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait_until_well(url: str) -> None:
    end = time.monotonic() + _FOUNDED_S
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/healthz", timeout=5).status_code == 200:
                return
        time.sleep(0.5)
    raise RuntimeError("the demo does not come up")


def sign_in(page: Any, url: str, account: str = "county") -> None:
    """Signs a Playwright page in."""
    page.goto(f"{url}/login")
    page.fill("[name=key]", account)
    page.fill("[name=password]", "anlan-demo")
    page.click("button.primary")
    page.wait_for_selector(".who")
