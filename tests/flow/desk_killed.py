"""A whole site under load whose pages and work are killed, and what must hold afterwards."""

import http.client
import json
import os
import random
import re
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.flow.demos import children
from tests.flow.desk_town import PASSWORD, SENSORS

STEP_MS, HIGH, ROUND = 90_000, 6, 48
"""A turn is so long by the gauges' clock; of a round of turns the first are over the limit."""
BEGIN_MS = 10 * 86_400_000
_PAUSE_S = 0.2
"""Between turns: in half an hour it does not come to the present, however slow the rest is."""


class Load(threading.Thread):
    """Something that goes on until it is told to stop, and may not fail."""

    def __init__(self, web: httpx.Client) -> None:
        super().__init__(daemon=True)
        self.web = web
        self.stopping = threading.Event()
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.once()
        except BaseException as error:  # noqa: BLE001 - told by `end`
            self.fault = error

    def once(self) -> None:
        raise NotImplementedError  # each kind of load says what it does at a time

    def end(self) -> None:
        self.stopping.set()
        self.join(60)
        assert not self.is_alive()
        self.web.close()
        if self.fault is not None:
            raise self.fault


class River(Load):
    """Sends levels that rise over the limit and fall again, each reach at its own time."""

    def __init__(self, intake: str, key: str) -> None:
        super().__init__(httpx.Client(base_url=intake, timeout=30))
        self._head = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
        self._begin = time.time_ns() // 1_000_000 - BEGIN_MS
        self.turn = 0

    def once(self) -> None:
        rows = [
            {"sensor": f"s{n}", "time": self._begin + self.turn * STEP_MS,
             "value": 3.02 if (self.turn + 4 * n) % ROUND < HIGH else 2.98}
            for n in range(SENSORS)
        ]  # fmt: skip
        body = "\n".join(json.dumps(row) for row in rows)
        answer = self.web.post("/api/v1/readings", content=body, headers=self._head)
        assert answer.json()["refused"] == []
        self.turn += 1
        time.sleep(_PAUSE_S)


@dataclass
class Deed:
    """An act that was answered with success; text: of a comment · version: of the alarm before."""

    verb: str
    alarm: str
    text: str = ""
    version: int = 0


@dataclass
class Done:
    """What somebody did: answered with success, and without an answer that says so."""

    sure: list[Deed] = field(default_factory=list)
    unsure: list[Deed] = field(default_factory=list)


class Actor(Load):
    """Acts on alarms one after another, and writes down what was answered."""

    def __init__(self, pages: str, name: str, chance: random.Random) -> None:
        super().__init__(httpx.Client(base_url=pages, timeout=30, follow_redirects=True))
        self.actor, self._chance, self.done = name, chance, Done()
        self._number = 0

    def once(self) -> None:
        try:
            alarms = self.seen()
        except (httpx.HTTPError, ValueError):
            time.sleep(0.05)
            return
        if not alarms:
            time.sleep(0.2)
            return
        deed = self._chosen(self._chance.choice(alarms))
        try:
            is_done = self.does(deed)
        except httpx.HTTPError:
            self.done.unsure.append(deed)
            return
        if is_done:
            self.done.sure.append(deed)

    def _chosen(self, alarm: dict[str, Any]) -> Deed:
        self._number += 1
        if alarm["state"] == "raised" and self._chance.random() < 0.7:
            return Deed("acknowledge", alarm["key"], version=alarm["version"])
        return Deed("comment", alarm["key"], text=f"{self.actor} {self._number}")

    def seen(self) -> list[dict[str, Any]]:
        answer = self.web.get("/api/v1/alarms", params={"open": "1", "limit": 40})
        return list(answer.json()["items"]) if answer.status_code == 200 else []

    def does(self, deed: Deed) -> bool:
        """Whether it was answered with success; httpx.HTTPError where there was no answer."""
        raise NotImplementedError  # a person and a program each have their way


class Program(Actor):
    """By the API, with a key."""

    def __init__(self, pages: str, key: str, chance: random.Random) -> None:
        super().__init__(pages, "program", chance)
        self.web.headers["Authorization"] = f"Bearer {key}"

    def does(self, deed: Deed) -> bool:
        body = {"version": deed.version} if deed.verb == "acknowledge" else {"text": deed.text}
        answer = self.web.post(f"/api/v1/alarms/{deed.alarm}/{deed.verb}", json=body)
        assert answer.status_code in (200, 409, 422), answer.text
        return answer.status_code == 200


class Person(Actor):
    """By the pages' forms, signed in."""

    def __init__(self, pages: str, chance: random.Random) -> None:
        super().__init__(pages, "person", chance)
        self.web.get("/login")
        self._post("/login", key="duty", password=PASSWORD)
        assert "anlan" in self.web.cookies

    def does(self, deed: Deed) -> bool:
        words = {"version": str(deed.version)} if deed.version else {"text": deed.text}
        answer = self._post(f"/alarms/{deed.alarm}/{deed.verb}", **words)
        assert answer.status_code in (200, 422), answer.text
        return answer.status_code == 200

    def _post(self, path: str, **words: str) -> httpx.Response:
        form = words | {"csrfmiddlewaretoken": self.web.cookies["anlan_csrf"]}
        return self.web.post(path, data=form, headers={"Referer": str(self.web.base_url)})


class Listener(Load):
    """An open page: follows the stream, and comes back when it is cut off, as a browser does."""

    def __init__(self, web: httpx.Client) -> None:
        super().__init__(httpx.Client(base_url=web.base_url, cookies=web.cookies, timeout=30))
        self.heard_at: dict[str, float] = {}
        self.cuts = 0

    def once(self) -> None:
        try:
            with self.web.stream("GET", "/stream", params={"sensors": "s0,s1"}) as answer:
                assert answer.status_code == 200
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        self.heard_at[line.removeprefix("event: ")] = time.monotonic()
                    if self.stopping.is_set():
                        return
        except httpx.HTTPError:
            self.cuts += 1
            time.sleep(0.1)

    def heard_since(self, moment: float) -> bool:
        """Whether readings and alarms were both told after a moment."""
        return all(self.heard_at.get(name, 0.0) > moment for name in ("readings", "alarms"))


def part_of(site: int, what: str) -> int | None:
    """The process of a part of a site, by the site's own; None while it is not there."""
    for child in children(site):
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"anlan.site.part" in words and what.encode() in words:
            return child
    return None


def kill(site: int, what: str) -> int:
    """kill -9 of a part that is there; its number."""
    pid = part_of(site, what)
    assert pid is not None, f"{what} is not there"
    os.kill(pid, signal.SIGKILL)
    return pid


def answers(pages: str, within_s: float) -> bool:
    """Whether the pages answer within so long."""
    connection = http.client.HTTPConnection(re.sub("^http://", "", pages), timeout=within_s)
    try:
        connection.request("GET", "/login")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def eventually(ask: Callable[[], Any], within_s: float = 120.0) -> float:
    """How long it took until it was so; fails where it takes longer."""
    began = time.monotonic()
    while not ask():
        assert time.monotonic() - began < within_s, "it did not come"
        time.sleep(0.05)
    return time.monotonic() - began
