"""Live pages: from the sending of a reading to its being on an open page, under full intake.

The demo city runs as people start it. 20,000 readings a second of its 2,000 sensors are sent to
the intake beside its own feeder, in one columnar body each tenth of a second; 200 event streams of
ten jurisdictions are open, each on fifty sensors, and one real browser shows an object. Latency:
from the reading's time, which is the moment before its body is sent, to its arrival at the stream,
and to the number's change in the page. Everything on the same cores.
"""

import asyncio
import json
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from anlan.history.log import Log, store_in
from anlan.history.registry import Registry, new_key
from anlan.live.reach import running
from bench._demo import demo, sign_in

RATE, TICK_S, LASTING_S, CLIENTS, SENSORS_EACH = 20_000, 0.1, 30.0, 200, 50
ACCOUNTS = ("province", "city", "county", "county-chief", "county-admin", "town", "village",
            "team", "admin", "county-b")  # fmt: skip
WATCHED = "990101LP901-H1"
_PATIENCE_S = 60


def run() -> Iterator[dict[str, Any]]:
    """p50, p95 and p99 of the streams, and p95 in the browser."""
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as url:
        data = Path(folder) / "data"
        keys = _keys(data)
        sender = Sender(data, keys)
        threading.Thread(target=sender.run, daemon=True).start()
        seen = Browser(url)
        streams = asyncio.run(_listen(url, keys, during=seen))
        sender.ending.set()
    late = np.array(streams)
    for name, share in (("p50", 50), ("p95", 95), ("p99", 99)):
        yield _figure(f"live_stream_{name}", float(np.percentile(late, share)))
    yield _figure("live_browser_p95", float(np.percentile(seen.late or [np.nan], 95)))
    yield {**_figure("live_sent", sender.rate), "unit": "readings/s"}


def _figure(name: str, value: float) -> dict[str, Any]:
    return {
        "name": name, "value": round(value, 1), "unit": "ms", "peer": None, "peer_value": None,
        "ratio": None, "cores": os.cpu_count(), "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip


def _keys(data: Path) -> list[str]:
    with Log.open(store_in(data)) as log:
        return [sensor.key for sensor in Registry.from_log(log).sensors]


class Sender:
    """Sends the readings until `ending` is set."""

    def __init__(self, data: Path, keys: list[str]) -> None:
        self._keys, self.ending, self.rate = keys, threading.Event(), 0.0
        live = running(data)
        assert live is not None
        key, entry = new_key("bench", ["*"], at=time.time_ns() // 1_000_000)
        live.ask("POST", "/api/v1/registry", json.dumps([entry]).encode())
        live.close()
        told = json.loads((data / "live" / "running.json").read_text())
        self._url = f"http://127.0.0.1:{told['port']}/api/v1/readings"
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def run(self) -> None:
        """A body each tick; each sensor has one reading in it, so the times move on."""
        began, sent, turn = time.monotonic(), 0, 0
        rows = round(RATE * TICK_S)
        with httpx.Client(timeout=10) as client:
            while not self.ending.is_set():
                keys = [self._keys[(turn * rows + i) % len(self._keys)] for i in range(rows)]
                now = time.time_ns() // 1_000_000
                value = round(1 + 0.001 * (turn % 900), 3)
                body = {"sensor": keys, "time": [now] * rows, "value": [value] * rows}
                client.post(self._url, content=json.dumps(body), headers=self._headers)
                sent, turn = sent + rows, turn + 1
                self.rate = sent / (time.monotonic() - began)
                self.ending.wait(max(0.0, began + turn * TICK_S - time.monotonic()))


async def _listen(url: str, keys: list[str], *, during: "Browser") -> list[float]:
    """The latencies that all the streams saw, ms."""
    late: list[float] = []
    cookies = [await _signed_in(url, name) for name in ACCOUNTS]
    own = [key for key in keys if key.startswith("990101")]
    tasks = [
        asyncio.create_task(_stream(url, cookies[n % len(cookies)], own, late, n))
        for n in range(CLIENTS)
    ]
    look = asyncio.create_task(asyncio.to_thread(during.look))
    await asyncio.sleep(LASTING_S)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await look
    return late


async def _signed_in(url: str, name: str) -> dict[str, str]:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        page = await client.get("/login")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        form = {"key": name, "password": "anlan-demo", "csrfmiddlewaretoken": token[1]}
        await client.post("/login", data=form, headers={"Referer": url})
        return dict(client.cookies)


async def _stream(
    url: str, cookies: dict[str, str], keys: list[str], late: list[float], n: int
) -> None:
    wanted = ",".join(keys[(n * 7 + i) % len(keys)] for i in range(SENSORS_EACH))
    async with (
        httpx.AsyncClient(base_url=url, cookies=cookies, timeout=_PATIENCE_S) as client,
        client.stream("GET", "/stream", params={"sensors": wanted}) as answer,
    ):
        first = True
        async for line in answer.aiter_lines():
            if line.startswith('data: {"rows"'):
                now = time.time() * 1000
                rows = json.loads(line[6:])["rows"]
                if not first and rows:
                    late.append(now - max(row[1] for row in rows))
                first = False


class Browser:
    """A real browser on an object's page, which notes when its number changed."""

    def __init__(self, url: str) -> None:
        self._url, self.late = url, list[float]()

    def look(self) -> None:
        """Watches until the streams are over."""
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            page = chromium.new_page()
            sign_in(page, self._url)
            page.goto(f"{self._url}/objects/{WATCHED.rpartition('-')[0]}")
            page.evaluate(_NOTE, WATCHED)
            page.wait_for_timeout(1000 * (LASTING_S - 12))
            self.late = page.evaluate("window.late")
            chromium.close()


_NOTE = """key => {
  window.late = [];
  const place = document.querySelector(`[data-sensor="${key}"]`);
  const time = place.querySelector("time");
  new MutationObserver(() => {
    window.late.push(Date.now() - Date.parse(time.getAttribute("datetime")));
  }).observe(time, { attributes: true, attributeFilter: ["datetime"] });
}"""
