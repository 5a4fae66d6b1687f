"""Live sites for tests: started as processes, spoken to over HTTP, killed at will."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet
from anlan.history.registry import limits_entry, new_key, rule_set_entry, sensor_entry
from anlan.live.reach import Desk
from anlan.live.supervisor import Plan, Site, address_of, listen, warm_up
from anlan.live.warming import warm
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit, Sensor
from tests.flow.demos import Demo, free_port

NDJSON = "application/x-ndjson"
DAY_MS = 86_400_000


@pytest.fixture(scope="session", autouse=True)
def _warmed() -> None:
    """Compiled once; the sites under test begin with a copy."""
    warm()


@pytest.fixture(scope="session")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose kernels are compiled and whose city is founded."""
    folder = tmp_path_factory.mktemp("founded")
    data = folder / "data"
    data.mkdir()
    warm_up(data)
    one = Demo(folder, data, port=free_port())
    try:
        assert one.health()["status"] == "ok"
    finally:
        one.stop()
    return data


def own_rules(**gate: Any) -> RuleSet:
    """Quantity `t.v` with the graded rule on limits, a short on-delay, and a gate."""
    level = LevelRule(level=Level.ORANGE, on_delay_ms=2000, off_delay_ms=2000)
    rule = Rule(key="t.v.level", quantity="v", levels=(level,), takes_limits=True)
    return RuleSet(pack="t", gates={"v": Gate(interval_ms=1000, **gate)}, rules=(rule,))


@dataclass
class Town:
    """What is registered in a site under test."""

    sensors: list[Sensor]
    limits: list[Limit]
    rules: RuleSet
    keys: dict[str, str] = field(default_factory=dict)


def found_town(data: Path, sources: dict[str, int], rules: RuleSet | None = None) -> Town:
    """A store in which each source has so many sensors, `SOURCE-0` …, and a key for them."""
    rules = rules or own_rules(low=-100, high=100, stale_ms=DAY_MS)
    sensors = [
        Sensor(key=f"{source}-{i}", quantity="t.v", object=f"object {source}-{i}")
        for source, n in sources.items()
        for i in range(n)
    ]
    levels = [(Level.YELLOW, 10.0), (Level.ORANGE, 20.0), (Level.RED, 30.0)]
    limits = [
        Limit(sensor=s.key, level=level, value=value, deadband=1.0, source="test")
        for s in sensors
        for level, value in levels
    ]
    town = Town(sensors, limits, rules)
    entries = [rule_set_entry(rules), *(sensor_entry(s) for s in sensors)]
    entries += [limits_entry(s.key, [x for x in limits if x.sensor == s.key]) for s in sensors]
    for source in sources:
        town.keys[source], entry = new_key(source, [f"{source}-*"], at=0)
        entries.append(entry)
    with Desk(data) as desk:
        desk.enter(entries)
    return town


class Live:
    """A running site and a client for it."""

    def __init__(
        self,
        data: Path,
        *,
        port: int = 0,
        packs: Path | None = None,
        policy: str = "carry",
        **bounds: Any,
    ) -> None:
        self.data = data
        self.said: list[str] = []
        self.listening = listen("127.0.0.1", port)
        self.address = address_of(self.listening)
        self.port = int(self.address.rpartition(":")[2])
        plan = Plan(data=data, packs=packs, policy=policy, bounds=bounds)
        self.site = Site(plan, self.listening, tell=self.said.append)
        self.status: list[int] = []
        self.thread = threading.Thread(target=lambda: self.status.append(self.site.run()))
        self.thread.start()

    def ready(self) -> "Live":
        """Returns when it answers."""
        assert self.get("/healthz")[0] in (200, 503)
        return self

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return self.ask("GET", path, None, headers)

    def post(self, body: bytes, key: str, kind: str = NDJSON, **headers: str) -> tuple[int, Any]:
        """Sends a body of readings."""
        head = {"Authorization": f"Bearer {key}", "Content-Type": kind}
        return self.ask("POST", "/api/v1/readings", body, head | headers)

    def ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            head = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, head)
            response = connection.getresponse()
            content = response.read()
            is_json = response.headers.get("Content-Type", "").startswith("application/json")
            self.headers = dict(response.headers)
            return response.status, json.loads(content) if is_json else content
        finally:
            connection.close()

    def raw(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    @property
    def pid(self) -> int:
        """Of the live process."""
        return int(json.loads((self.data / "live" / "running.json").read_text())["pid"])

    def stop(self) -> None:
        self.site.end()
        self.thread.join(30)
        self.listening.close()


Starter = Callable[..., Live]


@pytest.fixture
def start() -> Iterator[Starter]:
    """Starts sites that are stopped after the test."""
    started: list[Live] = []

    def begin(data: Path, **more: Any) -> Live:
        started.append(Live(data, **more))
        return started[-1].ready()

    yield begin
    for one in started:
        one.stop()


def wait_until(is_so: Callable[[], bool], most_s: float = 60.0) -> None:
    """Returns when it is so."""
    end = time.monotonic() + most_s
    while not is_so():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def now_ms() -> int:
    return time.time_ns() // 1_000_000
