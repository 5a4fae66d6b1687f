"""The ways killed with -9 under load, several at once: what was answered or stands under `done` is
stored, and nothing is stored twice."""

import asyncio
import http.client
import json
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from asyncua import ua
from pysnmp.proto.rfc1902 import Gauge32

from anlan.connectors.snmp.who import Who
from anlan.live.ways.settings import folder_of
from anlan.live.ways.told import file_of
from tests.flow.conftest import Starter, Town, found_town, now_ms, wait_until
from tests.flow.demos import free_port
from tests.flow.test_gateway import stored
from tests.wire.opcua_server import Plant, plant
from tests.wire.snmp_agent import agent
from tests.wire.test_modbus import serving

_SECRET, _MOST_S, _ROWS = "community-of-ours", 120.0, 40
_OID = "1.3.6.1.2.1.33.1.2.4.0"
_FILES = {
    "pump.toml": """[modbus]
host = "127.0.0.1"
port = {modbus}
period_s = 0.1
[[read]]
device = "pump"
sensor = "pump-0"
values = {{ level = {{ at = 12 }} }}
""",
    "ups.toml": """[snmp]
host = "127.0.0.1"
port = {snmp}
period_s = 0.1
community_file = "secret"
[[read]]
device = "ups"
sensor = "ups-0"
values = {{ charge = {{ at = "{oid}" }} }}
""",
    "tank.toml": """[opcua]
url = "opc.tcp://127.0.0.1:{opcua}"
[[read]]
device = "tank"
sensor = "tank-0"
values = {{ level = {{ at = "ns=2;s=Tank2.Level" }} }}
""",
    "hook.toml": """[webhook]
cloud = "other"
port = {hook}
secret_file = "secret"
[[message]]
sensor = "{{who}}"
values = {{ v = "v" }}
""",
    "files.toml": """[folder]
path = "../in"
settled_s = 0
[row]
sensor = "{{who}}"
values = {{ v = "v" }}
""",
}
"""The ways, each with a peer."""
_WAYS = ("modbus:pump", "snmp:ups", "opcua:tank", "webhook:hook", "files:files")
Row = tuple[str, int, float]


@contextmanager
def peers() -> Iterator[dict[str, int]]:
    """A Modbus server and an SNMP agent in a loop of their own; their ports."""
    loop, ports, ready = asyncio.new_event_loop(), dict[str, int](), threading.Event()
    ending = asyncio.Event()

    async def live() -> None:
        async with serving() as modbus:
            with agent({_OID: Gauge32(97)}, Who(community=_SECRET)) as snmp:
                ports.update(modbus=modbus, snmp=snmp)
                ready.set()
                await ending.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(live()))
    thread.start()
    try:
        assert ready.wait(60)
        yield ports
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(60)
        loop.close()


class Ways:
    """The process of the ways, which may be killed."""

    def __init__(self, data: Path, ports: dict[str, int]) -> None:
        self.data, self.hook = data, ports["hook"]
        folder_of(data).mkdir()
        (folder_of(data) / "secret").write_text(_SECRET)
        for name, text in _FILES.items():
            (folder_of(data) / name).write_text(text.format(oid=_OID, **ports))
        self.start()

    def start(self) -> None:
        """Starts it, with nothing told yet."""
        file_of(self.data).unlink(missing_ok=True)
        words = [sys.executable, "-m", "anlan.live.ways.process", str(self.data)]
        self.process = subprocess.Popen(words)

    def stored(self) -> dict[str, int]:
        """Readings by each since the start."""
        assert self.process.poll() is None
        try:
            rows = json.loads(file_of(self.data).read_text())["listeners"]
        except FileNotFoundError:
            return {}
        return {one["name"]: one["readings"] for one in rows}

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Load:
    """Calls of a cloud, files, and a plant that changes, until it is told to end. acknowledged:
    what was answered 200 · rows: of each file."""

    def __init__(self, ways: Ways, tank: Plant) -> None:
        self._ways, self._tank = ways, tank
        self.acknowledged: list[Row] = []
        self.rows: dict[str, list[Row]] = {}
        self.again, self.stopping = 0, threading.Event()
        self._begin = now_ms() - 3_600_000
        works = (self._call, self._put, self._change)
        self.threads = [threading.Thread(target=one) for one in works]
        for one in self.threads:
            one.start()

    def _call(self) -> None:
        """One call after another, each until it is answered, as clouds do."""
        n = 0
        while not self.stopping.is_set():
            row = ("hook-0", self._begin + n * 200, float(n % 7))
            told = json.dumps(dict(zip(("who", "time", "v"), row, strict=True)))
            line = http.client.HTTPConnection("127.0.0.1", self._ways.hook, timeout=60)
            try:
                line.request("POST", "/other", told, {"Authorization": f"Bearer {_SECRET}"})
                is_done = line.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                is_done = False
            finally:
                line.close()
            if is_done:
                self.acknowledged.append(row)
                n += 1
            else:
                self.again += 1
                self.stopping.wait(0.05)

    def _put(self) -> None:
        """A file after another, each once the folder is empty of them."""
        folder = self._ways.data / "in"
        folder.mkdir()
        while not self.stopping.wait(0.05):
            if any(folder.glob("*.csv")):
                continue
            n = len(self.rows)
            rows = [("file-0", self._begin + (n * _ROWS + i) * 100, float(i)) for i in range(_ROWS)]
            self.rows[f"f{n}.csv"] = rows
            part = folder / f"f{n}.part"
            part.write_text("who,time,v\n" + "".join(f"{k},{t},{v}\n" for k, t, v in rows))
            part.rename(folder / f"f{n}.csv")

    def _change(self) -> None:
        n = 0
        while not self.stopping.wait(0.05):
            n += 1
            self._tank.says("level", ua.DataValue(ua.Variant(float(n % 9))))

    def end(self) -> None:
        self.stopping.set()
        for one in self.threads:
            one.join(60)
            assert not one.is_alive()


def _is_done(ways: Ways, load: Load, acknowledged: int) -> bool:
    """Whether something came by every way since its start, and so many calls were answered."""
    told = ways.stored()
    return all(told.get(one) for one in _WAYS) and len(load.acknowledged) >= acknowledged


def _killed(data: Path, town: Town, *, deaths: int) -> None:
    dice = random.Random(data.name)
    with peers() as ports, plant(data) as tank:
        ways = Ways(data, {**ports, "opcua": tank.port, "hook": free_port()})
        load = Load(ways, tank)
        try:
            for _ in range(deaths):
                more = len(load.acknowledged) + dice.randrange(1, 60)
                wait_until(lambda n=more: _is_done(ways, load, n), _MOST_S)  # type: ignore[misc]  # mypy knows no type of n
                ways.kill()
                ways.start()
            more = len(load.acknowledged) + 1
            wait_until(lambda: _is_done(ways, load, more), _MOST_S)
        finally:
            load.end()
            ways.kill()
    _judge(data, town, load)


def _judge(data: Path, town: Town, load: Load) -> None:
    rows = stored(data, town)
    times = Counter((key, at) for (key, at, _), n in rows.items() for _ in range(n))
    assert max(times.values()) == 1, "a reading stands twice"
    assert {key for key, _, _ in rows} == {f"{one}-0" for one in town.keys}
    assert not set(load.acknowledged) - rows.keys(), "what was answered is missing"
    done = {one.name for one in (data / "in" / "done").glob("*.csv")} & load.rows.keys()
    assert done
    assert not {row for one in done for row in load.rows[one]} - rows.keys(), "a file is missing"
    left = {one.name for one in (data / "in").glob("*.csv")}
    assert done | left == load.rows.keys(), "a file is neither here nor there"
    assert load.again >= 1, "nobody was cut off"


def _town(data: Path) -> Town:
    return found_town(data, dict.fromkeys(("pump", "ups", "tank", "hook", "file"), 1))


@pytest.mark.timeout(300)
def test_ways_killed_under_load(tmp_path: Path, start: Starter) -> None:
    town = _town(tmp_path)
    start(tmp_path)
    _killed(tmp_path, town, deaths=1)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_ways_killed_again_and_again(tmp_path: Path, start: Starter) -> None:
    town = _town(tmp_path)
    start(tmp_path)
    _killed(tmp_path, town, deaths=12)
